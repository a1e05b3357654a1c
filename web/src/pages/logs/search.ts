// The state of the logs page in its URL.
import { EVERYTHING, type LogConditions } from "@/lib/logs/conditions";
import { flagParam, searchOf, textParam, textsParam, wordParam, type RawSearch, type SearchCodec } from "@/lib/urlState";

/** What the URL says: the conditions, how lines are shown, which record is open. */
export interface LogsSearch extends LogConditions {
  readonly tail: boolean;
  readonly wrap: boolean;
  /** Columns beside time, severity, service and body: names of attributes. */
  readonly cols: readonly string[];
  /** Id of the open record. */
  readonly record: string;
  /** What of the record is shown. */
  readonly panel: "record" | "json" | "context";
  readonly view: "lines" | "patterns";
  readonly order: "newest" | "oldest";
}

/** Reads and writes the URL of the logs page. */
export const logsCodec: SearchCodec<LogsSearch> = {
  parse: (raw: RawSearch) => ({
    q: textParam(raw, "q", EVERYTHING.q),
    service: textParam(raw, "service"),
    severity: textParam(raw, "severity"),
    attr: textsParam(raw, "attr"),
    traceId: textParam(raw, "trace_id"),
    spanId: textParam(raw, "span_id"),
    tail: flagParam(raw, "tail"),
    wrap: flagParam(raw, "wrap"),
    cols: [...new Set(textParam(raw, "cols").split(",").filter((name) => name !== ""))],
    record: textParam(raw, "record"),
    panel: wordParam(raw, "panel", ["record", "json", "context"], "record"),
    view: wordParam(raw, "view", ["lines", "patterns"], "lines"),
    order: wordParam(raw, "order", ["newest", "oldest"], "newest"),
  }),
  format: (value) =>
    searchOf({
      q: value.q,
      service: value.service,
      severity: value.severity,
      attr: value.attr,
      trace_id: value.traceId,
      span_id: value.spanId,
      tail: value.tail,
      wrap: value.wrap,
      cols: value.cols.join(","),
      record: value.record,
      panel: value.record === "" || value.panel === "record" ? "" : value.panel,
      view: value.view === "lines" ? "" : value.view,
      order: value.order === "newest" ? "" : value.order,
    }),
};

/** The conditions of the URL alone. */
export function conditionsOf(search: LogsSearch): LogConditions {
  const { q, service, severity, attr, traceId, spanId } = search;
  return { q, service, severity, attr, traceId, spanId };
}
