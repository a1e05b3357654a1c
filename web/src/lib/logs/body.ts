// What a body is: one line, several, JSON, a stack trace; and how a list shows it in one line.
import { asText, isRecord, largeValue } from "@/lib/logs/line";

/** A body as the record panel shows it. */
export interface ReadableBody {
  readonly kind: "empty" | "text" | "json" | "stack" | "large";
  /** To show; JSON is indented. */
  readonly text: string;
  /** In full size, where only its beginning is here. */
  readonly bytes: number | undefined;
}

const JSON_MAX = 1_000_000;
const FRAME = /^\s*(?:at\s+\S|File "[^"]*", line \d+|\d+:\s+(?:0x[0-9a-f]+\s|\S+::)|goroutine \d+|\S+\.(?:go|rs|py|js|ts|java|rb):\d+)/m;
const LIST_MAX = 2000;

function parsed(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed.length > JSON_MAX || !/^[{[]/.test(trimmed) || !/[}\]]$/.test(trimmed)) return undefined;
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

/** Whether a text looks like a stack trace of one of the usual languages. */
export function isStack(text: string): boolean {
  return text.includes("\n") && (FRAME.test(text) || /^Traceback \(most recent call last\)|^thread '.*' panicked at/m.test(text));
}

/** A value as somebody would want to read it. */
export function readable(value: unknown): ReadableBody {
  const large = largeValue(value);
  if (large !== undefined) return { kind: "large", text: large.preview, bytes: large.bytes };
  const make = (kind: ReadableBody["kind"], text: string): ReadableBody => ({ kind, text, bytes: undefined });
  if (value === undefined || value === null || value === "") return make("empty", "");
  if (typeof value === "object") return make(isRecord(value) && ("$bytes" in value || "$double" in value) ? "text" : "json", isRecord(value) && ("$bytes" in value || "$double" in value) ? asText(value) : JSON.stringify(value, undefined, 2));
  const text = asText(value);
  const json = parsed(text);
  if (json !== undefined) return make("json", JSON.stringify(json, undefined, 2));
  return make(isStack(text) ? "stack" : "text", text);
}

/** A body in one line, cut where nobody looks any more. */
export function inOneLine(body: unknown): string {
  const text = asText(body);
  return (text.length > LIST_MAX ? `${text.slice(0, LIST_MAX)}…` : text).replace(/\s*\n\s*/g, " ↵ ").trim();
}

/** A body as a wrapped list shows it: line ends stay, at most 40 of them. */
export function inLines(body: unknown): string {
  const text = asText(body);
  const cut = text.length > LIST_MAX * 5 ? `${text.slice(0, LIST_MAX * 5)}…` : text;
  const lines = cut.split("\n", 41);
  return (lines.length > 40 ? [...lines.slice(0, 40), "…"] : lines).join("\n").trimEnd();
}

/** An exception that a record tells of. */
export interface LineException {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
}

/** The exception in a record's attributes (OpenTelemetry's names), if there is one. */
export function exceptionOf(attributes: Readonly<Record<string, unknown>>): LineException | undefined {
  const text = (name: string): string => asText(attributes[name]);
  const found = { type: text("exception.type"), message: text("exception.message"), stack: text("exception.stacktrace") };
  return found.type === "" && found.message === "" && found.stack === "" ? undefined : found;
}
