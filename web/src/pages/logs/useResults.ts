// What is asked of the server beside the lines: the volume over time, how many lines there are at all, facets.
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { FacetList, LogCount } from "@/api/schema";
import { api } from "@/api/client";
import { conditionParams, hasConditions, type LogConditions } from "@/lib/logs/conditions";
import { includedValues, setIncluded } from "@/lib/logs/filters";
import { stepOf, stepText } from "@/lib/logs/volume";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import { useSettledRange } from "./useSettledRange";

/** Facets and counts of everything look at all lines: they follow a moving range this slowly. */
const PAUSE_MS = 15_000;

/** Matching lines over time by severity, with their sum. */
export function useVolume(): { readonly query: UseQueryResult<LogCount>; readonly stepMs: number } {
  const { params } = useLogs();
  const { start, end, startMs, endMs } = useTimeRange();
  const stepMs = stepOf(startMs, endMs);
  const query = useQuery({
    queryKey: ["logs", "volume", params, start, end, stepMs],
    queryFn: ({ signal }) => api.get("/api/v1/logs/count", { query: { ...params, start, end, step: stepText(stepMs), by: "severity" }, signal }),
    placeholderData: keepPreviousData,
  });
  return { query, stepMs };
}

/** All lines of the range, whatever they say; asked only where there are conditions. */
export function useAllCount(): UseQueryResult<LogCount> {
  const { conditions } = useLogs();
  const { start, end } = useSettledRange(PAUSE_MS);
  return useQuery({
    queryKey: ["logs", "all", start, end],
    queryFn: ({ signal }) => api.get("/api/v1/logs/count", { query: { start, end }, signal }),
    placeholderData: keepPreviousData,
    enabled: hasConditions(conditions),
  });
}

/** Facets of names; without names those that the server thinks useful. */
export function useFacets(conditions: LogConditions, names: readonly string[], enabled = true): UseQueryResult<FacetList> {
  const { start, end } = useSettledRange(PAUSE_MS);
  const params = conditionParams(conditions);
  return useQuery({
    queryKey: ["logs", "facets", params, names, start, end],
    queryFn: ({ signal }) => api.get("/api/v1/logs/facets", { query: { ...params, start, end, field: names, limit: 30 }, signal }),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** Values of one name as if nothing was asked of it: what else could be chosen. Only while something is asked of it. */
export function useOpenFacet(conditions: LogConditions, name: string): UseQueryResult<FacetList> {
  const asked = includedValues(conditions, name).length > 0;
  return useFacets(setIncluded(conditions, name, []), [name], asked);
}

/** Whether there are any log records at all; asked only while `wanted`. Undefined until that is known. */
export function useAnyLogs(wanted: boolean): boolean | undefined {
  const { data } = useQuery({
    queryKey: ["logs", "any"],
    queryFn: ({ signal }) => api.get("/api/v1/logs", { query: { limit: 1, values: "preview" }, signal }),
    enabled: wanted,
    refetchInterval: wanted ? 5000 : false,
  });
  return wanted && data !== undefined ? data.logs.length > 0 : undefined;
}
