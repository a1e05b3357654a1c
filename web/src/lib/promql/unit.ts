// The unit of a query's result, told from its text and the metadata of the metrics in it. A guess that errs to "plain count".
import { unitOfMetric, type Unit } from "@/lib/units";

/** Type, unit and help of a metric, as the Prometheus API tells them. */
export interface MetricMeta {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** Metadata by the metric's name. */
export type Metadata = ReadonlyMap<string, MetricMeta>;

const WORDS: ReadonlySet<string> = new Set([
  "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "and", "or", "unless", "atan2", "start", "end", "inf", "nan",
]);

/** The text without strings, label lists, matchers and ranges: what is left are functions, metrics, numbers and operators. */
function bare(expr: string): string {
  return expr
    .replaceAll(/#[^\n]*/gu, " ")
    .replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/gu, '""')
    .replaceAll(/\{[^}]*\}/gu, " ")
    .replaceAll(/\[[^\]]*\]/gu, " ")
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/giu, " ");
}

/** Names of the metrics in a query, in order, each once; also those written as `{__name__="…"}`. */
export function metricsIn(expr: string): string[] {
  const names = new Set<string>();
  for (const [, name, behind] of bare(expr).matchAll(/(?<![\w.:])([a-zA-Z_:][\w:]*)\s*(\(?)/gu)) {
    if (name !== undefined && behind === "" && !WORDS.has(name.toLowerCase())) names.add(name);
  }
  for (const [, name] of expr.matchAll(/(?:__name__\s*=\s*|\{\s*)"((?:\\.|[^"\\])+)"/gu)) if (name !== undefined) names.add(name);
  return [...names];
}

/** Metadata of a metric, also of the parts of a classic histogram or summary. */
export function metaOf(metadata: Metadata, name: string): MetricMeta | undefined {
  return metadata.get(name) ?? metadata.get(name.replace(/_(?:bucket|count|sum|total|created)$/u, ""));
}

/** The unit of a query's values. */
export function unitOfExpression(expr: string, metadata: Metadata): Unit {
  const text = bare(expr);
  const names = metricsIn(expr);
  const name = names[0];
  if (name === undefined) return "1";
  if (/^\s*(?:count|count_values|group|absent|present_over_time|count_over_time|changes|resets|sgn)\b/iu.test(text)) return "1";
  const base = unitOfMetric(name, metaOf(metadata, name)?.unit);
  if (/\bhistogram_(?:quantile|avg|stddev|sum)\b/u.test(text)) return unitOfMetric(name.replace(/_bucket$/u, ""), metaOf(metadata, name)?.unit);
  if (/\bhistogram_(?:count|fraction|stdvar)\b/u.test(text)) return /fraction/u.test(text) ? "ratio" : "1";
  if (/\b(?:time|timestamp)\s*\(/u.test(text)) return "s";
  const rated = /\b(?:rate|irate|deriv)\s*\(/u.test(text);
  if (/[^/]\/[^/]/u.test(text)) return quotient(names, base, metadata, text);
  if (/\^|%/u.test(text)) return "1";
  return rated ? `${base}/s` : base;
}

function quotient(names: readonly string[], base: Unit, metadata: Metadata, text: string): Unit {
  const [above = "", below = ""] = names;
  // Sum by count of a histogram: its mean. Both sides are rates, so the seconds cancel out.
  if (above.endsWith("_sum") && below === above.replace(/_sum$/u, "_count")) return base;
  if (below === "") return /\b(?:rate|irate)\s*\(/u.test(text) ? "1/s" : "1";
  if (/\*\s*100\b|\b100\s*\*/u.test(text)) return "%";
  return unitOfMetric(below, metaOf(metadata, below)?.unit) === base ? "ratio" : "1";
}

const MOST_RATIO = 10;

/** OpenTelemetry's unit 1 becomes the ending `_ratio`, but many count with it: shares of thousands of percent are counts. */
export function fittingUnit(unit: Unit, peak: number): Unit {
  return unit.startsWith("ratio") && peak > MOST_RATIO ? unit.replace("ratio", "1") : unit;
}
