// The log records of a trace on its own time axis: where in the trace each was written, by which span.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactElement } from "react";
import { api } from "@/api/client";
import { Severity } from "@/components/Badge";
import { Go } from "@/components/Go";
import { VirtualRows } from "@/components/VirtualRows";
import { slotVar } from "@/lib/colour";
import { hrefs } from "@/lib/href";
import { inOneLine } from "@/lib/logs/body";
import { linesOf, type Line } from "@/lib/logs/line";
import { severityWord, toneOf } from "@/lib/logs/severity";
import { formatExact, plural } from "@/lib/numbers";
import type { TraceModel } from "@/lib/trace/model";
import { isWithin, nameOf, slotOf } from "@/lib/trace/read";
import { formatDuration } from "@/lib/units";
import { Empty, Failure, Loading } from "@/shell/help";
import type { TraceTabProps } from "../tabs";
import classes from "./TabLogs.module.css";
import frame from "../Tab.module.css";

/** Records of one page of the API, and pages that are kept. */
const PAGE = 1000;
const PAGES = 10;

/** The view "Logs". */
export function TabLogs(props: TraceTabProps): ReactElement {
  const { model, root, selected, running } = props;
  const [errorsOnly, setErrorsOnly] = useState(false);
  const severity = errorsOnly ? "WARN" : undefined;
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ["trace logs", model.traceId, severity, running ? model.outline.endTime : ""],
    queryFn: ({ signal, pageParam }) =>
      api.get("/api/v1/logs", { query: { trace_id: model.traceId, severity, order: "oldest", limit: PAGE, values: "preview", cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last, pages) => (pages.length < PAGES ? last.nextCursor : undefined),
  });
  const lines = useMemo(() => (data?.pages ?? []).flatMap(linesOf).filter((line) => root < 0 || isWithin(model, rowOf(model, line), root)), [data, model, root]);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  const full = (data?.pages.length ?? 0) >= PAGES && data?.pages.at(-1)?.nextCursor !== undefined;
  return (
    <div className={frame["tab"]}>
      <div className={frame["bar"]}>
        <span role="status">{data === undefined ? "Loading …" : `${plural(lines.length, "log record")}${hasNextPage ? " and more" : ""}`}</span>
        <label>
          <input type="checkbox" checked={errorsOnly} onChange={(event) => setErrorsOnly(event.target.checked)} /> warnings and errors only
        </label>
        <span className={frame["space"]} />
        <Go href={hrefs.logs({ trace_id: model.traceId, span_id: selected >= 0 ? model.id[selected] : undefined, ...around(model) })}>
          {selected >= 0 ? "Open those of the span in Logs" : "Open in Logs"}
        </Go>
      </div>
      {data === undefined ? (
        <Loading rows={10} />
      ) : lines.length === 0 ? (
        <Empty title={errorsOnly ? "No warnings and no errors were logged in this trace" : "Nothing was logged in this trace"} hint="Log records belong to a trace when they carry its trace id; the OpenTelemetry SDKs set it inside a span." />
      ) : (
        <Lines {...props} lines={lines} onEnd={() => (hasNextPage && !isFetching ? void fetchNextPage() : undefined)} />
      )}
      {full ? <p className={frame["note"]}>The first {formatExact(PAGE * PAGES)} are shown; Logs shows all.</p> : null}
    </div>
  );
}

function rowOf(model: TraceModel, line: Line): number {
  return line.spanId === undefined ? -1 : (model.rowOf.get(line.spanId) ?? -1);
}

/** A time range that holds the trace, for links. */
function around(model: TraceModel): { from: number; to: number } {
  return { from: Math.floor(model.originMs) - 1000, to: Math.ceil(model.originMs + model.durationMs) + 1000 };
}

interface LinesProps extends TraceTabProps {
  readonly lines: readonly Line[];
  readonly onEnd: () => void;
}

function Lines({ lines, model, colour, selected, select, onEnd }: LinesProps): ReactElement {
  const [current, setCurrent] = useState(-1);
  return (
    <VirtualRows
      as="list"
      label="Log records of this trace"
      count={lines.length}
      current={current}
      onCurrent={setCurrent}
      onOpen={(index) => {
        const line = lines[index];
        if (line !== undefined) select(rowOf(model, line));
      }}
      keyOf={(index) => lines[index]?.id ?? index}
      onEnd={onEnd}
      row={(index) => {
        const line = lines[index];
        return line === undefined ? null : <Row line={line} model={model} colour={colour} selected={selected} />;
      }}
    />
  );
}

interface RowProps {
  readonly line: Line;
  readonly model: TraceModel;
  readonly colour: TraceTabProps["colour"];
  readonly selected: number;
}

function Row({ line, model, colour, selected }: RowProps): ReactElement {
  const row = rowOf(model, line);
  const offset = Date.parse(line.timestamp) - model.originMs;
  const place = model.durationMs <= 0 ? 0 : Math.min(1, Math.max(0, offset / model.durationMs));
  const slot = row < 0 ? -1 : slotOf(model, row, colour);
  return (
    <div className={classes["line"]} data-tone={toneOf(line.severity)} data-selected={row >= 0 && row === selected}>
      <span className={classes["time"]}>{formatDuration(offset)}</span>
      <span className={classes["axis"]} aria-hidden>
        {row < 0 ? null : <span className={classes["span"]} style={barOf(model, row)} />}
        <span className={classes["dot"]} style={{ left: `${place * 100}%` }} />
      </span>
      <Severity text={severityWord(line.severity)} />
      <span className={classes["who"]}>
        <span className={frame["tick"]} style={{ background: slot < 0 ? "var(--steady)" : slotVar(slot) }} />
        {row < 0 ? line.serviceName : nameOf(model, row)}
      </span>
      <span className={classes["body"]}>{inOneLine(line.body)}</span>
      <Go href={hrefs.logs({ trace_id: model.traceId, record: line.id, ...around(model) })} className={classes["open"]} aria-label={`Open the record at ${formatDuration(offset)} in Logs`}>
        open
      </Go>
    </div>
  );
}

/** Where a span lies in the trace, as shares of the width. */
function barOf(model: TraceModel, row: number): { left: string; width: string } {
  const whole = Math.max(model.durationMs, 1e-6);
  const left = ((model.start[row] ?? 0) / whole) * 100;
  return { left: `${left}%`, width: `${Math.max(0.5, (Math.max(0, model.duration[row] ?? 0) / whole) * 100)}%` };
}
