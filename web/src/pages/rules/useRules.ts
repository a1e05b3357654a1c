// Rules as the server tells them. Their keys begin with `alerts`, so that they follow what happens.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback } from "react";
import { api } from "@/api/client";
import type { RuleDetail, RuleExplanation, RuleList, Routing } from "@/api/schema";

/** Rules are evaluated all the time without anything happening to alerts. */
const POLL_MS = 15_000;

/** All rules. */
export function useRules(): UseQueryResult<RuleList> {
  return useQuery({
    queryKey: ["alerts", "rules", "all"],
    queryFn: ({ signal }) => api.get("/api/v1/rules", { signal }),
    refetchInterval: POLL_MS,
    refetchOnWindowFocus: true,
    placeholderData: keepPreviousData,
  });
}

/** One rule with its alerts and versions. */
export function useRule(id: string): UseQueryResult<RuleDetail> {
  return useQuery({
    queryKey: ["alerts", "rules", "one", id],
    queryFn: ({ signal }) => api.get("/api/v1/rules/{id}", { path: { id }, signal }),
    refetchInterval: POLL_MS,
    refetchOnWindowFocus: true,
    enabled: id !== "",
  });
}

/** Why a rule did or did not fire. `at` is RFC 3339; nothing is asked while it is undefined. What was does not change. */
export function useExplanation(id: string, at: string | undefined, labels: string): UseQueryResult<RuleExplanation> {
  return useQuery({
    queryKey: ["rule explained", id, at, labels],
    queryFn: ({ signal }) => api.get("/api/v1/rules/{id}/explain", { path: { id }, query: { at, labels: labels || undefined }, signal }),
    enabled: at !== undefined,
    retry: false,
  });
}

/** Receivers, routes, intervals. */
export function useRouting(): UseQueryResult<Routing> {
  return useQuery({
    queryKey: ["alerts", "routing"],
    queryFn: ({ signal }) => api.get("/api/v1/routes", { signal }),
    refetchOnWindowFocus: true,
    placeholderData: keepPreviousData,
  });
}

/** Asks again for all that is known of alerts and rules. */
export function useRefreshAlerts(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: ["alerts"] }), [client]);
}
