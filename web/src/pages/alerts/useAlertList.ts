// The list of alerts: pages by cursor, up to a bound; asked again whenever something changes.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { Alert, AlertCounts } from "@/api/schema";
import { uniqueAlerts } from "@/lib/alerting/rows";
import { listQuery, type AlertsSearch } from "./search";

const PAGE = 100;
/** Nobody reads more than this: the filters narrow the list. */
export const MOST_ALERTS = 1_000;

/** What there is of the list. */
export interface AlertRows {
  readonly alerts: readonly Alert[];
  readonly counts: AlertCounts | undefined;
  /** Alerts that the filters take. */
  readonly total: number;
  readonly error: Error | null;
  readonly loading: boolean;
  /** Alerts of other filters are shown until these are there. */
  readonly stale: boolean;
  /** The server has more, and more are taken. */
  readonly more: boolean;
  readonly loadingMore: boolean;
  loadMore(): void;
  retry(): void;
}

/** Alerts that the filters take. */
export function useAlertList(search: AlertsSearch): AlertRows {
  const query = listQuery(search);
  const list = useInfiniteQuery({
    queryKey: ["alerts", "list", query],
    queryFn: ({ signal, pageParam }) => api.get("/api/v1/alerts", { query: { ...query, limit: PAGE, cursor: pageParam === "" ? undefined : pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    enabled: search.state !== "history",
  });
  const pages = list.data?.pages;
  const alerts = useMemo(() => uniqueAlerts(pages ?? []), [pages]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData, refetch } = list;
  const more = hasNextPage && !isPlaceholderData && alerts.length < MOST_ALERTS;
  return {
    alerts,
    more,
    counts: pages?.at(-1)?.counts,
    total: pages?.at(-1)?.total ?? 0,
    error: list.error,
    loading: list.isPending,
    stale: isPlaceholderData,
    loadingMore: isFetchingNextPage,
    loadMore: () => {
      if (more && !isFetchingNextPage) void fetchNextPage();
    },
    retry: () => void refetch(),
  };
}
