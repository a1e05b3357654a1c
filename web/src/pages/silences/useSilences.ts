// Silences as the server tells them, and how they are made, prolonged and ended.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Matcher, Silence, SilenceList, SilencePreview, SilenceRequest } from "@/api/schema";
import { labelValues } from "@/lib/alerting/silences";
import { toast } from "@/shell/toast";

const ALERTS_MAX = 500;

/** Silences of some states, separated by commas. */
export function useSilences(state: string): UseQueryResult<SilenceList> {
  return useQuery({
    queryKey: ["alerts", "silences", state],
    queryFn: ({ signal }) => api.get("/api/v1/silences", { query: { state }, signal }),
    refetchOnWindowFocus: true,
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });
}

/** What matchers would hide now. */
export function useSilencePreview(matchers: readonly Matcher[]): UseQueryResult<SilencePreview> {
  return useQuery({
    queryKey: ["alerts", "silence preview", JSON.stringify(matchers)],
    queryFn: ({ signal }) => api.post("/api/v1/silences/preview", { body: { matchers }, signal }),
    enabled: matchers.length > 0 && matchers.every(({ name }) => name.trim() !== ""),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

const NO_VALUES: ReadonlyMap<string, readonly string[]> = new Map();

/** Labels of the alerts there are now, for completion. */
export function useAlertLabels(): ReadonlyMap<string, readonly string[]> {
  const { data } = useQuery({
    queryKey: ["alerts", "labels"],
    queryFn: async ({ signal }) => labelValues((await api.get("/api/v1/alerts", { query: { state: "all", limit: ALERTS_MAX }, signal })).alerts.map((alert) => alert.labels)),
    staleTime: 30_000,
  });
  return data ?? NO_VALUES;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The two calls; they say how it went. `save` throws what the form has to show. */
export function useSilenceCalls() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const run = async <T,>(call: () => Promise<T>): Promise<T> => {
    setBusy(true);
    try {
      return await call();
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: ["alerts"] });
    }
  };
  const save = (body: SilenceRequest): Promise<Silence> => run(() => api.post("/api/v1/silences", { body }));
  const expire = async (id: string): Promise<Silence | undefined> => {
    try {
      return await run(() => api.delete("/api/v1/silences/{id}", { path: { id } }));
    } catch (error) {
      toast(`Not ended: ${wordsOf(error)}`, "failed");
      return undefined;
    }
  };
  return { busy, save, expire };
}
