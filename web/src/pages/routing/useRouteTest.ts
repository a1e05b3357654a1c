// Who gets an alert with these labels: asked a moment after the last letter.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { RouteTestReport } from "@/api/schema";
import { readLabels } from "@/lib/alerting/typedLabels";

const TYPING_MS = 250;

/** The answer, or why there is none. */
export interface RouteTest {
  readonly report: RouteTestReport | undefined;
  readonly problem: string | undefined;
  readonly error: Error | null;
  readonly busy: boolean;
}

/** Tests typed labels; the empty text asks nothing. */
export function useRouteTest(typed: string): RouteTest {
  const [settled] = useDebouncedValue(typed, TYPING_MS);
  const read = useMemo(() => readLabels(settled), [settled]);
  const labels = "labels" in read ? read.labels : undefined;
  const asked = settled.trim() !== "" && labels !== undefined;
  const query = useQuery({
    queryKey: ["alerts", "route test", JSON.stringify(labels)],
    queryFn: ({ signal }) => api.post("/api/v1/routes/test", { body: { labels: labels ?? {} }, signal }),
    enabled: asked,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return {
    report: asked && !query.isError ? query.data : undefined,
    problem: settled.trim() !== "" && "problem" in read ? read.problem : undefined,
    error: asked ? query.error : null,
    busy: asked && query.isFetching,
  };
}
