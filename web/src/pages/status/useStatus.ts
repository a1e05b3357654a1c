// What the status page asks of the server; asked again when data arrive, or every ten seconds.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { Configuration, IngestStatus, Status, TargetList } from "@/api/schema";
import { api } from "@/api/client";
import { useLiveTick } from "@/shell/useLiveTick";

/** News of the server come faster than figures need to change. */
const PAUSE_MS = 3000;

/** Keeps everything on the page up to date. */
export function useStatusTick(): void {
  const client = useQueryClient();
  const last = useRef(0);
  const refresh = useCallback(() => {
    if (Date.now() - last.current < PAUSE_MS) return;
    last.current = Date.now();
    void client.invalidateQueries({ queryKey: ["status"] });
  }, [client]);
  useLiveTick(true, refresh);
}

/** What the server holds and how it fares. */
export function useStatus(): UseQueryResult<Status> {
  return useQuery({ queryKey: ["status", "all"], queryFn: ({ signal }) => api.get("/api/v1/status", { signal }), placeholderData: keepPreviousData });
}

/** What comes in and what is refused. */
export function useIngest(): UseQueryResult<IngestStatus> {
  return useQuery({ queryKey: ["status", "ingest"], queryFn: ({ signal }) => api.get("/api/v1/ingest", { signal }), placeholderData: keepPreviousData });
}

/** Targets of scraping. */
export function useTargets(): UseQueryResult<TargetList> {
  return useQuery({ queryKey: ["status", "targets"], queryFn: ({ signal }) => api.get("/api/v1/targets", { signal }), placeholderData: keepPreviousData });
}

/** The configuration in force; it changes by a reload alone. */
export function useConfiguration(): UseQueryResult<Configuration> {
  return useQuery({ queryKey: ["configuration"], queryFn: ({ signal }) => api.get("/api/v1/configuration", { signal }), staleTime: 30_000 });
}
