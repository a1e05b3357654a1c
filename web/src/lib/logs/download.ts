// Lines as files: JSON lines, CSV, plain text, or OTLP JSON; page by page, so that a file of any allowed size never
// waits in one answer.
import { toCsv } from "@/lib/copyCsv";
import { asText, isRecord, type Line } from "@/lib/logs/line";
import { severityWord } from "@/lib/logs/severity";

/** Kinds of files. */
export type DownloadFormat = "jsonl" | "csv" | "text" | "otlp";

/** What a kind of file is called, its name's ending and media type. */
export const DOWNLOAD_FORMATS: Readonly<Record<DownloadFormat, { readonly label: string; readonly ending: string; readonly type: string }>> = {
  jsonl: { label: "JSON lines", ending: "jsonl", type: "application/x-ndjson" },
  csv: { label: "CSV", ending: "csv", type: "text/csv" },
  text: { label: "Plain text", ending: "log", type: "text/plain" },
  otlp: { label: "OTLP JSON", ending: "otlp.json", type: "application/json" },
};

/** Lines of a file at most. */
export const DOWNLOAD_MAX = 100_000;
const PAGE = 2000;

const CSV_COLUMNS = ["timestamp", "severity", "service", "body", "trace_id", "span_id", "id"] as const;

/** A line as plain text: time, severity, service, body, attributes; line ends inside stay. */
export function textOf(line: Line): string {
  const attributes = Object.entries(line.attributes).map(([name, value]) => ` ${name}=${plain(value)}`);
  return `${line.timestamp} ${severityWord(line.severity)} ${line.serviceName} ${asText(line.body)}${attributes.join("")}`;
}

function plain(value: unknown): string {
  const text = asText(value);
  return /[\s"=]/.test(text) || text === "" ? JSON.stringify(text) : text;
}

function csvRow(line: Line): readonly string[] {
  return [line.timestamp, line.severity, line.serviceName, asText(line.body), line.traceId ?? "", line.spanId ?? "", line.id, JSON.stringify(line.attributes)];
}

/** A page of lines as a piece of a file; `first` asks for the head. OTLP is put together otherwise. */
export function pieceOf(format: Exclude<DownloadFormat, "otlp">, lines: readonly Line[], first: boolean): string {
  switch (format) {
    case "jsonl":
      return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    case "text":
      return lines.map((line) => `${textOf(line)}\n`).join("");
    case "csv": {
      const head = first ? [[...CSV_COLUMNS, "attributes"]] : [];
      const rows = [...head, ...lines.map(csvRow)];
      return rows.length === 0 ? "" : `${toCsv(rows)}\r\n`;
    }
  }
}

/** The records of an OTLP page as the inside of the file's list. */
export function otlpPiece(body: unknown): { readonly text: string; readonly count: number } {
  const groups = isRecord(body) && Array.isArray(body["resourceLogs"]) ? body["resourceLogs"] : [];
  const texts = groups.map((group) => JSON.stringify(group));
  return { text: texts.join(","), count: groups.reduce((sum: number, group) => sum + recordsOf(group), 0) };
}

function recordsOf(group: unknown): number {
  const scopes = isRecord(group) && Array.isArray(group["scopeLogs"]) ? group["scopeLogs"] : [];
  return scopes.reduce((sum: number, scope) => sum + (isRecord(scope) && Array.isArray(scope["logRecords"]) ? scope["logRecords"].length : 0), 0);
}

/** A page as the download takes it: a piece of the file, how many lines are in it, and where to go on. */
export interface DownloadPage {
  readonly text: string;
  readonly count: number;
  readonly next: string | undefined;
}

/** Fetches one page of at most `limit` lines. */
export type FetchDownload = (cursor: string | undefined, limit: number) => Promise<DownloadPage>;

/** The pieces of a file of at most `most` lines. Stops where `signal` says so by throwing its reason. */
export async function collect(format: DownloadFormat, most: number, fetchPage: FetchDownload, onProgress: (lines: number) => void, signal: AbortSignal): Promise<{ readonly pieces: readonly string[]; readonly lines: number; readonly more: boolean }> {
  const pieces: string[] = [];
  let lines = 0;
  let cursor: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await fetchPage(cursor, Math.min(PAGE, most - lines));
    if (format === "otlp" && page.text !== "" && pieces.length > 0) pieces.push(",");
    if (page.text !== "") pieces.push(page.text);
    lines += page.count;
    cursor = page.next;
    onProgress(lines);
  } while (cursor !== undefined && lines < most);
  return { pieces: format === "otlp" ? ['{"resourceLogs":[', ...pieces, "]}"] : pieces, lines, more: cursor !== undefined };
}

/** `logs-2026-11-20T101500Z.csv`, from the end of the range. */
export function fileName(format: DownloadFormat, endMs: number): string {
  const time = new Date(endMs).toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "");
  return `logs-${time}.${DOWNLOAD_FORMATS[format].ending}`;
}
