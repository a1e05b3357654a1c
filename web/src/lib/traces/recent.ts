// The searches of late, as the browser remembers them: searches of URLs without their range. Pure.
import { chipsOf } from "@/lib/traces/filters";
import { DEFAULT_SORT, filtersOf, hasFilters, traceSearchCodec, COLUMNS, type TraceSearch } from "@/lib/traces/search";
import { formatSearch, parseSearch } from "@/lib/urlState";

/** Where they are kept. */
export const RECENT = "traces.recent";
/** How many. */
export const MOST_RECENT = 8;

/** What is remembered of a search; undefined for one without conditions. */
export function recentOf(search: TraceSearch): string | undefined {
  if (!hasFilters(search)) return undefined;
  return formatSearch(traceSearchCodec.format({ ...filtersOf(search), sort: DEFAULT_SORT, cols: COLUMNS, picture: "scatter" }));
}

/** A remembered search in words. */
export function recentWords(text: string): string {
  const search = traceSearchCodec.parse(parseSearch(text));
  const words = chipsOf(search).map(({ name, operator, value }) => `${name} ${operator} ${value}`);
  return [...words, search.q].filter((word) => word !== "").join(", ");
}
