// Heat maps: which cell is under a point, how strong a count is, what a screen reader hears.
import { mixColours } from "@/lib/colour";

/** Counts over time (columns) and a logarithmic value (rows). `counts[column][row]`; times and bounds in ms. */
export interface HeatData {
  /** Start of each column, ascending, Unix ms. */
  times: readonly number[];
  /** Length of a column, ms. */
  stepMs: number;
  /** Bounds of the rows, ascending: row `r` is from `bounds[r]` to `bounds[r + 1]` (ms). */
  bounds: readonly number[];
  /** `counts[column][row]`. */
  counts: readonly (readonly number[])[];
}

/** A cell by its column and row. */
export interface HeatCell {
  column: number;
  row: number;
}

/** What a pick of a cell or an area hands on: a range of time and of values, all in ms. */
export interface HeatPick {
  fromMs: number;
  toMs: number;
  minMs: number;
  maxMs: number;
}

/** The highest count of all cells; 0 if there is none. */
export function heatMax(data: HeatData): number {
  let max = 0;
  for (const column of data.counts) for (const count of column) if (count > max) max = count;
  return max;
}

/** Strength 0 to 1 of a count; the root keeps single events visible beside thousands. */
export function heatShare(count: number, max: number): number {
  if (count <= 0 || max <= 0) return 0;
  return 0.12 + 0.88 * Math.sqrt(Math.min(1, count / max));
}

/** `steps` colours from the ramp's start to its end. */
export function heatRamp(from: string, to: string, steps: number): string[] {
  return Array.from({ length: steps }, (_, index) => mixColours(from, to, index / Math.max(1, steps - 1)));
}

/** The range that a cell stands for; undefined outside the map. */
export function cellRange(data: HeatData, cell: HeatCell): HeatPick | undefined {
  const fromMs = data.times[cell.column];
  const minMs = data.bounds[cell.row];
  const maxMs = data.bounds[cell.row + 1];
  if (fromMs === undefined || minMs === undefined || maxMs === undefined) return undefined;
  return { fromMs, toMs: fromMs + data.stepMs, minMs, maxMs };
}

/** The row whose bounds hold a value; the last place of an ascending list not above it. */
export function rowOf(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle + 1] ?? Number.POSITIVE_INFINITY) <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, Math.min(low, bounds.length - 2));
}

/** The column that holds a moment, or -1. */
export function columnOf(data: HeatData, ms: number): number {
  const first = data.times[0];
  if (first === undefined || ms < first) return -1;
  const guess = Math.floor((ms - first) / data.stepMs);
  const column = Math.min(guess, data.times.length - 1);
  const start = data.times[column];
  return start !== undefined && ms < start + data.stepMs ? column : -1;
}

/** The cell with the highest count in a column, for a keyboard that comes from the side. */
export function strongestRow(data: HeatData, column: number): number {
  const counts = data.counts[column] ?? [];
  let best = 0;
  counts.forEach((count, row) => {
    if (count > (counts[best] ?? 0)) best = row;
  });
  return best;
}
