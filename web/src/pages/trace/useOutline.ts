// The outline of a trace from the server, asked for again while the trace grows.
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { api } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import type { TraceOutline } from "@/api/schema";
import { useLiveTick } from "@/shell/useLiveTick";

/** Spans that are asked for at first. */
const FIRST_SPANS = 100_000;
/** A trace may still grow for so long after its newest part. */
const SETTLED_MS = 2 * 60_000;
/** How often the clock is looked at for that. */
const LOOK_MS = 15_000;

/** Two outlines of the same moment: keep the one that is drawn. */
function sameMoment(before: unknown, after: unknown): unknown {
  const [a, b] = [before as TraceOutline | undefined, after as TraceOutline];
  const same = a !== undefined && a.traceId === b.traceId && a.endTime === b.endTime && String(a.spanCount) === String(b.spanCount) && a.complete === b.complete && String(a.errorCount) === String(b.errorCount);
  return same ? a : b;
}

/** The query for an outline. */
export function outlineQuery(traceId: string) {
  return queryOptions({
    queryKey: ["outline", traceId],
    queryFn: ({ signal }) => api.get("/api/v1/traces/{trace_id}/outline", { path: { trace_id: traceId }, query: { limit: FIRST_SPANS }, signal }),
    // What arrives is told by the stream; outlines are large, so they are not compared field by field.
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: sameMoment,
    enabled: traceId !== "",
  });
}

/** The outline of one trace. */
export function useOutline(traceId: string): UseQueryResult<TraceOutline> {
  return useQuery(outlineQuery(traceId));
}

/** The outline of the trace that is open: follows it while it may grow, or until it arrives. `running`: its root has not arrived, and it still grows. */
export function useLiveOutline(traceId: string): UseQueryResult<TraceOutline> & { readonly running: boolean } {
  const query = useOutline(traceId);
  const { data, error, refetch } = query;
  const awaited = error instanceof ApiFailure && error.kind === "not_found";
  const grows = useMayGrow(data);
  const follows = awaited || grows;
  const refresh = useCallback(() => void refetch({ cancelRefetch: false }), [refetch]);
  useLiveTick(follows, refresh);
  return { ...query, running: grows && data?.complete === false };
}

function useMayGrow(outline: TraceOutline | undefined): boolean {
  const [now, setNow] = useState(() => Date.now());
  const end = outline === undefined ? Number.NaN : Date.parse(outline.endTime);
  const grows = now - end < SETTLED_MS;
  useEffect(() => {
    setNow(Date.now());
    if (!(Date.now() - end < SETTLED_MS)) return undefined;
    const timer = setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => clearInterval(timer);
  }, [end]);
  return grows;
}
