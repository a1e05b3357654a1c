// A line of a log as the page holds it: a record with its resource and scope, from a page of the API or a live stream.
import type { LogDocument, LogRow, Resource, Scope } from "@/api/schema";

/** A record by itself. */
export type Line = LogDocument;

interface Rows {
  readonly logs: readonly LogRow[];
  readonly resources: readonly Resource[];
  readonly scopes: readonly Scope[];
}

const NO_RESOURCE: Resource = { attributes: {} };
const NO_SCOPE: Scope = {};

/** The records of a page with what they point at. */
export function linesOf({ logs, resources, scopes }: Rows): Line[] {
  return logs.map(({ resource, scope, ...record }) => ({
    ...record,
    resource: resources[resource] ?? NO_RESOURCE,
    scope: scopes[scope] ?? NO_SCOPE,
  }));
}

/** A large value that was not sent in full. */
export interface LargeValue {
  readonly bytes: number;
  readonly kind: string;
  readonly preview: string;
}

/** The large value that a JSON value stands for, if it does. */
export function largeValue(value: unknown): LargeValue | undefined {
  if (!isRecord(value) || !isRecord(value["$ref"])) return undefined;
  const { bytes, kind, preview } = value["$ref"];
  return { bytes: Number(bytes ?? 0), kind: String(kind ?? "string"), preview: String(preview ?? "") };
}

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON value as text: texts as they are, large values by their first words. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  const large = largeValue(value);
  if (large !== undefined) return `${large.preview}…`;
  if (isRecord(value)) {
    if (typeof value["$double"] === "string") return value["$double"];
    if (typeof value["$bytes"] === "string") return value["$bytes"];
  }
  return JSON.stringify(value);
}

/** Large values of a record: in its body and attributes, by name; the body is "". */
export function largeValues(line: Pick<Line, "body" | "attributes">): readonly (readonly [string, LargeValue])[] {
  const found: (readonly [string, LargeValue])[] = [];
  for (const [name, value] of [["", line.body] as const, ...Object.entries(line.attributes)]) {
    const large = largeValue(value);
    if (large !== undefined) found.push([name, large]);
  }
  return found;
}

/** The value of a name: a field of the record, else an attribute, else one of the resource, else of the scope. */
export function valueOf(line: Line, name: string): unknown {
  if (name in line.attributes) return line.attributes[name];
  switch (name) {
    case "event_name":
      return line.eventName;
    case "trace_id":
      return line.traceId;
    case "span_id":
      return line.spanId;
    case "severity_text":
      return line.severityText;
    case "observed":
      return line.observedTimestamp;
    case "scope_name":
      return line.scope.name;
    default:
      return name in line.resource.attributes ? line.resource.attributes[name] : line.scope.attributes?.[name];
  }
}

/** Names whose values say again what the row shows anyway. */
const SHOWN_ANYWAY: ReadonlySet<string> = new Set(["level", "level_code", "severity", "severity_text", "event", "event_name", "message", "msg", "exception.stacktrace"]);
/** Names that tell most, in order. */
const FIRST = [
  "gen_ai.agent.name", "agent.name", "agent", "task_id", "tool_name", "gen_ai.tool.name", "error.type", "exception.type", "exception.message", "duration_ms",
  "gen_ai.request.model", "model", "run_id", "correlation_id",
];
const PAIR_LENGTH_MAX = 80;

/** At most so many attributes that follow a line, most telling first; no name of `hidden`, no value twice, nothing nested. */
export function pairsOf(line: Line, hidden: ReadonlySet<string>, most: number): readonly (readonly [string, string])[] {
  const seen = new Set<string>();
  const pairs: (readonly [string, string])[] = [];
  const names = [...FIRST.filter((name) => name in line.attributes), ...Object.keys(line.attributes).filter((name) => !FIRST.includes(name))];
  for (const name of names) {
    if (pairs.length >= most) break;
    if (hidden.has(name) || SHOWN_ANYWAY.has(name)) continue;
    const value = line.attributes[name];
    if (typeof value === "object") continue;
    const text = asText(value);
    if (text === "" || (typeof value === "string" && text.length > 3 && seen.has(text))) continue;
    seen.add(text);
    pairs.push([name, text.length > PAIR_LENGTH_MAX ? `${text.slice(0, PAIR_LENGTH_MAX)}…` : text]);
  }
  return pairs;
}
