// From the API's heat map (upper bounds, one open row above) to the one that is drawn (both bounds of each row, empty rows cut off).
import type { HeatMap } from "@/api/schema";
import type { HeatData } from "@/lib/heat";
import { toNumber } from "@/lib/counts";

/** Rows that are kept even if nothing lies in them, so that the picture does not jump. */
const MIN_ROWS = 6;

/** Durations over time, ready to be drawn. `startMs` is the start of the first column. */
export function heatDataOf(map: HeatMap, startMs: number, stepMs: number): HeatData {
  const uppers = map.boundsMs;
  const rows = uppers.length + 1;
  const counts = map.columns.map((column) => Array.from({ length: rows }, (_, row) => toNumber(column[row] ?? 0)));
  const bounds = [lowest(uppers), ...uppers, (uppers.at(-1) ?? 1) * 2.5];
  const [first, last] = usedRows(counts, rows);
  return {
    times: counts.map((_, column) => startMs + column * stepMs),
    stepMs,
    bounds: bounds.slice(first, last + 2),
    counts: counts.map((column) => column.slice(first, last + 1)),
  };
}

/** The lower bound of the first row: what a logarithmic axis can show. */
function lowest(uppers: readonly number[]): number {
  const [first = 1, second = first * 2] = uppers;
  return first / Math.max(1.5, second / first);
}

function usedRows(counts: readonly (readonly number[])[], rows: number): readonly [number, number] {
  const used = Array.from({ length: rows }, (_, row) => row).filter((row) => counts.some((column) => (column[row] ?? 0) > 0));
  let first = used[0] ?? 0;
  let last = used.at(-1) ?? rows - 1;
  while (last - first + 1 < Math.min(MIN_ROWS, rows)) {
    if (first > 0) first -= 1;
    if (last < rows - 1 && last - first + 1 < MIN_ROWS) last += 1;
  }
  return [first, last];
}
