// What the page shows of a trace: rows, window, scale, cursor, selection, and the actions that change them.
import { useCallback, useDeferredValue, useEffect, useMemo, useRef } from "react";
import { parseDuration } from "@/lib/trace/duration";
import { isFiltered, keptRows, type FilterOptions } from "@/lib/trace/filter";
import { findSpans, type Matches } from "@/lib/trace/find";
import type { TraceModel } from "@/lib/trace/model";
import { defaultColour, type ColourBy } from "@/lib/trace/read";
import { visibleRows, type VisibleRows } from "@/lib/trace/rows";
import { findStacks, noStacks } from "@/lib/trace/stacks";
import { idleGaps, type Span } from "@/lib/trace/timeScale";
import type { TraceSearch } from "./search";
import { useExpansion, type Expansion } from "./useExpansion";
import { useMoves, type ChangeSearch, type Moves } from "./useMoves";
import type { TraceData } from "./useTraceModel";

/** The state of the page and what can be done to it. Rows are rows of the model; -1 is none. */
export interface TraceView extends Moves {
  readonly model: TraceModel;
  readonly rows: VisibleRows;
  readonly expansion: Expansion;
  readonly colour: ColourBy;
  readonly root: number;
  readonly selected: number;
  readonly matches: Matches | undefined;
  readonly keep: Uint8Array | undefined;
  /** All the time that can be shown, what is shown of it, and idle gaps in that. */
  readonly whole: Span;
  readonly window: Span;
  readonly gaps: readonly Span[];
  readonly zoomTo: (row: number) => void;
  readonly setWindow: (window: Span | undefined) => void;
}

function wholeOf(model: TraceModel, root: number): Span {
  const from = root < 0 ? 0 : (model.treeStart[root] ?? 0);
  const to = root < 0 ? model.durationMs : (model.treeEnd[root] ?? 0);
  return { from, to: Math.max(to, from + 1e-3) };
}

function useFilters(model: TraceModel, search: TraceSearch, window: Span | undefined): { matches: Matches | undefined; keep: Uint8Array | undefined; name: string } {
  const find = useDeferredValue(search.find);
  const matches = useMemo(() => findSpans(model, find), [model, find]);
  const minMs = parseDuration(search.min) ?? 0;
  const filter: FilterOptions = useMemo(
    () => ({ matches: search.only ? matches?.flags : undefined, criticalOnly: search.critical, minMs, within: search.inside ? window : undefined }),
    [matches, minMs, search.critical, search.inside, search.only, window],
  );
  const keep = useMemo(() => keptRows(model, filter), [model, filter]);
  const name = isFiltered(filter) ? `${search.only ? find : ""} ${search.critical} ${minMs} ${filter.within?.from ?? ""}` : "";
  return { matches, keep, name };
}

/** The view of a model under what the URL says. */
export function useTraceView(data: TraceData, search: TraceSearch, set: ChangeSearch): TraceView {
  const { model } = data;
  const root = search.root === "" ? -1 : (model.rowOf.get(search.root) ?? -1);
  const whole = useMemo(() => wholeOf(model, root), [model, root]);
  const window = useMemo(() => clampWindow(search.window, whole), [search.window, whole]);
  const { matches, keep, name } = useFilters(model, search, window === whole ? undefined : window);
  const expansion = useExpansion(model, name);
  const selected = search.span === "" ? -1 : (model.rowOf.get(search.span) ?? -1);
  const { collapsed, openStacks } = expansion;
  const stacks = useMemo(() => (search.stack ? findStacks(model, keep) : noStacks(model)), [model, keep, search.stack]);
  const rows = useMemo(
    () => visibleRows(model, { root, collapsed, stacks, openStacks: new Set([...openStacks].map((id) => model.rowOf.get(id) ?? -1)), keep }),
    [model, root, collapsed, stacks, openStacks, keep],
  );
  const gaps = useMemo(() => {
    if (!search.fold) return [];
    return root < 0 ? idleGaps(model, window, 0, model.count) : idleGaps(model, window, root, model.after[root] ?? model.count);
  }, [model, root, search.fold, window]);
  const { goTo, ...moves } = useMoves({ model, rows, expansion, search, matches, root, keep }, set);
  useDeepLink(data, search, goTo);
  useOpenRoot(data, root, expansion);
  return {
    model, rows, expansion, root, selected, matches, keep, whole, window, gaps, ...moves,
    colour: search.colour === "" ? defaultColour(model) : search.colour,
    zoomTo: useCallback((row) => set({ root: row < 0 ? "" : (model.id[row] ?? ""), window: undefined }, "push"), [model, set]),
    setWindow: useCallback((next) => set({ window: next }, "replace"), [set]),
  };
}

function clampWindow(window: Span | undefined, whole: Span): Span {
  if (window === undefined) return whole;
  const from = Math.max(whole.from, window.from);
  const to = Math.min(whole.to, window.to);
  return to > from ? { from, to } : whole;
}

/** Brings the span with which the page was opened into view, and loads spans of the address that are paged out. */
function useDeepLink(data: TraceData, search: TraceSearch, goTo: (row: number, centre: boolean) => void): void {
  const { model, fetchSpan } = data;
  const opened = useRef(search.span);
  useEffect(() => {
    for (const id of [search.span, search.root]) {
      if (id !== "" && !model.rowOf.has(id) && model.outline.cut) fetchSpan(id);
    }
    if (opened.current === "") return;
    const row = model.rowOf.get(opened.current) ?? -1;
    if (search.span !== opened.current) opened.current = "";
    if (row < 0) return;
    opened.current = "";
    goTo(row, true);
  }, [model, search.span, search.root, fetchSpan, goTo]);
}

/** What is zoomed to is open, its children loaded. */
function useOpenRoot(data: TraceData, root: number, expansion: Expansion): void {
  const { model, loadMore } = data;
  const id = root < 0 ? "" : (model.id[root] ?? "");
  const now = useRef({ model, loadMore, expansion });
  useEffect(() => {
    now.current = { model, loadMore, expansion };
  });
  useEffect(() => {
    const { model: of, loadMore: load, expansion: tree } = now.current;
    const row = id === "" ? -1 : (of.rowOf.get(id) ?? -1);
    if (row < 0 || tree.collapsed[row] !== 1) return;
    tree.setClosed(row, false);
    if ((of.loaded[row] ?? 0) === 0) load(row);
  }, [id]);
}
