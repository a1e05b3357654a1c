// What the palette finds in the data: recent traces, services, metrics, whatever an id stands for, and searches.
import { IconChartLine, IconFileSearch, IconHierarchy, IconId, IconListDetails, IconTimeline } from "@tabler/icons-react";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ResolvedMatch, TraceSummary } from "@/api/schema";
import { useGo } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { formOfId, normalId, shortId } from "@/lib/ids";
import { looksLikeId } from "@/lib/palette";
import { useZone } from "@/shell/timeRange";
import type { Entry } from "@/shell/palette/entries";

const TRACES_MAX = 8;
const NAMES_MAX = 1_000;
const STALE_MS = 30_000;
const TYPING_MS = 150;

const SIGNAL_WORDS: Readonly<Record<string, string>> = { trace: "Trace", span: "Span", log: "Log record" };

function detailOf(trace: TraceSummary, when: string): string {
  const errors = Number(trace.errorCount) > 0 ? `, ${trace.errorCount} failed` : "";
  return `${trace.firstService === undefined ? "" : `${trace.firstService} · `}${when}${errors}`;
}

/** The traces that started last. */
export function useRecentTraces(opened: boolean): readonly Entry[] {
  const go = useGo();
  const { time } = useZone();
  const { data } = useQuery({
    queryKey: ["palette", "traces"],
    queryFn: ({ signal }) => api.get("/api/v1/traces", { query: { limit: TRACES_MAX }, signal }),
    enabled: opened,
  });
  return (data?.traces ?? []).map((trace) => ({
    id: `trace ${trace.traceId}`, group: "Recent traces", label: trace.firstName ?? shortId(trace.traceId), words: `${trace.traceId} ${trace.services.join(" ")}`,
    detail: detailOf(trace, time(Date.parse(trace.startTime))), icon: IconTimeline, run: () => go(hrefs.trace(trace.traceId)),
  }));
}

function useNames(opened: boolean, name: string, signal: "spans" | "samples"): readonly string[] {
  const { data } = useQuery({
    queryKey: ["palette", "names", name, signal],
    queryFn: ({ signal: stop }) => api.get("/api/v1/labels/{name}/values", { path: { name }, query: { signal, limit: NAMES_MAX }, signal: stop }),
    enabled: opened,
    staleTime: STALE_MS,
  });
  return (data?.values ?? []).map((one) => one.value);
}

/** Services and metrics by name. */
export function useKnownNames(opened: boolean): { readonly services: readonly Entry[]; readonly metrics: readonly Entry[] } {
  const go = useGo();
  const services = useNames(opened, "service.name", "spans");
  const metrics = useNames(opened, "__name__", "samples");
  return {
    services: services.map((name) => ({
      id: `service ${name}`, group: "Services", label: name, words: "service", icon: IconHierarchy, run: () => go(hrefs.services({ service: name })),
    })),
    metrics: metrics.map((name) => ({
      id: `metric ${name}`, group: "Metrics", label: name, words: "metric", icon: IconChartLine, run: () => go(hrefs.explore({ expr: [name] })),
    })),
  };
}

function hrefOf(match: ResolvedMatch): string | undefined {
  if (match.recordId !== undefined) return hrefs.logs({ record: match.recordId });
  if (match.traceId !== undefined) return hrefs.trace(match.traceId, { span: match.spanId });
  return undefined;
}

/** Whatever an id stands for. The server knows; until it has answered, 32 digits are taken for a trace. */
export function useResolved(opened: boolean, typed: string): readonly Entry[] {
  const go = useGo();
  const { dateTime } = useZone();
  const [settled] = useDebouncedValue(typed.trim(), TYPING_MS);
  const id = normalId(settled);
  const { data } = useQuery({
    queryKey: ["palette", "resolve", id],
    queryFn: ({ signal }) => api.get("/api/v1/resolve/{id}", { path: { id }, signal }),
    enabled: opened && looksLikeId(settled),
    staleTime: STALE_MS,
    retry: false,
  });
  if (!looksLikeId(typed)) return [];
  const matches = (data?.matches ?? []).flatMap((match, index): Entry[] => {
    const href = hrefOf(match);
    if (href === undefined) return [];
    const when = match.time === undefined ? "" : ` · ${dateTime(Date.parse(match.time))}`;
    return [{
      id: `match ${index}`, group: "This id", label: match.name === "" ? shortId(id) : match.name, words: typed,
      detail: `${SIGNAL_WORDS[match.kind] ?? match.kind} ${match.service ?? ""}${when}`, icon: IconId, run: () => go(href),
    }];
  });
  if (matches.length > 0 || formOfId(typed) !== "trace") return matches;
  const trace = normalId(typed);
  return [{ id: "as trace", group: "This id", label: `Open trace ${shortId(trace)}…`, words: typed, icon: IconTimeline, run: () => go(hrefs.trace(trace)) }];
}

/** Searches for what was typed. */
export function useSearches(typed: string): readonly Entry[] {
  const go = useGo();
  const text = typed.trim();
  if (text === "") return [];
  const quoted = JSON.stringify(text);
  return [
    { id: "search logs", group: "Search", label: `Logs that contain “${text}”`, words: text, icon: IconListDetails, run: () => go(hrefs.logs({ q: `{} |= ${quoted}` })) },
    { id: "search traces", group: "Search", label: `Traces with a span named “${text}”`, words: text, icon: IconFileSearch, run: () => go(hrefs.traces({ name: text })) },
  ];
}
