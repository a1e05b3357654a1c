// The alerts that somebody should look at: firing, not acknowledged, not hidden. One call for the bell, the overview and
// the palette.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { AlertList } from "@/api/schema";

/** How many of them the bell lists. */
const FIRST = 8;

/** The first of them, the worst and newest first; `total` counts all. */
export function useFiring(): UseQueryResult<AlertList> {
  return useQuery({
    queryKey: ["alerts", "firing"],
    queryFn: ({ signal }) => api.get("/api/v1/alerts", { query: { state: "firing", acknowledged: false, hidden: false, limit: FIRST }, signal }),
    retry: false,
  });
}
