// The rows of the list of traces: names, sorting, what the line above them says. Pure.
import type { TraceList, TraceSummary } from "@/api/schema";
import { toNumber } from "@/lib/counts";
import { formatExact, plural } from "@/lib/numbers";
import type { Dot } from "@/lib/scaleDots";
import { sortRows, type Sort, type SortValue } from "@/lib/table";
import { COLUMNS, orderOf, sortsHere, type Column } from "@/lib/traces/search";
import { formatDuration } from "@/lib/units";

/** Most rows that are held; beyond it the search has to be narrowed. */
export const MOST_ROWS = 5000;

/** What a trace is called, and whether its root has arrived. */
export interface TraceName {
  readonly name: string;
  readonly service: string;
  readonly rooted: boolean;
}

/** Root name and service; while no root has arrived those of the earliest span. */
export function nameOfTrace(trace: TraceSummary): TraceName {
  const rooted = trace.rootName !== undefined;
  return {
    name: (rooted ? trace.rootName : trace.firstName) ?? "(unnamed)",
    service: (rooted ? trace.rootService : trace.firstService) ?? trace.services[0] ?? "",
    rooted,
  };
}

const VALUES: Readonly<Record<Column, (trace: TraceSummary) => SortValue>> = {
  start: (trace) => Date.parse(trace.startTime),
  name: (trace) => nameOfTrace(trace).name,
  duration: (trace) => trace.durationMs,
  spans: (trace) => toNumber(trace.spanCount),
  errors: (trace) => toNumber(trace.errorCount),
  services: (trace) => trace.services.length,
  id: (trace) => trace.traceId,
};

/** The rows of all pages, each trace once, in the order of the sort. */
export function rowsOf(pages: readonly TraceList[], sort: Sort): readonly TraceSummary[] {
  const rows = new Map<string, TraceSummary>();
  for (const page of pages) for (const trace of page.traces) if (!rows.has(trace.traceId)) rows.set(trace.traceId, trace);
  const all = [...rows.values()].slice(0, MOST_ROWS);
  const column = COLUMNS.find((one) => one === sort.key);
  return sortsHere(sort) && column !== undefined ? sortRows(all, VALUES[column], sort.down) : all;
}

/** What the line above the rows is made of. */
export interface Told {
  readonly rows: readonly TraceSummary[];
  readonly pages: readonly TraceList[];
  readonly sort: Sort;
  /** There are more than were loaded. */
  readonly more: boolean;
  /** `in 3 h`. */
  readonly range: string;
}

/** `128 traces in 3 h, 12 with errors, answered in 34 ms`. */
export function resultLine({ rows, pages, sort, more, range }: Told): string {
  const failed = rows.filter((trace) => toNumber(trace.errorCount) > 0).length;
  const took = pages.reduce((sum, page) => sum + page.stats.durationMs, 0);
  const errors = failed === 0 ? "none with errors" : `${formatExact(failed)} with errors`;
  const count = more ? `first ${plural(rows.length, "trace")}` : plural(rows.length, "trace");
  return [`${count} ${range}`, rows.length === 0 ? "" : errors, orderNote(pages, sort, more), `answered in ${formatDuration(took)}`].filter((part) => part !== "").join(", ");
}

const FIRST: Readonly<Record<string, string>> = { duration: "slowest", errors: "most errors", spans: "most spans" };

/** How far an order reaches: `slowest of the newest 10,000`; nothing for the newest first. */
function orderNote(pages: readonly TraceList[], sort: Sort, more: boolean): string {
  const order = orderOf(sort);
  const first = pages[0];
  if (order === "newest") return sortsHere(sort) && more ? "sorted among those loaded" : "";
  if (first?.scannedTraces === undefined) return "";
  const scanned = formatExact(first.scannedTraces);
  return first.partial === true ? `${FIRST[order]} of the newest ${scanned}` : `${FIRST[order]} of ${scanned}`;
}

/** Blocks that could not be read, over all answers: what is shown is incomplete if it is not 0. */
export function blocksFailed(answers: readonly { readonly stats: { readonly blocksFailed: number | string } }[]): number {
  return Math.max(0, ...answers.map((answer) => toNumber(answer.stats.blocksFailed)));
}

/** The duration that a full bar stands for, ms: few are longer, so that one very long trace does not flatten all others. */
export function fullBar(rows: readonly TraceSummary[]): number {
  const sorted = rows.map((row) => row.durationMs).toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

/** Two lists as one, each trace once. */
export function together(first: readonly TraceSummary[], second: readonly TraceSummary[]): readonly TraceSummary[] {
  const ids = new Set(first.map((row) => row.traceId));
  return [...first, ...second.filter((row) => !ids.has(row.traceId))];
}

/** Traces as dots of the scatter plot. */
export function dotsOf(rows: readonly TraceSummary[], slotOf: (service: string) => number | undefined): readonly Dot[] {
  return rows.map((trace) => {
    const { name, service } = nameOfTrace(trace);
    const slot = slotOf(service);
    const errors = toNumber(trace.errorCount);
    return {
      id: trace.traceId,
      ms: Date.parse(trace.startTime),
      durationMs: trace.durationMs,
      name: `${service}: ${name}`,
      failed: errors > 0,
      detail: errors > 0 ? `${plural(trace.spanCount, "span")}, ${plural(errors, "error")}` : plural(trace.spanCount, "span"),
      ...(slot === undefined ? {} : { slot }),
    };
  });
}

/** Length of a range in words: `in 45 min`, `in 1.5 h`, `in 7 d`. */
export function rangeWords(startMs: number, endMs: number): string {
  const minutes = Math.max(1, Math.round((endMs - startMs) / 60_000));
  if (minutes < 60) return `in ${minutes} min`;
  const hours = Math.round(minutes / 6) / 10;
  return hours < 48 ? `in ${hours} h` : `in ${Math.round(hours / 2.4) / 10} d`;
}

/** Services of a row in little room: the first ones and how many more. */
export function fewServices(services: readonly string[], first: string, most: number): { readonly shown: readonly string[]; readonly more: number } {
  const sorted = [...services.filter((service) => service === first), ...services.filter((service) => service !== first)];
  const shown = sorted.slice(0, most);
  return { shown, more: sorted.length - shown.length };
}
