// Conditions as chips, as facets and as one TraceQL text, and how they turn into each other. Pure.
import { addCondition, anyOf, conjunctsOf, noneOf, queryOf } from "@/lib/traces/conditions";
import { fieldOf, literalsOf, type TypesOf } from "@/lib/traces/literal";
import { NO_FILTERS, type Filters, type StatusWord } from "@/lib/traces/search";

/** A condition in force that can be taken away. */
export interface FilterChip {
  readonly id: string;
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  /** The conditions without it. */
  readonly without: Filters;
}

function splitAttr(pair: string): readonly [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** The chips of the parameters; `q` has its own field. */
export function chipsOf(filters: Filters): readonly FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (name: string, operator: string, value: string, patch: Partial<Filters>): void => {
    if (value !== "") chips.push({ id: `${name}${operator}${value}`, name, operator, value, without: { ...filters, ...patch } });
  };
  add("service", "=", filters.service, { service: "" });
  add("name", "=", filters.name, { name: "" });
  add("status", "=", filters.status, { status: "" });
  add("duration", "≥", filters.min, { min: "" });
  add("duration", "≤", filters.max, { max: "" });
  for (const pair of filters.attr) {
    const [key, value] = splitAttr(pair);
    const without = { ...filters, attr: filters.attr.filter((one) => one !== pair) };
    chips.push({ id: pair, name: key, operator: "=", value: value === "" ? '""' : value, without });
  }
  return chips;
}

/** Every condition by itself, in words, with the others: to find the one that excludes everything. */
export function parts(filters: Filters): readonly { readonly text: string; readonly without: Filters }[] {
  const chips = chipsOf(filters).map(({ name, operator, value, without }) => ({ text: `${name} ${operator} ${value}`, without }));
  const conjuncts = conjunctsOf(filters.q);
  if (filters.q.trim() === "") return chips;
  if (conjuncts === undefined) return [...chips, { text: filters.q, without: { ...filters, q: "" } }];
  const texts = conjuncts.map(({ text }, index) => ({ text, without: { ...filters, q: queryOf(conjuncts.filter((_, at) => at !== index)) } }));
  return [...chips, ...texts];
}

/** All conditions as one TraceQL text; undefined if `q` is not well formed. */
export function asTraceql(filters: Filters, typesOf: TypesOf): string | undefined {
  const own = conjunctsOf(filters.q);
  if (own === undefined) return undefined;
  const equal = (name: string, value: string): string => anyOf(fieldOf(name), literalsOf(name, value, typesOf));
  const texts = [
    ...(filters.service === "" ? [] : [equal("service.name", filters.service)]),
    ...(filters.name === "" ? [] : [equal("name", filters.name)]),
    ...(filters.status === "" ? [] : [equal("status", filters.status)]),
    ...(filters.min === "" ? [] : [`duration >= ${filters.min}`]),
    ...(filters.max === "" ? [] : [`duration <= ${filters.max}`]),
    ...filters.attr.map((pair) => equal(...splitAttr(pair))),
  ];
  return queryOf([...texts.map((text) => ({ text })), ...own]);
}

/** The conditions with all chips written into the text; undefined if the text is not well formed. */
export function chipsToText(filters: Filters, typesOf: TypesOf): Filters | undefined {
  const q = asTraceql(filters, typesOf);
  return q === undefined ? undefined : { ...NO_FILTERS, q };
}

/** What is in force about one facet. */
export interface FacetState {
  readonly included: readonly string[];
  readonly excluded: readonly string[];
}

/** The parameter of a facet, if it has one: its values, and the conditions with other ones. */
function paramOf(filters: Filters, facet: string): { readonly values: readonly string[]; with(value: string | undefined): Filters } | undefined {
  if (facet === "service.name" || facet === "service") return { values: listOf(filters.service), with: (value = "") => ({ ...filters, service: value }) };
  if (facet === "name") return { values: listOf(filters.name), with: (value = "") => ({ ...filters, name: value }) };
  if (facet === "status") return { values: listOf(filters.status), with: (value = "") => ({ ...filters, status: statusOf(value) }) };
  if (facet === "kind") return undefined;
  const others = filters.attr.filter((pair) => splitAttr(pair)[0] !== facet);
  return {
    values: filters.attr.map(splitAttr).filter(([key]) => key === facet).map(([, value]) => value),
    with: (value) => ({ ...filters, attr: value === undefined ? others : [...others, `${facet}=${value}`] }),
  };
}

