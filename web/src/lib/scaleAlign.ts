// Series of a time chart brought onto one row of times, the busiest kept, stacked where asked.

/** One point: Unix ms and a value; null is a gap. */
export type Point = readonly [number, number | null];

/** The points of a series: pairs, or two lists of equal length. */
export type Points = readonly Point[] | { readonly times: ArrayLike<number>; readonly values: ArrayLike<number | null> };

/** Times (Unix ms, ascending) and for each series a value a time. */
export interface Aligned {
  times: number[];
  values: (number | null)[][];
}

function asLists(points: Points): { times: ArrayLike<number>; values: ArrayLike<number | null> } {
  if ("times" in points) return points;
  return { times: points.map((point) => point[0]), values: points.map((point) => point[1]) };
}

function sameTimes(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Brings series onto the union of their times. NaN and infinities become gaps. `stepMs` also opens gaps where points are missing. */
export function alignSeries(all: readonly Points[], stepMs?: number): Aligned {
  const lists = all.map(asLists);
  const first = lists[0];
  if (first === undefined) return { times: [], values: [] };
  let times: number[];
  if (lists.every((list) => sameTimes(list.times, first.times))) times = Array.from(first.times);
  else {
    const set = new Set<number>();
    for (const list of lists) for (let index = 0; index < list.times.length; index += 1) set.add(list.times[index] ?? 0);
    times = [...set].toSorted((a, b) => a - b);
  }
  if (stepMs !== undefined && stepMs > 0) times = fillHoles(times, stepMs);
  const place = new Map(times.map((time, index) => [time, index]));
  const values = lists.map((list) => {
    const row: (number | null)[] = Array.from({ length: times.length }, () => null);
    for (let index = 0; index < list.times.length; index += 1) {
      const at = place.get(list.times[index] ?? Number.NaN);
      const value = list.values[index] ?? null;
      if (at !== undefined) row[at] = value !== null && Number.isFinite(value) ? value : null;
    }
    return row;
  });
  return { times, values };
}

function fillHoles(times: readonly number[], stepMs: number): number[] {
  const filled: number[] = [];
  times.forEach((time, index) => {
    const before = times[index - 1];
    if (before !== undefined && time - before > stepMs * 1.5) filled.push(before + stepMs);
    filled.push(time);
  });
  return filled;
}

/** A series' greatest value, to choose which to draw; -Infinity for one without values. */
export function peakOf(points: Points): number {
  const { values } = asLists(points);
  let peak = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value !== null && value !== undefined && Number.isFinite(value) && Math.abs(value) > peak) peak = Math.abs(value);
  }
  return peak;
}

/** The `limit` series with the highest peaks, in their own order. */
export function topSeries<T extends { readonly points: Points }>(all: readonly T[], limit: number): T[] {
  if (all.length <= limit) return [...all];
  const kept = new Set(
    all
      .map((series, index) => ({ index, peak: peakOf(series.points) }))
      .toSorted((a, b) => b.peak - a.peak || a.index - b.index)
      .slice(0, limit)
      .map((entry) => entry.index),
  );
  return all.filter((_, index) => kept.has(index));
}

/** Sums from the bottom up, so that each series stands on those before it; gaps count as nothing. */
export function stackValues(values: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const length = values[0]?.length ?? 0;
  const sums = Array.from({ length }, () => 0);
  return values.map((row) =>
    row.map((value, index) => {
      const sum = (sums[index] ?? 0) + (value ?? 0);
      sums[index] = sum;
      return sum;
    }),
  );
}

/** The index of the time nearest to `ms`; -1 of an empty list. */
export function nearestIndex(times: readonly number[], ms: number): number {
  if (times.length === 0) return -1;
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  const before = times[low - 1];
  const here = times[low] ?? 0;
  return before !== undefined && ms - before < here - ms ? low - 1 : low;
}

/** The least distance between neighbouring times, ms; 60 s where that cannot be told. */
export function stepOf(times: readonly number[]): number {
  let step = Number.POSITIVE_INFINITY;
  for (let index = 1; index < times.length; index += 1) {
    const gap = (times[index] ?? 0) - (times[index - 1] ?? 0);
    if (gap > 0 && gap < step) step = gap;
  }
  return Number.isFinite(step) ? step : 60_000;
}
