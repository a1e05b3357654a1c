// What is taken along from Explore: links, files, commands.
import { token } from "@/api/token";
import { absolute } from "@/lib/base";
import { copyText, saveText } from "@/lib/copy";
import { curlOf, linesCsv, linesOf, rangeCsv } from "@/lib/promql/results";
import { alignedRange } from "@/lib/promql/step";
import type { LetteredAnswer } from "./chartSeries";
import type { LetteredInstant } from "./TableView";

/** Copies the address; `times` fixes the range where it moves with the clock. */
export function copyLink(times: { start: string; end: string } | undefined): Promise<boolean> {
  const url = new URL(window.location.href);
  if (times !== undefined) {
    url.searchParams.set("from", times.start);
    url.searchParams.set("to", times.end);
    url.searchParams.delete("live");
  }
  return copyText(url.href);
}

interface Called {
  expr: string;
  startMs: number;
  endMs: number;
  stepS: number;
  view: "chart" | "table";
}

/** Copies a query as a command that asks the server the same. */
export function copyCurl({ expr, startMs, endMs, stepS, view }: Called): Promise<boolean> {
  const secret = token() !== undefined;
  if (view === "table") return copyText(curlOf(absolute("prometheus/api/v1/query").href, { query: expr, time: String(endMs / 1000) }, secret));
  const { start, end } = alignedRange(startMs, endMs, stepS);
  return copyText(curlOf(absolute("prometheus/api/v1/query_range").href, { query: expr, start: String(start), end: String(end), step: String(stepS) }, secret));
}

/** Saves what is shown as a file. */
export function download(format: "csv" | "json", drawn: readonly LetteredAnswer[], listed: readonly LetteredInstant[]): void {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const name = `explore-${stamp}.${format}`;
  if (format === "json") {
    const all = [...drawn, ...listed].map(({ letter, expr, data }) => ({ query: letter, expr, ...data }));
    saveText(name, "application/json", JSON.stringify(all, undefined, 2));
    return;
  }
  const text = drawn.length > 0 ? rangeCsv(drawn.map(({ letter, data }) => ({ query: letter, data }))) : linesCsv(listed.flatMap(({ letter, data }) => linesOf(letter, data)));
  saveText(name, "text/csv", text);
}
