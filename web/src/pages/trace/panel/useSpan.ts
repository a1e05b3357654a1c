// One span with its attributes. Large values come as previews first; all of them are fetched when they are opened.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import type { SpanDocument } from "@/api/schema";

/** A panel waits so long before it asks: keys that run through rows ask for nothing. */
const REST_MS = 90;

/** The span of a panel. */
export interface SpanData {
  readonly document: SpanDocument | undefined;
  readonly error: Error | null;
  /** Large values are on their way. */
  readonly loadingFull: boolean;
  readonly fullError: Error | null;
  /** Fetches the large values. */
  readonly loadFull: () => void;
  readonly retry: () => void;
}

/** The query for a span. */
export function spanQuery(traceId: string, spanId: string, values: "preview" | "full", enabled: boolean) {
  return queryOptions({
    queryKey: ["span", traceId, spanId, values],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get("/api/v1/traces/{trace_id}/spans/{span_id}", { path: { trace_id: traceId, span_id: spanId }, query: { values }, signal }),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    structuralSharing: false,
  });
}

/** Fetches a span. */
export function useSpan(traceId: string, spanId: string): SpanData {
  const [rested, setRested] = useState(false);
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setRested(true), REST_MS);
    return () => clearTimeout(timer);
  }, []);
  const preview = useQuery(spanQuery(traceId, spanId, "preview", rested));
  const full = useQuery(spanQuery(traceId, spanId, "full", wanted));
  return {
    document: full.data ?? preview.data,
    error: preview.error,
    loadingFull: wanted && full.isFetching,
    fullError: full.error,
    loadFull: () => setWanted(true),
    retry: () => void preview.refetch(),
  };
}
