// What a time chart draws, made from what it is given: which series, stacked or not, and the range of values.
import { alignSeries, stackValues, topSeries, type Points } from "@/lib/scaleAlign";
import type { Tone } from "@/lib/colour";
import { linearTicks, niceStep } from "@/lib/scale";
import type { Unit } from "@/lib/units";

/** How series are drawn. Bars are stacked, too. */
export type ChartKind = "line" | "area" | "bars" | "stacked";

/** One series of a time chart. */
export interface TimeSeries {
  /** Tells series apart; the name unless given. */
  id?: string;
  name: string;
  points: Points;
  /** Slot of its colour, from the server. */
  slot?: number;
  /** A meaning instead of a slot. */
  tone?: Tone;
  /** A dashed line: tells series of one colour apart. */
  dashed?: boolean;
}

/** A line across the chart at a value. */
export interface Threshold {
  value: number;
  label?: string;
  tone: Tone;
}

/** A moment on a chart: with a value a diamond (an exemplar), without one a line from top to bottom (an annotation). */
export interface ChartMark {
  ms: number;
  value?: number;
  label: string;
  href?: string;
}

/** A stretch of time that is shaded: an alert that fired, a maintenance window. */
export interface ChartBand {
  fromMs: number;
  toMs: number;
  tone: Tone;
}

/** A drawn series: where its colour comes from. `order` is its place among all, for colours by order. */
export interface DrawnSeries {
  id: string;
  name: string;
  slot: number | undefined;
  tone: Tone | undefined;
  dashed: boolean;
}

/** All that drawing needs but colours. */
export interface ChartModel {
  kind: ChartKind;
  series: readonly DrawnSeries[];
  times: readonly number[];
  /** As given, for tips and tables. */
  raw: readonly (readonly (number | null)[])[];
  /** As drawn: sums where stacked. */
  drawn: readonly (readonly (number | null)[])[];
  min: number;
  max: number;
  /** How many series were left out as beyond the limit. */
  more: number;
}

/** Most series of one chart. */
export const MAX_SERIES = 20;

/** An id for a series. */
export function seriesId(series: Pick<TimeSeries, "id" | "name">): string {
  return series.id ?? series.name;
}

/** Chooses, aligns and stacks. `hidden` holds ids; hidden series keep their colours free. */
export function chartModel(all: readonly TimeSeries[], kind: ChartKind, options: { hidden?: ReadonlySet<string>; thresholds?: readonly Threshold[]; stepMs?: number; unit?: Unit } = {}): ChartModel {
  const hidden = options.hidden ?? new Set<string>();
  const single = all.length === 1;
  const order = new Map(all.map((series, index) => [series, index]));
  const shown = topSeries(all.filter((series) => !hidden.has(seriesId(series))), MAX_SERIES);
  const series = shown.map((one) => {
    const place = order.get(one) ?? 0;
    const byOrder = one.slot === undefined && one.tone === undefined;
    return {
      id: seriesId(one),
      name: one.name,
      slot: byOrder && !single ? place : one.slot,
      tone: one.tone ?? (byOrder && single ? ("steady" as const) : undefined),
      dashed: one.dashed ?? (byOrder && place >= 12),
    };
  });
  const { times, values } = alignSeries(shown.map((one) => one.points), options.stepMs);
  const stacked = kind === "stacked" || kind === "bars";
  const drawn = stacked ? stackValues(values) : values;
  const [min, max] = valueRange(drawn, kind, options.thresholds ?? [], options.unit);
  return { kind, series, times, raw: values, drawn, min, max, more: all.filter((one) => !hidden.has(seriesId(one))).length - shown.length };
}

function valueRange(rows: readonly (readonly (number | null)[])[], kind: ChartKind, thresholds: readonly Threshold[], unit: Unit | undefined): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (const value of row) {
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  for (const threshold of thresholds) {
    low = Math.min(low, threshold.value);
    high = Math.max(high, threshold.value);
  }
  if (low > high) return [0, 1];
  // Lines far from zero that hardly move are shown close up; everything else stands on zero.
  if (low >= 0 && (kind !== "line" || low < high * 0.7 || low === high)) low = 0;
  if (high <= 0 && kind !== "line") high = 0;
  if (low === high) high = low === 0 ? 1 : low + Math.abs(low);
  const step = niceStep((high - low) / 4, unit);
  const fine = step / 2;
  return [Math.floor(low / fine + 1e-9) * fine, Math.ceil((high + (high - low) * 0.02) / fine - 1e-9) * fine];
}

/** Places of value ticks in a chart so high (px). */
export function valueTicks(model: Pick<ChartModel, "min" | "max">, height: number, unit: Unit | undefined): number[] {
  return linearTicks(model.min, model.max, Math.max(2, Math.floor(height / 36)), unit);
}

/** The values at one time, greatest first, at most `limit` and the one named `keep` in any case; `left` counts the others. */
export function valuesAt(model: ChartModel, index: number, limit: number, keep?: string): { rows: { series: DrawnSeries; value: number }[]; left: number; total: number } {
  const rows: { series: DrawnSeries; value: number }[] = [];
  model.series.forEach((series, at) => {
    const value = model.raw[at]?.[index];
    if (value !== null && value !== undefined) rows.push({ series, value });
  });
  rows.sort((a, b) => b.value - a.value);
  const shown = rows.filter((row, at) => at < limit || row.series.id === keep);
  return { rows: shown, left: rows.length - shown.length, total: rows.reduce((sum, row) => sum + row.value, 0) };
}
