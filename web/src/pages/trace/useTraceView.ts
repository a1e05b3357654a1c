// What the page shows of a trace: rows, window, scale, cursor, selection, and the actions that change them.
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { parseDuration } from "@/lib/trace/duration";
import { isFiltered, keptRows, type FilterOptions } from "@/lib/trace/filter";
import { findSpans, step, type Matches } from "@/lib/trace/find";
import type { TraceModel } from "@/lib/trace/model";
import { defaultColour, isWithin, type ColourBy } from "@/lib/trace/read";
import { keyOf, visibleRows, type VisibleRows } from "@/lib/trace/rows";
import { findStacks, noStacks } from "@/lib/trace/stacks";
import { idleGaps, type Span } from "@/lib/trace/timeScale";
import type { How } from "@/lib/urlState";
import type { TraceSearch } from "./search";
import { useExpansion, type Expansion } from "./useExpansion";
import type { TraceData } from "./useTraceModel";

/** Where the waterfall should scroll to; a new object asks anew. */
export interface ScrollWish {
  readonly key: string;
  readonly centre: boolean;
}

/** The state of the page and what can be done to it. Rows are rows of the model; -1 is none. */
export interface TraceView {
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
  /** Key of the row that the keyboard stands on. */
  readonly cursor: string;
  readonly wish: ScrollWish | undefined;
  /** Puts the cursor on a row and brings it into view. */
  readonly moveTo: (key: string) => void;
  /** Opens the panel of a span (-1 closes it) and brings its row into view. */
  readonly select: (row: number, centre?: boolean) => void;
  /** Goes to the next (1) or previous (-1) place where a failure began, or match; false if there is none. */
  readonly stepError: (by: 1 | -1) => boolean;
  readonly stepMatch: (by: 1 | -1) => boolean;
  readonly zoomTo: (row: number) => void;
  readonly setWindow: (window: Span | undefined) => void;
}

/** Row of a key's span. */
export function rowOfKey(model: TraceModel, key: string): number {
  return model.rowOf.get(key.slice(key.indexOf(":") + 1)) ?? -1;
}

type Change = (patch: Partial<TraceSearch>, how?: How) => void;

function wholeOf(model: TraceModel, root: number): Span {
  const from = root < 0 ? 0 : (model.treeStart[root] ?? 0);
  const to = root < 0 ? model.durationMs : (model.treeEnd[root] ?? 0);
  return { from, to: Math.max(to, from + 1e-3) };
}

function useFilters(model: TraceModel, search: TraceSearch): { matches: Matches | undefined; keep: Uint8Array | undefined; name: string } {
  const find = useDeferredValue(search.find);
  const matches = useMemo(() => findSpans(model, find), [model, find]);
  const minMs = parseDuration(search.min) ?? 0;
  const filter: FilterOptions = useMemo(
    () => ({ matches: search.only ? matches?.flags : undefined, criticalOnly: search.critical, minMs }),
    [matches, minMs, search.critical, search.only],
  );
  const keep = useMemo(() => keptRows(model, filter), [model, filter]);
  const name = isFiltered(filter) ? `${search.only ? find : ""} ${search.critical} ${minMs}` : "";
  return { matches, keep, name };
}

/** The view of a model under what the URL says. */
export function useTraceView(data: TraceData, search: TraceSearch, set: Change): TraceView {
  const { model } = data;
  const { matches, keep, name } = useFilters(model, search);
  const expansion = useExpansion(model, name);
  const root = search.root === "" ? -1 : (model.rowOf.get(search.root) ?? -1);
  const selected = search.span === "" ? -1 : (model.rowOf.get(search.span) ?? -1);
  const { collapsed, openStacks } = expansion;
  const stacks = useMemo(() => (search.stack ? findStacks(model, keep) : noStacks(model)), [model, keep, search.stack]);
  const rows = useMemo(
    () => visibleRows(model, { root, collapsed, stacks, openStacks: new Set([...openStacks].map((id) => model.rowOf.get(id) ?? -1)), keep }),
    [model, root, collapsed, stacks, openStacks, keep],
  );
  const whole = useMemo(() => wholeOf(model, root), [model, root]);
  const window = useMemo(() => clampWindow(search.window, whole), [search.window, whole]);
  const gaps = useMemo(() => {
    if (!search.fold) return [];
    return root < 0 ? idleGaps(model, window, 0, model.count) : idleGaps(model, window, root, model.after[root] ?? model.count);
  }, [model, root, search.fold, window]);
  const [cursor, setCursor] = useState("");
  const [wish, setWish] = useState<ScrollWish>();
  const state = useRef({ model, rows, expansion, search, matches, root, keep, cursor });
  useEffect(() => {
    state.current = { model, rows, expansion, search, matches, root, keep, cursor };
  });
  const goTo = useCallback((row: number, centre: boolean) => {
    const { model: of, expansion: tree, rows: shown } = state.current;
    tree.show(row, shown.stacks);
    const key = keyOf("span", of.id[row] ?? "");
    setCursor(key);
    setWish({ key, centre });
  }, []);
  const moveTo = useCallback((key: string) => {
    setCursor(key);
    setWish({ key, centre: false });
  }, []);
  const select = useCallback(
    (row: number, centre = false) => {
      const { model: of, search: now } = state.current;
      if (row >= 0) goTo(row, centre);
      set({ span: row < 0 ? "" : (of.id[row] ?? "") }, now.span === "" && row >= 0 ? "push" : "replace");
    },
    [goTo, set],
  );
  const stepIn = useCallback(
    (list: Int32Array, by: 1 | -1, open: boolean): boolean => {
      const { model: of, root: top, keep: kept, search: now, cursor: at } = state.current;
      const inView = list.filter((row) => isWithin(of, row, top) && (kept === undefined || kept[row] === 1));
      const row = step(inView, rowOfKey(of, at === "" ? keyOf("span", now.span) : at), by);
      if (row < 0) return false;
      if (open || now.span !== "") select(row, true);
      else goTo(row, true);
      return true;
    },
    [goTo, select],
  );
  useDeepLink(data, search, goTo);
  return {
    model, rows, expansion, root, selected, matches, keep, whole, window, gaps, cursor, wish, moveTo, select,
    colour: search.colour === "" ? defaultColour(model) : search.colour,
    stepError: useCallback((by) => stepIn(state.current.model.origins, by, true), [stepIn]),
    stepMatch: useCallback((by) => stepIn(state.current.matches?.rows ?? new Int32Array(), by, false), [stepIn]),
    zoomTo: useCallback((row) => set({ root: row < 0 ? "" : (state.current.model.id[row] ?? ""), window: undefined }, "push"), [set]),
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
