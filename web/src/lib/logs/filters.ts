// Include and exclude a value of a name: what a click in a facet, a record or the filter builder does to the conditions.
import { splitAttr, type LogConditions } from "@/lib/logs/conditions";
import { conditionsOf, labelFilter, queryOfTyped, without, withStage, type LabelCondition, type Stage } from "@/lib/logs/logql";
import { chosenSeverities, severityOf, severityParam } from "@/lib/logs/severity";

const SERVICE: ReadonlySet<string> = new Set(["service", "service.name", "service_name"]);
const SEVERITY: ReadonlySet<string> = new Set(["severity", "detected_level"]);
const FIELDS: Readonly<Record<string, "traceId" | "spanId">> = { trace_id: "traceId", traceId: "traceId", span_id: "spanId", spanId: "spanId" };

/** The name under which LogQL finds what a facet or a record calls so. */
function queryName(name: string): string {
  if (SERVICE.has(name)) return "service_name";
  return SEVERITY.has(name) ? "detected_level" : name;
}

function isAbout(part: LabelCondition | Stage, name: string): part is LabelCondition | (Stage & { readonly kind: "label" }) {
  if ("name" in part) return part.name === name;
  return part.kind === "label" && part.only?.name === name;
}

function sayExcluded(part: LabelCondition | Stage, name: string, value: string): boolean {
  if (!isAbout(part, name)) return false;
  const condition = "name" in part ? part : part.only;
  return condition?.op === "!=" && condition.value === value;
}

/** The conditions that also ask for this value; it takes the place of another value of the same name. */
export function include(conditions: LogConditions, name: string, value: string): LogConditions {
  const rest = unexclude(conditions, name, value);
  if (SERVICE.has(name)) return { ...rest, service: value };
  const severity = SEVERITY.has(name) ? severityOf(value) : undefined;
  if (severity !== undefined) return { ...rest, severity: severityParam(new Set([severity])) };
  const field = FIELDS[name];
  if (field !== undefined) return { ...rest, [field]: value };
  return { ...rest, attr: [...rest.attr.filter((attr) => splitAttr(attr)[0] !== name), `${name}=${value}`] };
}

/** The conditions without any that fixes this name. */
export function release(conditions: LogConditions, name: string): LogConditions {
  if (SERVICE.has(name)) return { ...conditions, service: "" };
  if (SEVERITY.has(name)) return { ...conditions, severity: "" };
  const field = FIELDS[name];
  if (field !== undefined) return { ...conditions, [field]: "" };
  return { ...conditions, attr: conditions.attr.filter((attr) => splitAttr(attr)[0] !== name) };
}

/** The conditions that leave this value out. */
export function exclude(conditions: LogConditions, name: string, value: string): LogConditions {
  const rest = includedValue(conditions, name) === value ? release(conditions, name) : conditions;
  const text = SEVERITY.has(name) ? value.toLowerCase() : value;
  return { ...rest, q: withStage(queryOfTyped(rest.q).query, labelFilter(queryName(name), "!=", text)) };
}

/** The conditions without the exclusion of this value. */
export function unexclude(conditions: LogConditions, name: string, value: string): LogConditions {
  const text = SEVERITY.has(name) ? value.toLowerCase() : value;
  const asked = queryName(name);
  return { ...conditions, q: without(conditions.q, (part) => sayExcluded(part, asked, text)) };
}

/** The value that the conditions ask of this name; "" for none. */
export function includedValue(conditions: LogConditions, name: string): string {
  if (SERVICE.has(name)) return conditions.service;
  const field = FIELDS[name];
  if (field !== undefined) return conditions[field];
  const attr = conditions.attr.find((one) => splitAttr(one)[0] === name);
  return attr === undefined ? "" : splitAttr(attr)[1];
}

function isOneOf(part: LabelCondition | Stage, name: string): boolean {
  if (!isAbout(part, name)) return false;
  const condition = "name" in part ? part : part.only;
  return condition?.op === "=~" && literalsOf(condition.value) !== undefined;
}

/** The texts that a pattern lists, if it is nothing but a list: `a|b\\.c`. */
function literalsOf(pattern: string): readonly string[] | undefined {
  const parts = pattern.split(/(?<!\\)\|/);
  if (parts.some((part) => /[.*+?^${}()[\]]/.test(part.replace(/\\./g, "")))) return undefined;
  return parts.map((part) => part.replace(/\\(.)/g, "$1"));
}

/** The values of which the conditions ask one for this name; severities by their names. */
export function includedValues(conditions: LogConditions, name: string): readonly string[] {
  if (SEVERITY.has(name)) return conditions.severity === "" ? [] : [...chosenSeverities(conditions.severity)];
  const one = includedValue(conditions, name);
  if (one !== "") return [one];
  const asked = queryName(name);
  const list = conditionsOf(conditions.q).find((part) => isOneOf(part, asked));
  return list === undefined ? [] : (literalsOf(list.value) ?? []);
}

/** The conditions that ask for one of these values; none of them releases the name. */
export function setIncluded(conditions: LogConditions, name: string, values: readonly string[]): LogConditions {
  if (SEVERITY.has(name)) return { ...conditions, severity: severityParam(new Set(values.flatMap((value) => severityOf(value) ?? []))) };
  const asked = queryName(name);
  const free = { ...release(conditions, name), q: without(conditions.q, (part) => isOneOf(part, asked)) };
  const [first] = values;
  if (first === undefined) return free;
  if (values.length === 1) return include(free, name, first);
  const pattern = values.map((value) => value.replace(/[\\.*+?^${}()|[\]]/g, String.raw`\$&`)).join("|");
  return { ...free, q: withStage(queryOfTyped(free.q).query, labelFilter(asked, "=~", pattern)) };
}

/** Values of this name that the conditions leave out. */
export function excludedValues(conditions: LogConditions, name: string): readonly string[] {
  const asked = queryName(name);
  return conditionsOf(conditions.q).filter((one) => one.name === asked && one.op === "!=").map((one) => one.value);
}

/** The conditions with one more made by hand: any operator; equality takes the place of what was asked of the name. */
export function withFilter(conditions: LogConditions, name: string, op: string, value: string): LogConditions {
  if (op === "=") return include(conditions, name, value);
  if (op === "!=") return exclude(conditions, name, value);
  return { ...conditions, q: withStage(queryOfTyped(conditions.q).query, labelFilter(queryName(name), op, value)) };
}
