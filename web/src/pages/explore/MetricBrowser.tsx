// The drawer with all metrics: search, type, unit, series; a chosen one with its help, labels and first queries.
import { useDeferredValue, useMemo, useState } from "react";
import { Segments } from "@/components/Segments";
import { SideDrawer } from "@/components/SideDrawer";
import { VirtualRows } from "@/components/VirtualRows";
import { formatCount, plural } from "@/lib/numbers";
import type { MetricEntry } from "@/lib/promql/suggest";
import { unitWord } from "@/lib/units";
import { Failure, Loading } from "@/shell/help";
import { MetricDetail } from "./MetricDetail";
import classes from "./MetricBrowser.module.css";

interface MetricBrowserProps {
  opened: boolean;
  onClose: () => void;
  metrics: readonly MetricEntry[];
  cut: boolean;
  loading: boolean;
  error: unknown;
  onRetry: () => void;
  /** Name of the chosen metric; empty: none. */
  metric: string;
  onMetric: (name: string) => void;
  window: string;
  onInsert: (expr: string) => void;
}

const KINDS = [
  { value: "all", label: "All" },
  { value: "counter", label: "Counters" },
  { value: "gauge", label: "Gauges" },
  { value: "histogram", label: "Histograms" },
  { value: "other", label: "Others" },
] as const;
type Kind = (typeof KINDS)[number]["value"];

function isKind(entry: MetricEntry, kind: Kind): boolean {
  if (kind === "all") return true;
  if (kind === "other") return !["counter", "gauge", "histogram"].includes(entry.type);
  return entry.type === kind;
}

function matches(entry: MetricEntry, words: readonly string[]): boolean {
  const text = `${entry.name} ${entry.help} ${entry.unit}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The metric browser. */
export function MetricBrowser(props: MetricBrowserProps) {
  const { opened, onClose, metrics, metric, onMetric, window, onInsert } = props;
  const chosen = metrics.find((one) => one.name === metric);
  return (
    <SideDrawer opened={opened} onClose={onClose} size={560} title="Metrics">
      <div className={classes.browser} data-open={chosen !== undefined}>
        <List {...props} />
        {chosen === undefined ? null : <MetricDetail key={chosen.name} entry={chosen} window={window} onInsert={onInsert} onClose={() => onMetric("")} />}
      </div>
    </SideDrawer>
  );
}

function List({ metrics, cut, loading, error, onRetry, metric, onMetric }: MetricBrowserProps) {
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  const words = useDeferredValue(search).toLowerCase().trim();
  const found = useMemo(() => {
    const wanted = words.split(/\s+/u).filter((word) => word !== "");
    return metrics.filter((entry) => isKind(entry, kind) && matches(entry, wanted));
  }, [metrics, kind, words]);
  const [current, setCurrent] = useState(-1);
  if (loading) return <Loading rows={14} />;
  if (error !== null && error !== undefined) return <Failure error={error} onRetry={onRetry} />;
  return (
    <>
      <input className={classes.search} type="search" value={search} placeholder="Search names, help and units" aria-label="Search metrics" data-autofocus spellCheck={false} onChange={(event) => setSearch(event.currentTarget.value)} />
      <div className={classes.kinds}>
        <Segments label="Type" value={kind} options={KINDS} onChange={setKind} />
      </div>
      <p className={classes.count} role="status">
        {found.length === metrics.length ? plural(metrics.length, "metric") : `${found.length} of ${plural(metrics.length, "metric")}`}
        {cut ? ", only those with the most series" : ""}
      </p>
      <div className={classes.list}>
        <VirtualRows
          count={found.length}
          label="Metrics"
          as="listbox"
          current={current >= 0 ? current : found.findIndex((entry) => entry.name === metric)}
          onCurrent={setCurrent}
          onOpen={(index) => onMetric(found[index]?.name ?? "")}
          keyOf={(index) => found[index]?.name ?? index}
          row={(index) => <Line entry={found[index]} />}
        />
      </div>
      {found.length === 0 ? <p className={classes.count}>No metric has these words. They are looked for in names, help and units.</p> : null}
    </>
  );
}

function Line({ entry }: { entry: MetricEntry | undefined }) {
  if (entry === undefined) return null;
  const unit = unitWord(entry.unit);
  return (
    <span className={classes.line} title={entry.help}>
      <span className={classes.name}>{entry.name}</span>
      <span className={classes.quiet}>{unit}</span>
      <span className={classes.quiet}>{entry.type}</span>
      <span className={classes.series} title={`${entry.series} series`}>
        {formatCount(entry.series)}
      </span>
    </span>
  );
}
