// The model of the trace that is open, with the subtrees that were loaded since.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api } from "@/api/client";
import type { TraceOutline } from "@/api/schema";
import type { Page } from "@/lib/trace/columns";
import { buildModel, type TraceModel } from "@/lib/trace/model";

/** Spans that one page of a subtree brings. */
const PAGE_SPANS = 20_000;
/** So many are held at most; beyond, a subtree has to be zoomed to. */
const MOST_SPANS = 600_000;
/** Ancestors that are looked up for a span that is not loaded. */
const MOST_ANCESTORS = 200;

/** How the loading of a subtree fares. */
export type PageState = { readonly state: "loading" } | { readonly state: "failed"; readonly message: string };

/** The model and how to load more into it. */
export interface TraceData {
  readonly model: TraceModel;
  /** Loads more children of a span. */
  readonly loadMore: (row: number) => void;
  /** Loads a span that is not there, with its ancestors and what is below it. */
  readonly fetchSpan: (id: string) => void;
  /** By id of the parent or of the span asked for. */
  readonly pages: ReadonlyMap<string, PageState>;
  /** No more can be loaded into this page. */
  readonly full: boolean;
}

interface Loaded {
  readonly traceId: string;
  readonly pages: readonly Page[];
  readonly states: ReadonlyMap<string, PageState>;
}

function part(traceId: string, root: string, skip: number, signal: AbortSignal): Promise<TraceOutline> {
  return api.get("/api/v1/traces/{trace_id}/outline", { path: { trace_id: traceId }, query: { root, ...(skip > 0 ? { skip } : {}), limit: PAGE_SPANS }, signal });
}

/** Pages that bring a span and its ancestors up to one that is known. */
async function chainTo(traceId: string, id: string, known: (id: string) => boolean, signal: AbortSignal): Promise<readonly Page[]> {
  const chain: { readonly id: string; readonly under: string | undefined }[] = [];
  let at = id;
  for (let steps = 0; steps < MOST_ANCESTORS; steps += 1) {
    const { span } = await api.get("/api/v1/traces/{trace_id}/spans/{span_id}", { path: { trace_id: traceId, span_id: at }, query: { values: "preview" }, signal });
    chain.push({ id: span.spanId, under: span.parentSpanId });
    if (span.parentSpanId === undefined || known(span.parentSpanId)) break;
    at = span.parentSpanId;
  }
  const pages: Page[] = [];
  const brought = new Set<string>();
  for (const one of chain.toReversed()) {
    if (brought.has(one.id)) continue;
    const outline = await part(traceId, one.id, 0, signal);
    for (const span of outline.spans.id) brought.add(span);
    pages.push({ outline, under: one.under });
  }
  return pages;
}

/** Holds the model of a trace. */
export function useTraceModel(outline: TraceOutline): TraceData {
  const { traceId } = outline;
  const [held, setHeld] = useState<Loaded>({ traceId, pages: [], states: new Map() });
  const loaded = held.traceId === traceId ? held : { traceId, pages: [], states: new Map<string, PageState>() };
  const model = useMemo(() => buildModel(outline, loaded.pages), [outline, loaded.pages]);
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, [traceId]);
  const full = model.count >= MOST_SPANS;
  const bring = useCallback(
    async (key: string, load: (signal: AbortSignal) => Promise<readonly Page[]>): Promise<void> => {
      const signal = stop.current.signal;
      const note = (state: PageState | undefined, pages: readonly Page[]): void =>
        setHeld((before) => {
          const base = before.traceId === traceId ? before : { traceId, pages: [], states: new Map<string, PageState>() };
          const states = new Map(base.states);
          if (state === undefined) states.delete(key);
          else states.set(key, state);
          return { traceId, pages: pages.length === 0 ? base.pages : [...base.pages, ...pages], states };
        });
      note({ state: "loading" }, []);
      try {
        note(undefined, await load(signal));
      } catch (error) {
        if (!signal.aborted) note({ state: "failed", message: error instanceof Error ? error.message : String(error) }, []);
      }
    },
    [traceId],
  );
  const { states } = loaded;
  const loadMore = useCallback(
    (row: number) => {
      const id = model.id[row] ?? "";
      if (full || states.get(id)?.state === "loading") return;
      void bring(id, async (signal) => [{ outline: await part(traceId, id, model.inOrder[row] ?? 0, signal) }]);
    },
    [bring, full, model, states, traceId],
  );
  const fetchSpan = useCallback(
    (id: string) => {
      if (full || states.has(id)) return;
      void bring(id, (signal) => chainTo(traceId, id, (one) => model.rowOf.has(one), signal));
    },
    [bring, full, model, states, traceId],
  );
  return { model, loadMore, fetchSpan, pages: states, full };
}
