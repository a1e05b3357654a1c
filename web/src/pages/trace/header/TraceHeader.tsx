// What a trace is, in three lines: name and id, facts, who took part.
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { TraceOutline } from "@/api/schema";
import { CopyButton } from "@/components/CopyButton";
import { Go } from "@/components/Go";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import { formatCount, formatExact, formatMoney, formatPercent, plural } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import { zoneName } from "@/lib/zone";
import controls from "@/shell/controls.module.css";
import { useZone } from "@/shell/timeRange";
import type { TraceSearch } from "../search";
import { rangeOf } from "../useTraceKeys";
import type { TraceView } from "../useTraceView";
import classes from "./TraceHeader.module.css";
import { MoreMenu } from "./MoreMenu";
import { Parties } from "./Parties";

interface TraceHeaderProps {
  readonly view: TraceView;
  readonly search: TraceSearch;
  readonly set: (patch: Partial<TraceSearch>) => void;
  readonly running: boolean;
}

/** The head of the page. */
export function TraceHeader({ view, search, set, running }: TraceHeaderProps): ReactElement {
  const { model } = view;
  const { outline } = model;
  return (
    <header className={classes.header}>
      <div className={classes.line}>
        <h1 className={classes.title} title={outline.name}>
          {outline.name}
        </h1>
        <span className={classes.id}>
          <code title={model.traceId}>{shortId(model.traceId)}</code>
          <CopyButton text={model.traceId} what="trace id" />
        </span>
        <State outline={outline} running={running} />
        <div className={classes.actions}>
          <Go href={hrefs.logs({ trace_id: model.traceId, ...rangeOf(view) })} className={controls["button"]}>
            Logs
          </Go>
          <MoreMenu model={model} search={search} set={set} />
        </div>
      </div>
      <Facts view={view} />
      <Parties view={view} find={search.find} set={set} />
    </header>
  );
}

/** How the trace fares; says nothing where it simply ended well. */
function State({ outline, running }: { readonly outline: TraceOutline; readonly running: boolean }): ReactElement | null {
  if (running) {
    return (
      <span className={classes.running}>
        <span className={classes.pulse} aria-hidden /> still running
      </span>
    );
  }
  if (!outline.complete) {
    return (
      <span className={classes.warning} title="Spans arrived whose parent did not: its sender died, dropped it, or it is not sampled.">
        <IconAlertTriangle size={14} aria-hidden /> the root span has not arrived
      </span>
    );
  }
  const word = outline.status === "ERROR" ? "failed" : outline.status === "OK" ? "finished" : "ended";
  return <span className={outline.status === "ERROR" ? classes.failed : classes.quiet}>{word}</span>;
}

function Facts({ view }: { readonly view: TraceView }): ReactElement {
  const { outline, originMs } = view.model;
  const { dateTime, timeMs, zone } = useZone();
  const { usage } = outline;
  const input = toNumber(usage.inputTokens);
  const output = toNumber(usage.outputTokens);
  const cached = toNumber(usage.cachedTokens);
  const errors = toNumber(outline.errorCount);
  const day = dateTime(originMs).slice(0, 10);
  const facts: { key: string; show: ReactNode }[] = [
    { key: "start", show: <span title={outline.startTime}>{`${day} ${timeMs(originMs)} ${zoneName(originMs, zone)}`}</span> },
    { key: "duration", show: <b>{formatDuration(outline.durationMs)}</b> },
    { key: "spans", show: plural(outline.spanCount, "span") },
  ];
  if (errors > 0) {
    facts.push({
      key: "errors",
      show: (
        <button type="button" className={classes.errors} title="Go to where it failed (e)" onClick={() => view.stepError(1)}>
          {plural(errors, "error")}
        </button>
      ),
    });
  }
  if (input + output > 0) {
    const share = cached > 0 && input > 0 ? `, ${formatPercent(cached / input)} from cache` : "";
    facts.push({
      key: "tokens",
      show: <span title={`${formatExact(input)} tokens in, ${formatExact(cached)} of them from the cache, ${formatExact(output)} out`}>{`${formatCount(input)} tokens in${share}, ${formatCount(output)} out`}</span>,
    });
  }
  if (usage.costUsd !== undefined) facts.push({ key: "cost", show: formatMoney(usage.costUsd) });
  const models = toNumber(usage.modelCalls);
  const tools = toNumber(usage.toolCalls);
  if (models > 0) facts.push({ key: "models", show: plural(models, "model call") });
  if (tools > 0) facts.push({ key: "tools", show: plural(tools, "tool call") });
  return (
    <div className={classes.facts}>
      {facts.map((fact) => (
        <span key={fact.key} className={classes.fact}>
          {fact.show}
        </span>
      ))}
    </div>
  );
}
