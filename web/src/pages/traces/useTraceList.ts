// The rows: pages of traces by cursor, up to a bound.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import type { TraceList, TraceSummary } from "@/api/schema";
import { MOST_ROWS, rowsOf } from "@/lib/traces/results";
import { filterQuery, orderOf, type Filters } from "@/lib/traces/search";
import type { Sort } from "@/lib/table";
import type { HeldRange } from "./useHeldRange";

const PAGE = 200;
/** Other orders than the newest first have no cursor: all at once. */
const ORDERED = 500;

/** What there is of the list. */
export interface TraceRows {
  readonly rows: readonly TraceSummary[];
  readonly pages: readonly TraceList[];
  readonly error: Error | null;
  /** Nothing is known yet. */
  readonly loading: boolean;
  /** Rows of another search are shown until these are there. */
  readonly stale: boolean;
  /** The server has more. */
  readonly more: boolean;
  readonly loadingMore: boolean;
  /** No more are taken: the search has to be narrowed. */
  readonly full: boolean;
  loadMore(): void;
  retry(): void;
}

/** Whether the search itself is wrong: trying again does not help. */
export function isMistake(error: unknown): boolean {
  return error instanceof ApiFailure && error.kind === "invalid";
}

const NO_PAGES: readonly TraceList[] = [];

/** Traces that match in a range. */
export function useTraceList(filters: Filters, sort: Sort, range: HeldRange): TraceRows {
  const order = orderOf(sort);
  const { start, end } = range;
  const query = { ...filterQuery(filters), start, end, order: order === "newest" ? undefined : order };
  const list = useInfiniteQuery({
    queryKey: ["traces", query],
    queryFn: ({ signal, pageParam }) =>
      api.get("/api/v1/traces", { query: { ...query, limit: order === "newest" ? PAGE : ORDERED, cursor: pageParam === "" ? undefined : pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
  const pages = list.data?.pages ?? NO_PAGES;
  const rows = useMemo(() => rowsOf(pages, sort), [pages, sort]);
  const full = rows.length >= MOST_ROWS;
  const { fetchNextPage, refetch, isFetchingNextPage, isPlaceholderData } = list;
  const more = list.hasNextPage && !isPlaceholderData;
  return {
    rows, pages, full, more,
    error: list.error,
    loading: list.isPending,
    stale: isPlaceholderData,
    loadingMore: isFetchingNextPage,
    loadMore: () => {
      if (more && !full && !isFetchingNextPage && list.error === null) void fetchNextPage();
    },
    retry: () => void refetch(),
  };
}

const NO_TRACES: readonly TraceSummary[] = [];
/** Slowest traces that the picture shows besides those of the list. */
export const SLOWEST = 300;

/** The slowest traces of a range: what the picture shows of the time that the list has not reached yet. */
export function useSlowest(filters: Filters, { start, end }: HeldRange, enabled: boolean): readonly TraceSummary[] {
  const query = { ...filterQuery(filters), start, end, order: "duration" as const, limit: SLOWEST };
  const { data } = useQuery({
    queryKey: ["slowest traces", query],
    queryFn: ({ signal }) => api.get("/api/v1/traces", { query, signal }),
    enabled,
    placeholderData: keepPreviousData,
  });
  return enabled ? (data?.traces ?? NO_TRACES) : NO_TRACES;
}
