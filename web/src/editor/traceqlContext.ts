// What may come at the cursor of a TraceQL query (the subset that the server takes). Pure.
import { isComparison, queryTokens, type Expected, type Token } from "./queryTokens";

const BEFORE_FIELD: ReadonlySet<string> = new Set(["{", "(", "&&", "||", "!"]);

/** What is expected after `text`, which ends at the cursor. */
export function traceqlExpects(text: string): Expected {
  const tokens = queryTokens(text);
  const last = tokens.at(-1);
  const end = text.length;
  if (last === undefined) return { want: "start", from: end, quoted: false };
  const touching = last.to === end && last.kind !== "operator";
  if (touching && (last.kind === "word" || last.open)) return within(tokens.slice(0, -1), last);
  return behind(tokens, end);
}

function within(before: readonly Token[], typed: Token): Expected {
  const { want, field } = behind(before, typed.from);
  const quoted = typed.kind === "string";
  const from = quoted ? typed.from + 1 : typed.from;
  if (want === "value") return { want, from, quoted, ...(field === undefined ? {} : { field }) };
  return { want: want === "field" && !quoted ? "field" : "nothing", from, quoted };
}

function behind(tokens: readonly Token[], from: number): Expected {
  const last = tokens.at(-1);
  const depth = tokens.reduce((sum, token) => sum + Number(token.text === "{" && token.kind === "operator") - Number(token.text === "}" && token.kind === "operator"), 0);
  if (last === undefined || depth <= 0) return { want: tokens.length === 0 ? "start" : "nothing", from, quoted: false };
  const before = tokens.at(-2);
  if (isComparison(last)) return { want: "value", from, quoted: false, ...(before === undefined ? {} : { field: before.text }) };
  if (last.kind === "operator") return { want: BEFORE_FIELD.has(last.text) ? "field" : last.text === ")" ? "join" : "nothing", from, quoted: false };
  return { want: isComparison(before) ? "join" : last.kind === "word" ? "operator" : "nothing", from, quoted: false, field: last.text };
}

/** An intrinsic field with what it says. */
export interface Intrinsic {
  name: string;
  detail: string;
}

/** The intrinsics of the subset, in the order of use. */
export const INTRINSICS: readonly Intrinsic[] = [
  { name: "name", detail: "name of the span" },
  { name: "status", detail: "ok, error, unset" },
  { name: "duration", detail: "of the span" },
  { name: "kind", detail: "server, client, internal …" },
  { name: "statusMessage", detail: "sent with the status" },
  { name: "rootName", detail: "name of the root span" },
  { name: "rootServiceName", detail: "service of the root span" },
  { name: "traceDuration", detail: "of the whole trace" },
  { name: "parent", detail: "parent = nil: root spans" },
  { name: "span:id", detail: "hexadecimal" },
  { name: "span:parentID", detail: "hexadecimal" },
  { name: "trace:id", detail: "hexadecimal" },
  { name: "instrumentation:name", detail: "of the instrumentation scope" },
  { name: "instrumentation:version", detail: "of the instrumentation scope" },
];

const STATUSES = ["error", "ok", "unset"];
const KINDS = ["server", "client", "internal", "producer", "consumer", "unspecified"];
const DURATIONS = ["100ms", "500ms", "1s", "5s", "30s", "1m"];

/** Values of an intrinsic that are words; undefined for fields whose values come from the data. */
export function wordsOf(field: string): readonly string[] | undefined {
  switch (field.replace(/^(?:span|trace):/u, "")) {
    case "status":
      return STATUSES;
    case "kind":
      return KINDS;
    case "duration":
    case "traceDuration":
      return DURATIONS;
    case "parent":
      return ["nil"];
    default:
      return undefined;
  }
}

/** The name under which the API lists a field's values; undefined where it lists none. */
export function storedName(field: string): string | undefined {
  const found = /^(?:span|resource|instrumentation)?\.(.+)$/u.exec(field);
  if (found?.[1] !== undefined) return found[1].startsWith('"') ? found[1].slice(1, -1) : found[1];
  const intrinsic = field.replace(/^(?:span|trace):/u, "");
  if (intrinsic === "name" || intrinsic === "rootName") return "name";
  if (intrinsic === "rootServiceName" || intrinsic === "rootService") return "service.name";
  return undefined;
}

/** An attribute as TraceQL writes it: with its scope, in quotes where the name needs them. */
export function writtenAttribute(name: string, scope: string): string {
  const prefix = scope === "resource" ? "resource." : scope === "scope" || scope === "instrumentation" ? "instrumentation." : "span.";
  return prefix + (/[\s{}()=~!<>&|^,"`]/u.test(name) ? JSON.stringify(name) : name);
}

/** Operators that make sense for a field. */
export function operatorsOf(field: string): readonly string[] {
  const bare = field.replace(/^(?:span|trace):/u, "");
  if (bare === "status" || bare === "kind" || bare === "parent") return ["=", "!="];
  if (bare === "duration" || bare === "traceDuration") return [">", ">=", "<", "<=", "=", "!="];
  return ["=", "!=", "=~", "!~", ">", ">=", "<", "<="];
}
