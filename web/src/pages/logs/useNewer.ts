// How many lines arrived behind the end of a list that does not follow.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { toNumber } from "@/lib/counts";
import { useTimeRange } from "@/shell/timeRange";
import type { ListRequest } from "./fetchLines";

/** Lines from the end of the request to the end of the range; 0 without a request. */
export function useNewer(request: ListRequest | undefined): number {
  const { end } = useTimeRange();
  const { data } = useQuery({
    queryKey: ["logs", "newer", request?.params, request?.end, end],
    queryFn: ({ signal }) => api.get("/api/v1/logs/count", { query: { ...request?.params, start: request?.end, end }, signal }),
    enabled: request !== undefined,
    placeholderData: keepPreviousData,
  });
  return request === undefined ? 0 : toNumber(data?.count);
}
