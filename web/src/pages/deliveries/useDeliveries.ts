// What the delivery log asks of the server: the list by pages, one message, the receivers, and trying again.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { NotificationEntry } from "@/api/schema";
import { toast } from "@/shell/toast";
import type { DeliveriesSearch } from "./search";

const PAGE = 100;
const MOST = 2_000;

/** What there is of the list. */
export interface Deliveries {
  readonly messages: readonly NotificationEntry[];
  /** Of the whole log; `undefined` until the first answer. */
  readonly waiting: number | undefined;
  readonly dead: number | undefined;
  readonly error: Error | null;
  readonly loading: boolean;
  readonly stale: boolean;
  loadMore(): void;
  retry(): void;
}

/** Messages that the filters take, the newest first. */
export function useDeliveries({ status, receiver, alert }: DeliveriesSearch): Deliveries {
  const query = { status: status.join(",") || undefined, receiver: receiver || undefined, alert: alert || undefined };
  const list = useInfiniteQuery({
    queryKey: ["alerts", "notifications", query],
    queryFn: ({ signal, pageParam }) => api.get("/api/v1/notifications", { query: { ...query, limit: PAGE, cursor: pageParam === "" ? undefined : pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    // Tries follow one another without news of alerts.
    refetchInterval: 10_000,
  });
  const pages = list.data?.pages;
  const messages = useMemo(() => [...new Map((pages ?? []).flatMap((page) => page.notifications).map((one) => [one.id, one])).values()], [pages]);
  const [first] = pages ?? [];
  return {
    messages,
    waiting: first?.waiting,
    dead: first?.dead,
    error: list.error,
    loading: list.isPending,
    stale: list.isPlaceholderData,
    loadMore: () => {
      if (list.hasNextPage && !list.isFetchingNextPage && !list.isPlaceholderData && messages.length < MOST) void list.fetchNextPage();
    },
    retry: () => void list.refetch(),
  };
}

/** One message with what was sent. */
export function useDelivery(id: string): UseQueryResult<NotificationEntry> {
  return useQuery({ queryKey: ["alerts", "notification", id], queryFn: ({ signal }) => api.get("/api/v1/notifications/{id}", { path: { id }, signal }), placeholderData: keepPreviousData, refetchInterval: 10_000 });
}

/** Names of receivers, for the filter and the test. */
export function useReceivers(): readonly string[] {
  const { data } = useQuery({ queryKey: ["alerts", "routing"], queryFn: ({ signal }) => api.get("/api/v1/routes", { signal }), staleTime: 60_000 });
  return useMemo(() => (data?.receivers ?? []).map((receiver) => receiver.name), [data]);
}

/** Sends a message once more. */
export function useRetry(): { readonly busy: boolean; retry(message: NotificationEntry): void } {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (id: string) => api.post("/api/v1/notifications/{id}/retry", { path: { id } }),
    onSuccess: (message) => toast(message.status === "sent" ? `Sent to ${message.receiver}` : `Tried again: ${message.receiver}`),
    onError: (error) => toast(`Not sent again: ${error.message}`, "failed"),
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
  return { busy: isPending, retry: (message) => mutate(message.id) };
}

/** Whether sending once more makes sense: it was given up, or waits for its next try. */
export function isRetryable({ status }: Pick<NotificationEntry, "status">): boolean {
  return status === "dead" || status === "retrying";
}
