// What a rule would have done, asked anew a moment after the last change; what is no longer wanted is cancelled.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { RulePreview } from "@/api/schema";
import { canBeTried, definitionOf, type Draft } from "@/lib/alerting/draft";

const TYPING_MS = 500;
/** Ends of ranges are rounded, so that the same text is not tried twice. */
const ROUND_MS = 60_000;
const USUAL_INTERVAL_MS = 30_000;
/** Evaluations that the server tries at most; spans and logs are asked one by one. */
const EVALUATIONS_MAX = { metrics: 200_000, others: 3_000 } as const;

/** How the trial fares. */
export interface Trial {
  readonly preview: RulePreview | undefined;
  readonly error: Error | null;
  /** An older text's figures are shown. */
  readonly stale: boolean;
  /** There is enough to try. */
  readonly ready: boolean;
  retry(): void;
}

/** The trial of a draft over the last `spanMs`. */
export function usePreview(draft: Draft, spanMs: number): Trial {
  // It can be tried before it has a name.
  const definition = useMemo(() => definitionOf(draft.name.trim() === "" ? { ...draft, name: draft.kind === "recording" ? "new:series" : "NewRule" } : draft), [draft]);
  const [settled] = useDebouncedValue(definition, TYPING_MS);
  const ready = canBeTried(draft);
  const query = useQuery({
    queryKey: ["rule preview", JSON.stringify(settled), spanMs],
    queryFn: ({ signal }) => {
      const end = Math.floor(Date.now() / ROUND_MS) * ROUND_MS;
      // Where that are too many, the server says how far back it can go.
      const most = settled.signal === "metrics" ? EVALUATIONS_MAX.metrics : EVALUATIONS_MAX.others;
      const asFarAsPossible = spanMs / (settled.intervalMs ?? USUAL_INTERVAL_MS) > most;
      const start = asFarAsPossible ? {} : { start: new Date(end - spanMs).toISOString() };
      return api.post("/api/v1/rules/preview", { body: { definition: settled, ...start, end: new Date(end).toISOString() }, signal });
    },
    enabled: ready,
    placeholderData: keepPreviousData,
    staleTime: ROUND_MS,
    retry: false,
  });
  return {
    preview: ready ? query.data : undefined,
    error: ready ? query.error : null,
    stale: query.isFetching || settled !== definition,
    ready,
    retry: () => void query.refetch(),
  };
}
