// Answers of the Prometheus API to the queries of the page, by view: over the range, or at its end.
import { keepPreviousData, useQueries, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { prometheus, type PrometheusAnswer } from "@/api/prometheus";
import type { ExemplarData, InstantData, RangeData } from "@/lib/promql/data";
import type { QueryRow } from "@/lib/promql/rows";
import { alignedRange } from "@/lib/promql/step";
import { metricList, type MetricEntry } from "@/lib/promql/suggest";
import type { MetricMeta, Metadata } from "@/lib/promql/unit";

/** Most series of an answer; the server warns when there were more. */
const MAX_ANSWER = 1000;
const MAX_NAMES = 10_000;
const MAX_EXEMPLARS = 200;

/** How a query fared. */
export interface Answer<T> {
  answer: PrometheusAnswer<T> | undefined;
  error: unknown;
  loading: boolean;
  /** How long the round trip took, ms. */
  tookMs: number | undefined;
  /** The range that was asked for; while a new one is on its way that of the answer of before. */
  span: Span | undefined;
}

interface Timed<T> {
  answer: PrometheusAnswer<T>;
  tookMs: number;
  span: Span;
}

async function timed<T>(span: Span, ask: Promise<PrometheusAnswer<T>>): Promise<Timed<T>> {
  const start = performance.now();
  const answer = await ask;
  return { answer, tookMs: performance.now() - start, span };
}

/** A range in Unix milliseconds, and the step in seconds. */
export interface Span {
  startMs: number;
  endMs: number;
  stepS: number;
}

/** The newest answer to the same query at another time: it stands in while a new one comes. */
function latest<T>(client: QueryClient, kind: "range" | "instant", expr: string): Timed<T> | undefined {
  let newest: { at: number; data: Timed<T> } | undefined;
  for (const query of client.getQueryCache().findAll({ queryKey: ["promql", kind, expr] })) {
    const { data, dataUpdatedAt } = query.state;
    // The border of types: under this key lie only answers of this kind.
    if (data !== undefined && (newest === undefined || dataUpdatedAt > newest.at)) newest = { at: dataUpdatedAt, data: data as Timed<T> };
  }
  return newest?.data;
}

/** Answers over the range, one a row. */
export function useRangeAnswers(rows: readonly QueryRow[], span: Span, enabled: boolean): Answer<RangeData>[] {
  const client = useQueryClient();
  const { stepS } = span;
  const { start, end } = alignedRange(span.startMs, span.endMs, stepS);
  return useQueries({
    queries: rows.map((row) => ({
      queryKey: ["promql", "range", row.run, start, end, stepS],
      queryFn: ({ signal }: { signal: AbortSignal }) => timed(span, prometheus<RangeData>("query_range", { query: row.run, start, end, step: stepS, stats: "true", limit: MAX_ANSWER }, signal)),
      enabled: enabled && row.run !== "" && !row.hidden,
      placeholderData: () => latest<RangeData>(client, "range", row.run),
    })),
  }).map((query) => ({ answer: query.data?.answer, error: query.error, loading: query.isFetching, tookMs: query.data?.tookMs, span: query.data?.span }));
}

/** Answers at the end of the range, one a row. */
export function useInstantAnswers(rows: readonly QueryRow[], endMs: number, enabled: boolean): Answer<InstantData>[] {
  const client = useQueryClient();
  const time = endMs / 1000;
  return useQueries({
    queries: rows.map((row) => ({
      queryKey: ["promql", "instant", row.run, time],
      queryFn: ({ signal }: { signal: AbortSignal }) => timed({ startMs: endMs, endMs, stepS: 0 }, prometheus<InstantData>("query", { query: row.run, time, stats: "true", limit: MAX_ANSWER }, signal)),
      enabled: enabled && row.run !== "" && !row.hidden,
      placeholderData: () => latest<InstantData>(client, "instant", row.run),
    })),
  }).map((query) => ({ answer: query.data?.answer, error: query.error, loading: query.isFetching, tookMs: query.data?.tookMs, span: query.data?.span }));
}

/** An exemplar: a sample that names its trace. */
export interface Exemplar {
  /** The query that it was asked for with. */
  expr: string;
  /** The metric that it belongs to. */
  metric: string;
  ms: number;
  value: number;
  traceId: string;
  spanId: string | undefined;
}

/** Exemplars of the queries, spread over the range, at most 200. */
export function useExemplars(run: readonly string[], span: Span, enabled: boolean): readonly Exemplar[] {
  const { start, end } = alignedRange(span.startMs, span.endMs, span.stepS);
  const { data } = useQuery({
    queryKey: ["promql", "exemplars", run, start, end],
    queryFn: async ({ signal }) => {
      // A query that has no exemplars, or that is no query, costs the others nothing.
      const answers = await Promise.allSettled(
        run.map(async (expr) => exemplarsOf(expr, (await prometheus<ExemplarData>("query_exemplars", { query: expr, start, end }, signal)).data)),
      );
      return thinned(answers.flatMap((one) => (one.status === "fulfilled" ? one.value : [])));
    },
    enabled: enabled && run.length > 0,
    placeholderData: keepPreviousData,
  });
  return data === undefined || data.length === 0 ? NO_EXEMPLARS : data;
}

const NO_EXEMPLARS: readonly Exemplar[] = [];

function exemplarsOf(expr: string, data: ExemplarData): Exemplar[] {
  return data.flatMap((series) =>
    series.exemplars.flatMap(({ labels, value, timestamp }) => {
      const traceId = labels["trace_id"] ?? labels["traceID"] ?? labels["traceId"];
      return traceId === undefined ? [] : [{ expr, metric: series.seriesLabels["__name__"] ?? "", ms: Math.round(timestamp * 1000), value: Number(value), traceId, spanId: labels["span_id"] ?? labels["spanID"] }];
    }),
  );
}

function thinned(all: readonly Exemplar[]): Exemplar[] {
  const sorted = all.toSorted((a, b) => a.ms - b.ms);
  const every = Math.ceil(sorted.length / MAX_EXEMPLARS);
  return every <= 1 ? sorted : sorted.filter((_, index) => index % every === 0);
}

const NO_METADATA: Metadata = new Map();

/** Types, units and help of all metrics. */
export function useMetadata(): Metadata {
  const { data } = useQuery({
    queryKey: ["promql", "metadata"],
    queryFn: async ({ signal }) => {
      const answer = await prometheus<Readonly<Record<string, readonly MetricMeta[]>>>("metadata", { limit: MAX_NAMES }, signal);
      return new Map(Object.entries(answer.data).flatMap(([name, [first]]) => (first === undefined ? [] : [[name, first] as const])));
    },
    staleTime: 60_000,
  });
  return data ?? NO_METADATA;
}

/** All metrics with their series, asked for where they are `wanted`; `loading` until the first answer. */
export function useMetricList(metadata: Metadata, wanted: boolean): { metrics: readonly MetricEntry[]; cut: boolean; loading: boolean; error: unknown; retry: () => void } {
  const query = useQuery({
    queryKey: ["metrics", "names"],
    queryFn: ({ signal }) => api.get("/api/v1/metrics/cardinality", { query: { limit: MAX_NAMES }, signal }),
    enabled: wanted,
    staleTime: 30_000,
  });
  const names = query.data?.byName ?? [];
  return { metrics: metricList(names, metadata), cut: names.length >= MAX_NAMES, loading: query.isPending, error: query.error, retry: () => void query.refetch() };
}
