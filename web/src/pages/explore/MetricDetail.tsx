// One metric: what it is, queries to begin with, and which labels make it as many series as it is.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { Cardinality } from "@/api/schema";
import { CopyButton } from "@/components/CopyButton";
import { IconButton } from "@/components/IconButton";
import { toNumber } from "@/lib/counts";
import { formatExact, plural } from "@/lib/numbers";
import { suggestedQueries, type MetricEntry } from "@/lib/promql/suggest";
import { unitWord } from "@/lib/units";
import { Failure, Loading } from "@/shell/help";
import classes from "./MetricDetail.module.css";

interface MetricDetailProps {
  entry: MetricEntry;
  window: string;
  onInsert: (expr: string) => void;
  onClose: () => void;
}

const MAX_PAIRS = 1000;
const VALUES_SHOWN = 12;

function matcherOf({ name, classic }: MetricEntry): string {
  const escaped = name.replaceAll(/[.\\+*?^$()[\]{}|]/gu, String.raw`\$&`);
  return `{__name__=~${JSON.stringify(classic ? `${escaped}(_bucket|_sum|_count)` : escaped)}}`;
}

/** Details of a metric. */
export function MetricDetail({ entry, window, onInsert, onClose }: MetricDetailProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ["metrics", "labels", entry.name],
    queryFn: ({ signal }) => api.get("/api/v1/metrics/cardinality", { query: { match: [matcherOf(entry)], limit: MAX_PAIRS }, signal }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
  const facts = [entry.type, unitWord(entry.unit), plural(entry.series, "series", "series"), entry.classic ? "buckets with le" : ""].filter((fact) => fact !== "");
  return (
    <section className={classes.detail} aria-label={entry.name}>
      <header className={classes.head}>
        <h3 className={classes.name}>{entry.name}</h3>
        <CopyButton text={entry.name} what="name of the metric" />
        <IconButton icon={IconX} label="Close the details" onClick={onClose} />
      </header>
      <p className={classes.facts}>{facts.join(" · ")}</p>
      {entry.help === "" ? null : <p className={classes.help}>{entry.help}</p>}
      <h4 className={classes.title}>Begin with</h4>
      <ul className={classes.queries}>
        {suggestedQueries(entry, window).map(({ expr, what }) => (
          <li key={expr}>
            <button type="button" className={classes.query} onClick={() => onInsert(expr)}>
              <code>{expr}</code>
              <span className={classes.what}>{what}</span>
            </button>
          </li>
        ))}
      </ul>
      <h4 className={classes.title}>Labels</h4>
      {error === null ? data === undefined ? <Loading rows={4} /> : <LabelList data={data} entry={entry} onInsert={onInsert} /> : <Failure error={error} onRetry={() => void refetch()} />}
    </section>
  );
}

function LabelList({ data, entry, onInsert }: { data: Cardinality; entry: MetricEntry; onInsert: (expr: string) => void }) {
  const [open, setOpen] = useState("");
  const labels = data.valuesByLabel.filter((label) => label.name !== "__name__");
  if (labels.length === 0) return <p className={classes.facts}>No active series carry labels.</p>;
  return (
    <ul className={classes.labels}>
      {labels.map((label) => (
        <li key={label.name}>
          <button type="button" className={classes.label} aria-expanded={open === label.name} onClick={() => setOpen(open === label.name ? "" : label.name)}>
            <span className={classes.labelName}>{label.name}</span>
            <span className={classes.what}>{plural(label.count, "value")}</span>
          </button>
          {open === label.name ? <Values data={data} entry={entry} label={label.name} onInsert={onInsert} /> : null}
        </li>
      ))}
    </ul>
  );
}

interface ValuesProps {
  data: Cardinality;
  entry: MetricEntry;
  label: string;
  onInsert: (expr: string) => void;
}

function Values({ data, entry, label, onInsert }: ValuesProps) {
  const prefix = `${label}=`;
  const pairs = data.byPair.filter((pair) => pair.name.startsWith(prefix));
  const most = Math.max(1, ...pairs.map((pair) => toNumber(pair.count)));
  const selector = entry.classic ? `${entry.name}_${label === "le" ? "bucket" : "count"}` : entry.name;
  return (
    <ul className={classes.values}>
      {pairs.slice(0, VALUES_SHOWN).map((pair) => {
        const value = pair.name.slice(prefix.length);
        return (
          <li key={pair.name}>
            <button type="button" className={classes.value} title={`Query only ${pair.name}`} onClick={() => onInsert(`${selector}{${label}=${JSON.stringify(value)}}`)}>
              <span className={classes.labelName}>{value === "" ? "(empty)" : value}</span>
              <span className={classes.what}>{`${formatExact(pair.count)} series`}</span>
              <span className={classes.bar} style={{ transform: `scaleX(${toNumber(pair.count) / most})` }} aria-hidden />
            </button>
          </li>
        );
      })}
      {pairs.length > VALUES_SHOWN ? <li className={classes.rest}>{`${pairs.length - VALUES_SHOWN} more`}</li> : null}
      {pairs.length === 0 ? <li className={classes.rest}>Its values are not among those with the most series.</li> : null}
    </ul>
  );
}