function listOf(value: string): readonly string[] {
  return value === "" ? [] : [value];
}

function statusOf(value: string): StatusWord {
  const word = value.toLowerCase();
  return word === "ok" || word === "error" || word === "unset" ? word : "";
}

/** Which values of a facet are taken and left out, by parameters and by the text. */
export function facetState(filters: Filters, facet: string): FacetState {
  const said = (conjunctsOf(filters.q) ?? []).flatMap(({ values }) => (values?.name === facet ? [values] : []));
  return {
    included: [...new Set([...(paramOf(filters, facet)?.values ?? []), ...said.filter((one) => !one.negated).flatMap((one) => one.values)])],
    excluded: [...new Set(said.filter((one) => one.negated).flatMap((one) => one.values))],
  };
}

/**
 * The conditions with other values of a facet taken and left out. One taken value is a parameter where there is one, more are
 * written into the text. Undefined if the text would have to change and is not well formed.
 */
export function withFacet(filters: Filters, facet: string, state: FacetState, typesOf: TypesOf): Filters | undefined {
  const conjuncts = conjunctsOf(filters.q);
  const param = paramOf(filters, facet);
  const [single] = state.included;
  const asParam = param !== undefined && state.included.length === 1;
  const base = param?.with(asParam ? single : undefined) ?? filters;
  if (conjuncts === undefined) return state.excluded.length === 0 && (asParam || (param !== undefined && state.included.length === 0)) ? base : undefined;
  const field = fieldOf(facet);
  const literals = (values: readonly string[]): readonly string[] => values.flatMap((value) => literalsOf(facet, value, typesOf));
  const texts = [
    ...conjuncts.filter(({ values }) => values?.name !== facet).map(({ text }) => text),
    ...(asParam || state.included.length === 0 ? [] : [anyOf(field, literals(state.included))]),
    ...state.excluded.map((value) => noneOf(field, literals([value]))),
  ];
  return { ...base, q: queryOf(texts.map((text) => ({ text }))) };
}

/** A tick or a minus at a value of a facet. */
export function toggleFacet(filters: Filters, facet: string, change: { readonly value: string; readonly on: boolean; readonly how: "include" | "exclude" }, typesOf: TypesOf): Filters | undefined {
  const { value, on, how } = change;
  const now = facetState(filters, facet);
  const drop = (values: readonly string[]): readonly string[] => values.filter((one) => one !== value);
  const included = how === "include" && on ? [...drop(now.included), value] : drop(now.included);
  const excluded = how === "exclude" && on ? [...drop(now.excluded), value] : drop(now.excluded);
  return withFacet(filters, facet, { included, excluded }, typesOf);
}

/** The conditions without those about a facet: what else it could be. */
export function withoutFacet(filters: Filters, facet: string, typesOf: TypesOf): Filters {
  return withFacet(filters, facet, { included: [], excluded: [] }, typesOf) ?? filters;
}

/** The conditions with one more condition in the text; undefined if the text is not well formed. */
export function withCondition(filters: Filters, condition: string): Filters | undefined {
  const q = addCondition(filters.q, condition);
  return q === undefined ? undefined : { ...filters, q };
}

/** Fields that judge a whole trace: counts of spans cannot be asked for them. */
const OF_TRACE = /\b(?:traceDuration|rootName|rootServiceName|trace:(?:duration|rootName|rootService))\b/;

/** The conditions without those about the whole trace, and whether there were any. */
export function spanFilters(filters: Filters): { readonly filters: Filters; readonly cut: boolean } {
  const conjuncts = conjunctsOf(filters.q);
  const kept = conjuncts?.filter(({ text }) => !OF_TRACE.test(text));
  if (conjuncts === undefined || kept === undefined || kept.length === conjuncts.length) return { filters, cut: false };
  return { filters: { ...filters, q: queryOf(kept) }, cut: true };
}

/** The conditions with a range of durations of whole traces instead of the one before; undefined if the text is not well formed. */
export function withTraceDuration(filters: Filters, min: string, max: string): Filters | undefined {
  const conjuncts = conjunctsOf(filters.q);
  if (conjuncts === undefined) return undefined;
  const others = conjuncts.filter(({ text }) => !/^traceDuration\s*[<>]=?\s*[\w.µ]+$/.test(text));
  return { ...filters, q: queryOf([...others, { text: `traceDuration >= ${min}` }, { text: `traceDuration <= ${max}` }]) };
}
