// The state of the list of traces in its URL, and what the API is asked for it. Pure.
import type { Sort } from "@/lib/table";
import { formatSort, parseSort } from "@/lib/table";
import { formatSearch, searchOf, textParam, textsParam, wordParam, type SearchCodec } from "@/lib/urlState";

/** Columns of the list, in their order. */
export const COLUMNS = ["start", "name", "duration", "spans", "errors", "services", "id"] as const;

/** One of them. */
export type Column = (typeof COLUMNS)[number];

/** The words of `status`; the empty text where it does not matter. */
export type StatusWord = "" | "ok" | "error" | "unset";

/** How durations are drawn. */
export type Picture = "scatter" | "heat";

/** The conditions of a search. All hold on one and the same span. */
export interface Filters {
  /** TraceQL. */
  readonly q: string;
  readonly service: string;
  readonly name: string;
  readonly status: StatusWord;
  /** `KEY=VALUE` each. */
  readonly attr: readonly string[];
  /** Durations such as `250ms`. */
  readonly min: string;
  readonly max: string;
}

/** The state of the page. */
export interface TraceSearch extends Filters {
  readonly sort: Sort;
  readonly cols: readonly Column[];
  readonly picture: Picture;
}

/** The newest first. */
export const DEFAULT_SORT: Sort = { key: "start", down: true };

/** No conditions. */
export const NO_FILTERS: Filters = { q: "", service: "", name: "", status: "", attr: [], min: "", max: "" };

function sortOf(text: string): Sort {
  const sort = parseSort(text);
  return sort !== undefined && COLUMNS.some((column) => column === sort.key) ? sort : DEFAULT_SORT;
}

function columnsOf(text: string): readonly Column[] {
  const asked = text.split(",");
  const known = COLUMNS.filter((column) => asked.includes(column));
  return known.length === 0 ? COLUMNS : known;
}

/** Reads and writes the URL. */
export const traceSearchCodec: SearchCodec<TraceSearch> = {
  parse: (raw) => ({
    q: textParam(raw, "q"),
    service: textParam(raw, "service"),
    name: textParam(raw, "name"),
    status: wordParam(raw, "status", ["", "ok", "error", "unset"], ""),
    attr: textsParam(raw, "attr"),
    min: textParam(raw, "min"),
    max: textParam(raw, "max"),
    sort: sortOf(textParam(raw, "sort")),
    cols: columnsOf(textParam(raw, "cols")),
    picture: wordParam(raw, "picture", ["scatter", "heat"], "scatter"),
  }),
  format: ({ q, service, name, status, attr, min, max, sort, cols, picture }) =>
    searchOf({
      q: q.trim(),
      service,
      name,
      status,
      attr,
      min,
      max,
      sort: sort.key === DEFAULT_SORT.key && sort.down === DEFAULT_SORT.down ? "" : formatSort(sort),
      cols: cols.length === COLUMNS.length ? "" : cols.join(","),
      picture: picture === "scatter" ? "" : picture,
    }),
};

/** The parameters of the API that all calls about these spans share. */
export interface FilterQuery {
  readonly q: string | undefined;
  readonly service: string | undefined;
  readonly name: string | undefined;
  readonly status: "ok" | "error" | "unset" | undefined;
  readonly attr: readonly string[] | undefined;
  readonly min_duration: string | undefined;
  readonly max_duration: string | undefined;
}

const some = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());

/** Conditions as the API takes them. */
export function filterQuery({ q, service, name, status, attr, min, max }: Filters): FilterQuery {
  return {
    q: some(q),
    service: service === "" ? undefined : service,
    name: name === "" ? undefined : name,
    status: status === "" ? undefined : status,
    attr: attr.length === 0 ? undefined : attr,
    min_duration: some(min),
    max_duration: some(max),
  };
}

/** Whether there is any condition. */
export function hasFilters(filters: Filters): boolean {
  return Object.values(filterQuery(filters)).some((value) => value !== undefined);
}

/** The conditions alone. */
export function filtersOf({ q, service, name, status, attr, min, max }: Filters): Filters {
  return { q, service, name, status, attr, min, max };
}

/** An order of the API. */
export type Order = "newest" | "duration" | "errors" | "spans";

/** The order in which the server gives traces for a sort; the others are sorted here, among those that are loaded. */
export function orderOf({ key, down }: Sort): Order {
  if (down && (key === "duration" || key === "errors" || key === "spans")) return key;
  return "newest";
}

/** Whether the rows have to be sorted here. */
export function sortsHere(sort: Sort): boolean {
  return orderOf(sort) === "newest" && !(sort.key === DEFAULT_SORT.key && sort.down);
}

/** The address of a search in a range of its own. Times in Unix milliseconds. */
export function searchHref(search: TraceSearch, fromMs: number, toMs: number): string {
  const range = { from: [String(Math.floor(fromMs))], to: [String(Math.ceil(toMs))] };
  return `./traces${formatSearch({ ...traceSearchCodec.format(search), ...range })}`;
}
