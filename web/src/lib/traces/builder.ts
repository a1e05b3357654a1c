// The filter builder: which fields and operators there are, and what a choice turns into: a parameter or TraceQL. Pure.
import { toggleFacet, withCondition } from "@/lib/traces/filters";
import { fieldOf, isAttribute, isDuration, isNumber, literalsOf, quote, type TypesOf } from "@/lib/traces/literal";
import type { Filters } from "@/lib/traces/search";

/** Fields that are no attributes, as the builder offers them. */
export const BUILTIN_FIELDS: readonly string[] = [
  "service.name", "name", "status", "kind", "duration", "trace duration", "root name", "root service", "status message",
];

/** Operators of the builder; the last two take no value. */
export type Operator = "=" | "!=" | "=~" | "!~" | ">" | ">=" | "<" | "<=" | "exists" | "absent";

/** What an operator is called. */
export const OPERATOR_WORDS: Readonly<Record<Operator, string>> = {
  "=": "is", "!=": "is not", "=~": "matches pattern", "!~": "does not match", ">": "more than", ">=": "at least", "<": "less than", "<=": "at most",
  exists: "exists", absent: "is absent",
};

const COMPARE: readonly Operator[] = [">=", ">", "<=", "<", "=", "!="];

/** The operators that make sense for a field. */
export function operatorsOf(name: string, typesOf: TypesOf): readonly Operator[] {
  if (name === "duration" || name === "trace duration") return COMPARE.slice(0, 4);
  if (name === "status" || name === "kind") return ["=", "!="];
  if (!isAttribute(name)) return ["=", "!=", "=~", "!~"];
  const types = typesOf(name) ?? ["string", "int"];
  const numbers = types.includes("int") || types.includes("double");
  const texts = types.some((type) => !["int", "double", "bool"].includes(type));
  return ["=", "!=", ...(texts ? (["=~", "!~"] as const) : []), ...(numbers ? COMPARE.slice(0, 4) : []), "exists", "absent"];
}

/** Whether an operator is followed by a value. */
export function takesValue(operator: Operator): boolean {
  return operator !== "exists" && operator !== "absent";
}

/** One choice of the builder. */
export interface Choice {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** Why a choice cannot be taken yet; undefined if it can. */
export function problemOf({ name, operator, value }: Choice): string | undefined {
  if (name.trim() === "") return "choose a field";
  if (!takesValue(operator)) return undefined;
  if (name === "duration" || name === "trace duration") return isDuration(value.trim()) ? undefined : "a duration has a unit: 250ms, 1.5s, 2m";
  if (value === "" && name !== "" && !isAttribute(name)) return "give a value";
  const ordered = COMPARE.slice(0, 4).includes(operator);
  return ordered && !isNumber(value.trim()) && !isDuration(value.trim()) ? "give a number" : undefined;
}

/** The condition of a choice as TraceQL. */
export function conditionOf({ name, operator, value }: Choice, typesOf: TypesOf): string {
  const field = fieldOf(name);
  if (operator === "exists") return `${field} != nil`;
  if (operator === "absent") return `${field} = nil`;
  if (operator === "=~" || operator === "!~") return `${field} ${operator} ${quote(value)}`;
  if (operator !== "=" && operator !== "!=") return `${field} ${operator} ${value.trim()}`;
  const texts = literalsOf(name, value, typesOf).map((literal) => `${field} ${operator} ${literal}`);
  if (texts.length === 1) return texts[0] ?? "";
  return `(${texts.join(operator === "=" ? " || " : " && ")})`;
}

/** The conditions with a choice added; undefined if the text would have to change and is not well formed. */
export function addChoice(filters: Filters, choice: Choice, typesOf: TypesOf): Filters | undefined {
  const { name, operator, value } = choice;
  if (name === "duration" && operator === ">=") return { ...filters, min: value.trim() };
  if (name === "duration" && operator === "<=") return { ...filters, max: value.trim() };
  const facet = isAttribute(name) || ["service.name", "name", "status", "kind"].includes(name);
  if (operator === "=" && facet) return toggleFacet(filters, name, { value, on: true, how: "include" }, typesOf);
  return withCondition(filters, conditionOf(choice, typesOf));
}

/** A query that shows what the language can do. */
export interface Example {
  readonly what: string;
  readonly q: string;
}

/** Queries to run with one click; `service` is one that there is. */
export function examples(service: string | undefined): readonly Example[] {
  return [
    { what: "failed spans", q: "{ status = error }" },
    { what: "slow spans", q: "{ duration > 2s }" },
    { what: "requests that failed as a whole", q: "{ parent = nil && status = error }" },
    { what: "long answers of models", q: "{ span.gen_ai.usage.output_tokens >= 1000 }" },
    { what: "names by pattern", q: "{ name =~ `agent\\..*` && duration > 500ms }" },
    { what: "one of two tools", q: '{ .gen_ai.tool.name = "read_file" || .gen_ai.tool.name = "search" }' },
    { what: "an attribute, whatever its value", q: "{ .error.type != nil }" },
    service === undefined
      ? { what: "long traces", q: "{ traceDuration > 30s }" }
      : { what: `long traces of ${service}`, q: `{ rootServiceName = ${quote(service)} && traceDuration > 30s }` },
  ];
}
