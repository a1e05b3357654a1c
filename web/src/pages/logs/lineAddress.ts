// A link to a line that opens as it is now, whenever it is followed: with a fixed range around its time.
import { absolute } from "@/lib/base";
import { hrefs } from "@/lib/href";
import type { LogConditions } from "@/lib/logs/conditions";
import type { Line } from "@/lib/logs/line";

/** A quarter of an hour to both sides. */
const AROUND_MS = 15 * 60_000;

/** The range of a link to a line, RFC 3339. */
export function rangeAround(timestamp: string): { readonly from: string; readonly to: string } {
  const ms = Date.parse(timestamp);
  return { from: new Date(ms - AROUND_MS).toISOString(), to: new Date(ms + AROUND_MS).toISOString() };
}

/** The whole address of a line under conditions. */
export function lineAddress(line: Line, conditions: LogConditions): string {
  const { q, service, severity, attr, traceId, spanId } = conditions;
  return absolute(hrefs.logs({ q, service, severity, attr, trace_id: traceId, span_id: spanId, record: line.id, ...rangeAround(line.timestamp) })).href;
}
