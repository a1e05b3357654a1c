// Native histograms over time as a heat map.
import type { HeatData } from "@/lib/heat";
import { sampleNumber, type PromSeries } from "./data";

const MAX_ROWS = 48;

/** A heat map of the sum of all histograms of an answer; undefined where there are none with positive buckets. `scale` turns bounds into the map's unit. */
export function histogramHeat(all: readonly PromSeries[], stepMs: number, scale = 1): HeatData | undefined {
  const columns = new Map<number, Map<number, { upper: number; count: number }>>();
  for (const series of all) {
    for (const [seconds, histogram] of series.histograms ?? []) {
      const ms = Math.round(seconds * 1000);
      const column = columns.get(ms) ?? new Map<number, { upper: number; count: number }>();
      columns.set(ms, column);
      for (const [, from, to, many] of histogram.buckets ?? []) {
        const lower = sampleNumber(from) * scale;
        const upper = sampleNumber(to) * scale;
        if (!(upper > 0) || !Number.isFinite(upper)) continue;
        const low = lower > 0 ? lower : upper / 2;
        const cell = column.get(low) ?? { upper, count: 0 };
        cell.count += sampleNumber(many);
        column.set(low, cell);
      }
    }
  }
  return columns.size === 0 ? undefined : gridOf(columns, stepMs);
}

function gridOf(columns: ReadonlyMap<number, ReadonlyMap<number, { upper: number; count: number }>>, stepMs: number): HeatData | undefined {
  const edges = new Set<number>();
  for (const column of columns.values()) {
    for (const [lower, { upper }] of column) {
      edges.add(lower);
      edges.add(upper);
    }
  }
  let bounds = [...edges].toSorted((a, b) => a - b);
  if (bounds.length < 2) return undefined;
  // Bounds that differ by rounding alone are one; too many rows become fewer.
  bounds = bounds.filter((bound, index) => index === 0 || bound > (bounds[index - 1] ?? 0) * 1.0001);
  while (bounds.length > MAX_ROWS) bounds = bounds.filter((_, index) => index % 2 === 0 || index === bounds.length - 1);
  const times = [...columns.keys()].toSorted((a, b) => a - b);
  const counts = times.map((ms) => {
    const row = Array.from({ length: bounds.length - 1 }, () => 0);
    for (const [lower, { upper, count }] of columns.get(ms) ?? []) {
      const middle = Math.sqrt(lower * upper);
      const at = bounds.findLastIndex((bound) => bound <= middle);
      const place = Math.max(0, Math.min(row.length - 1, at));
      row[place] = (row[place] ?? 0) + count;
    }
    return row;
  });
  return { times: times.map((ms) => ms - stepMs), stepMs, bounds, counts };
}
