// What the logs page looks for: its conditions as parameters of the API, as one LogQL query, and one by one as chips.
import { labelFilter, queryOfTyped, quoted, readQuery, without, type LabelCondition, type Stage } from "@/lib/logs/logql";
import { chosenSeverities, severityWords } from "@/lib/logs/severity";

/** The conditions of the URL. `attr` holds `KEY=VALUE` texts; "" is no condition. */
export interface LogConditions {
  readonly q: string;
  readonly service: string;
  readonly severity: string;
  readonly attr: readonly string[];
  readonly traceId: string;
  readonly spanId: string;
}

/** No condition at all. */
export const EVERYTHING: LogConditions = { q: "", service: "", severity: "", attr: [], traceId: "", spanId: "" };

/** The conditions as parameters of the API; what is absent is undefined. */
export interface ConditionParams {
  readonly q: string | undefined;
  readonly service: string | undefined;
  readonly severity: string | undefined;
  readonly attr: readonly string[];
  readonly trace_id: string | undefined;
  readonly span_id: string | undefined;
}

const orAbsent = (text: string): string | undefined => (text === "" ? undefined : text);

/** What calls to the API take. A query without selector is read as it would be when typed. */
export function conditionParams(conditions: LogConditions): ConditionParams {
  return {
    q: orAbsent(queryOfTyped(conditions.q).query),
    service: orAbsent(conditions.service),
    severity: orAbsent(conditions.severity),
    attr: conditions.attr,
    trace_id: orAbsent(conditions.traceId),
    span_id: orAbsent(conditions.spanId),
  };
}

/** Splits `KEY=VALUE` at its first `=`. */
export function splitAttr(text: string): readonly [key: string, value: string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** All conditions as one LogQL query: what a live stream and the command line take. */
export function asLogql(conditions: LogConditions): string {
  const { query } = queryOfTyped(conditions.q);
  const stages: string[] = [];
  if (conditions.service !== "") stages.push(labelFilter("service_name", "=", conditions.service));
  if (conditions.severity !== "") {
    const words = [...chosenSeverities(conditions.severity)].map((name) => (name === "UNSET" ? "unknown" : name.toLowerCase()));
    stages.push(`| detected_level =~ ${quoted(words.join("|"))}`);
  }
  for (const attr of conditions.attr) {
    const [key, value] = splitAttr(attr);
    stages.push(labelFilter(key, "=", value));
  }
  if (conditions.traceId !== "") stages.push(labelFilter("trace_id", "=", conditions.traceId));
  if (conditions.spanId !== "") stages.push(labelFilter("span_id", "=", conditions.spanId));
  if (stages.length === 0) return query;
  return [query === "" ? "{}" : query, ...stages].join(" ");
}

/** One condition as a chip: what it says, and the conditions without it. */
export interface Chip {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly without: LogConditions;
}

function partText(part: LabelCondition | Stage): string {
  return part.text.replace(/^\|\s*(?![=~])/, "");
}

function queryChips(conditions: LogConditions): readonly Chip[] {
  const read = readQuery(queryOfTyped(conditions.q).query);
  if (read === undefined) return [{ key: "q", name: "query", text: conditions.q, without: { ...conditions, q: "" } }];
  return [...read.matchers, ...read.stages].map((part, index) => ({
    key: `q${index}`,
    name: "query",
    text: partText(part),
    without: { ...conditions, q: without(queryOfTyped(conditions.q).query, (other) => other.text === part.text) },
  }));
}

/** The conditions beside the query text, one by one. */
export function paramChips(conditions: LogConditions): readonly Chip[] {
  const chips: Chip[] = [];
  const add = (name: string, text: string, rest: Partial<LogConditions>): void => {
    if (text !== "") chips.push({ key: `${name}=${text}`, name, text, without: { ...conditions, ...rest } });
  };
  add("service", conditions.service, { service: "" });
  add("severity", conditions.severity === "" ? "" : severityWords(conditions.severity), { severity: "" });
  for (const attr of conditions.attr) {
    const [key, value] = splitAttr(attr);
    chips.push({ key: `attr ${attr}`, name: key, text: value, without: { ...conditions, attr: conditions.attr.filter((other) => other !== attr) } });
  }
  add("trace_id", conditions.traceId, { traceId: "" });
  add("span_id", conditions.spanId, { spanId: "" });
  return chips;
}

/** Every condition, those of the query text included: what to drop where nothing matches. */
export function allChips(conditions: LogConditions): readonly Chip[] {
  return [...queryChips(conditions), ...paramChips(conditions)];
}

/** Whether anything is asked for at all. */
export function hasConditions(conditions: LogConditions): boolean {
  return allChips(conditions).length > 0;
}
