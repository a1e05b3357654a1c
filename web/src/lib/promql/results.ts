// Results of instant queries as a table, results of both kinds as files, queries as curl commands.
import { toCsv } from "@/lib/copyCsv";
import { sampleNumber, type InstantData, type Labels, type PromHistogram, type RangeData } from "./data";

/** A line of the table. */
export interface ResultLine {
  /** Letter of the query. */
  query: string;
  labels: Labels;
  value: number;
  /** The value as the server wrote it. */
  text: string;
  histogram: PromHistogram | undefined;
}

/** Lines of an instant answer; of a range selector the newest sample each. */
export function linesOf(query: string, data: InstantData): ResultLine[] {
  if (data.resultType === "scalar" || data.resultType === "string") {
    const text = data.result[1];
    return [{ query, labels: {}, value: data.resultType === "scalar" ? sampleNumber(text) : Number.NaN, text, histogram: undefined }];
  }
  if (data.resultType === "vector") {
    return data.result.map((one) => line(query, one.metric, one.value?.[1], one.histogram?.[1]));
  }
  return data.result.map((one) => line(query, one.metric, one.values?.at(-1)?.[1], one.histograms?.at(-1)?.[1]));
}

function line(query: string, labels: Labels, text: string | undefined, histogram: PromHistogram | undefined): ResultLine {
  return { query, labels, value: text === undefined ? sampleNumber(histogram?.count ?? "NaN") : sampleNumber(text), text: text ?? histogram?.count ?? "", histogram };
}

/** Names of labels that occur, the metric's name first, then in order of the alphabet. */
export function labelColumns(lines: readonly { readonly labels: Labels }[]): string[] {
  const names = new Set(lines.flatMap((one) => Object.keys(one.labels)));
  const rest = [...names].filter((name) => name !== "__name__").toSorted();
  return names.has("__name__") ? ["__name__", ...rest] : rest;
}

/** Lines of a table as CSV. */
export function linesCsv(lines: readonly ResultLine[]): string {
  const columns = labelColumns(lines);
  return toCsv([["query", ...columns, "value"], ...lines.map((one) => [one.query, ...columns.map((name) => one.labels[name] ?? ""), one.text])]);
}

/** Series over time as CSV: one line a sample. */
export function rangeCsv(answers: readonly { readonly query: string; readonly data: RangeData }[]): string {
  const all = answers.flatMap(({ query, data }) => data.result.map((series) => ({ query, labels: series.metric, series })));
  const columns = labelColumns(all);
  const rows = all.flatMap(({ query, labels, series }) =>
    (series.values ?? []).map(([seconds, value]) => [query, new Date(seconds * 1000).toISOString(), ...columns.map((name) => labels[name] ?? ""), value]),
  );
  return toCsv([["query", "time", ...columns, "value"], ...rows]);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A call as a command for a shell. `secret` adds a token from the environment. */
export function curlOf(url: string, parameters: Readonly<Record<string, string>>, secret: boolean): string {
  const lines = [`curl -sG ${quoted(url)}`, ...Object.entries(parameters).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`)];
  if (secret) lines.push('-H "Authorization: Bearer $TACHO_TOKEN"');
  return lines.join(" \\\n  ");
}
