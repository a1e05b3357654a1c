// What the Prometheus API answers to queries, and how it becomes series of a chart.
import type { Points } from "@/lib/scaleAlign";

/** Labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** A bucket of a native histogram: rule of its bounds, lower and upper bound, count. */
export type PromBucket = readonly [number, string, string, string];

/** A native histogram at one moment. */
export interface PromHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly PromBucket[];
}

/** A series of a range query: Unix seconds and values. */
export interface PromSeries {
  readonly metric: Labels;
  readonly values?: readonly (readonly [number, string])[];
  readonly histograms?: readonly (readonly [number, PromHistogram])[];
}

/** A series of an instant query. */
export interface PromSample {
  readonly metric: Labels;
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [number, PromHistogram];
}

/** What a query cost. */
export interface PromStats {
  readonly timings?: Readonly<Record<string, number>>;
  readonly samples?: { readonly totalQueryableSamples?: number; readonly peakSamples?: number };
}

/** `data` of `query_range`. */
export interface RangeData {
  readonly resultType: "matrix";
  readonly result: readonly PromSeries[];
  readonly stats?: PromStats;
}

/** `data` of `query`. */
export type InstantData = { readonly stats?: PromStats } & (
  | { readonly resultType: "vector"; readonly result: readonly PromSample[] }
  | { readonly resultType: "matrix"; readonly result: readonly PromSeries[] }
  | { readonly resultType: "scalar"; readonly result: readonly [number, string] }
  | { readonly resultType: "string"; readonly result: readonly [number, string] }
);

/** `data` of `query_exemplars`. */
export type ExemplarData = readonly {
  readonly seriesLabels: Labels;
  readonly exemplars: readonly { readonly labels: Labels; readonly value: string; readonly timestamp: number }[];
}[];

/** A sample's text as a number: `NaN`, `+Inf` and `-Inf` as they are. */
export function sampleNumber(text: string): number {
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}

/** The points of a series for a chart (Unix ms); undefined for one that only has histograms. */
export function pointsOf(series: PromSeries): Points | undefined {
  if (series.values === undefined) return undefined;
  return { times: series.values.map(([seconds]) => Math.round(seconds * 1000)), values: series.values.map(([, text]) => sampleNumber(text)) };
}

/** Labels as one text, the same for the same labels. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Labels as PromQL writes them: `up{job="api"}`. */
export function writeLabels(labels: Labels): string {
  const { __name__: name = "", ...rest } = labels;
  const pairs = Object.entries(rest).map(([key, value]) => `${/^[a-zA-Z_]\w*$/u.test(key) ? key : JSON.stringify(key)}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? name || "{}" : `${name}{${pairs.join(", ")}}`;
}

/** Figures of a series over the range; infinities and NaN do not count. */
export interface Figures {
  last: number | null;
  min: number | null;
  max: number | null;
  avg: number | null;
}

/** Last, least, greatest and mean value. */
export function figuresOf(points: Points): Figures {
  const values = "times" in points ? Array.from(points.values) : points.map((point) => point[1]);
  let sum = 0;
  let count = 0;
  const found: Figures = { last: null, min: null, max: null, avg: null };
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    found.last = value;
    found.min = found.min === null ? value : Math.min(found.min, value);
    found.max = found.max === null ? value : Math.max(found.max, value);
    sum += value;
    count += 1;
  }
  return count === 0 ? found : { ...found, avg: sum / count };
}
