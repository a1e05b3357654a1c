// The list of metrics, and a sensible first query for each.
import { toNumber } from "@/lib/counts";
import { metaOf, type Metadata } from "./unit";

/** A metric as the browser lists it: the parts of a classic histogram are one. */
export interface MetricEntry {
  name: string;
  /** `counter`, `gauge`, `histogram`, `summary`, `info`, `unknown` … */
  type: string;
  unit: string;
  help: string;
  /** Active series, those of all parts. */
  series: number;
  /** Whether it is a histogram of buckets with `le`; native ones have one series a label set. */
  classic: boolean;
}

const PART = /_(?:bucket|count|sum)$/u;

/** Metrics from the counts of series by name and the metadata, in order of name. */
export function metricList(counts: readonly { readonly name: string; readonly count: number | string }[], metadata: Metadata): MetricEntry[] {
  const names = new Set(counts.map((one) => one.name));
  const entries = new Map<string, MetricEntry>();
  for (const { name, count } of counts) {
    const base = name.replace(PART, "");
    const family = metadata.get(base)?.type;
    const part = PART.test(name) && (family === "histogram" || family === "summary" || names.has(`${base}_bucket`));
    const key = part ? base : name;
    const meta = metaOf(metadata, key);
    const type = meta?.type ?? (part ? "histogram" : name.endsWith("_total") ? "counter" : "unknown");
    const entry = entries.get(key) ?? { name: key, type, unit: meta?.unit ?? "", help: meta?.help ?? "", series: 0, classic: false };
    entry.series += toNumber(count);
    entry.classic ||= name.endsWith("_bucket") && part;
    entries.set(key, entry);
  }
  return [...entries.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A query with what it shows. */
export interface SuggestedQuery {
  expr: string;
  what: string;
}

function selector(name: string): string {
  return /^[a-zA-Z_:][\w:]*$/u.test(name) ? name : `{${JSON.stringify(name)}}`;
}

/** Queries for a metric, the best first. `window` is that of `rate()`. */
export function suggestedQueries(entry: MetricEntry, window: string): SuggestedQuery[] {
  const { name, type } = entry;
  const one = selector(name);
  if (type === "counter") {
    return [
      { expr: `sum(rate(${one}[${window}]))`, what: "per second, all together" },
      { expr: `rate(${one}[${window}])`, what: "per second, each series" },
      { expr: `sum(increase(${one}[1h]))`, what: "in the last hour" },
    ];
  }
  if (type === "histogram" && entry.classic) {
    const bucket = selector(`${name}_bucket`);
    return [
      { expr: `histogram_quantile(0.95, sum by (le) (rate(${bucket}[${window}])))`, what: "95th percentile" },
      { expr: `sum(rate(${selector(`${name}_sum`)}[${window}])) / sum(rate(${selector(`${name}_count`)}[${window}]))`, what: "mean" },
      { expr: `sum(rate(${selector(`${name}_count`)}[${window}]))`, what: "how many a second" },
    ];
  }
  if (type === "histogram" || type === "gaugehistogram") {
    const inner = type === "histogram" ? `sum(rate(${one}[${window}]))` : `sum(${one})`;
    return [
      { expr: `histogram_quantile(0.95, ${inner})`, what: "95th percentile" },
      { expr: `histogram_avg(${inner})`, what: "mean" },
      { expr: inner, what: "heat map" },
    ];
  }
  if (type === "summary") {
    return [
      { expr: one, what: "its quantiles" },
      { expr: `sum(rate(${selector(`${name}_sum`)}[${window}])) / sum(rate(${selector(`${name}_count`)}[${window}]))`, what: "mean" },
    ];
  }
  return [
    { expr: one, what: "each series" },
    ...(entry.series > 1 ? [{ expr: `sum(${one})`, what: "all together" }, { expr: `max(${one})`, what: "the greatest" }] : []),
  ];
}

const INTERESTING: readonly (readonly [RegExp, number])[] = [
  [/error|fail/u, 9], [/token|cost|spend|usd/u, 8], [/request|operation_duration|http|rpc/u, 8], [/run|task|workflow|agent/u, 6],
  [/queue|pending|backlog|lag/u, 6], [/memory|cpu/u, 3], [/duration|latency/u, 4],
];

/** A handful of metrics to begin with: telling names, known types, of each kind some. */
export function startMetrics(entries: readonly MetricEntry[], count: number): MetricEntry[] {
  const score = ({ name, type, help }: MetricEntry): number => {
    let sum = type === "unknown" ? 0 : 2;
    if (help !== "") sum += 1;
    if (/^(?:scrape_|target_info$|process_runtime|go_|promhttp_)|_info$/u.test(name)) sum -= 12;
    for (const [pattern, worth] of INTERESTING) if (pattern.test(name)) sum += worth;
    return sum;
  };
  const ranked = entries.map((entry) => ({ entry, worth: score(entry) })).toSorted((a, b) => b.worth - a.worth || (a.entry.name < b.entry.name ? -1 : 1));
  const taken: MetricEntry[] = [];
  for (const { entry } of ranked) {
    if (taken.length >= count) break;
    const alike = taken.filter((other) => other.type === entry.type).length;
    if (alike < Math.ceil(count / 2)) taken.push(entry);
  }
  return taken;
}
