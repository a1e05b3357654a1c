// The state of the services page in its URL. Pure.
import { formatSort, parseSort, type Sort } from "@/lib/table";
import { searchOf, textParam, wordParam, type SearchCodec } from "@/lib/urlState";

/** Columns that sort. */
export const SERVICE_SORTS = ["name", "rate", "errors", "p50", "p95", "p99", "spans", "logs", "seen"] as const;

/** One of them. */
export type ServiceSort = (typeof SERVICE_SORTS)[number];

/** The state of the page. */
export interface ServiceSearch {
  readonly view: "list" | "map";
  /** What the map is of. */
  readonly kind: "services" | "agents";
  /** The service whose operations are open. */
  readonly service: string;
  /** Only services with this in their name. */
  readonly find: string;
  readonly sort: Sort;
}

/** The busiest first. */
export const BUSIEST: Sort = { key: "rate", down: true };

function sortOf(text: string): Sort {
  const sort = parseSort(text);
  return sort !== undefined && SERVICE_SORTS.some((key) => key === sort.key) ? sort : BUSIEST;
}

/** Reads and writes the URL. */
export const serviceSearchCodec: SearchCodec<ServiceSearch> = {
  parse: (raw) => ({
    view: wordParam(raw, "view", ["list", "map"], "list"),
    kind: wordParam(raw, "kind", ["services", "agents"], "services"),
    service: textParam(raw, "service"),
    find: textParam(raw, "find"),
    sort: sortOf(textParam(raw, "sort")),
  }),
  format: ({ view, kind, service, find, sort }) =>
    searchOf({
      view: view === "list" ? "" : view,
      kind: kind === "services" ? "" : kind,
      service,
      find,
      sort: formatSort(sort) === formatSort(BUSIEST) ? "" : formatSort(sort),
    }),
};
