// The alerts that somebody should look at: firing, neither acknowledged nor hidden, not for information only (such as the
// watchdog, which always fires). One call for the bell, the overview and the palette.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { AlertList } from "@/api/schema";
import { SEVERITIES } from "@/lib/alerting/severity";

/** How many of them the bell lists. */
const FIRST = 8;
const NEEDS_A_LOOK = SEVERITIES.filter((severity) => severity !== "info").join(",");

/** The first of them, the worst and newest first; `total` counts all. */
export function useFiring(): UseQueryResult<AlertList> {
  return useQuery({
    queryKey: ["alerts", "firing"],
    queryFn: ({ signal }) => api.get("/api/v1/alerts", { query: { state: "firing", acknowledged: false, hidden: false, severity: NEEDS_A_LOOK, limit: FIRST }, signal }),
    retry: false,
  });
}
