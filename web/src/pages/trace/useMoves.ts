// Moving through a trace: the cursor of the keyboard, the open span, steps to errors and matches, and scrolling there.
import { useCallback, useEffect, useRef, useState } from "react";
import { step, type Matches } from "@/lib/trace/find";
import type { TraceModel } from "@/lib/trace/model";
import { isWithin } from "@/lib/trace/read";
import { keyOf, type VisibleRows } from "@/lib/trace/rows";
import type { How } from "@/lib/urlState";
import type { TraceSearch } from "./search";
import type { Expansion } from "./useExpansion";

/** Changes what the URL says. */
export type ChangeSearch = (patch: Partial<TraceSearch>, how?: How) => void;

/** Where the waterfall should scroll to; a new object asks anew. */
export interface ScrollWish {
  readonly key: string;
  readonly centre: boolean;
}

/** How one moves through the rows. Rows are rows of the model; -1 is none. */
export interface Moves {
  /** Key of the row that the keyboard stands on. */
  readonly cursor: string;
  readonly wish: ScrollWish | undefined;
  /** Puts the cursor on a row and brings it into view. */
  readonly moveTo: (key: string) => void;
  /** Moves to a span; the open panel follows once the keys rest. */
  readonly follow: (row: number) => void;
  /** Opens the panel of a span (-1 closes it) and brings its row into view. */
  readonly select: (row: number, centre?: boolean) => void;
  /** Goes to the next (1) or previous (-1) place where a failure began, or match; false if there is none. */
  readonly stepError: (by: 1 | -1) => boolean;
  readonly stepMatch: (by: 1 | -1) => boolean;
}

/** The panel follows the cursor after so long. */
const REST_MS = 120;

/** Row of a key's span. */
export function rowOfKey(model: TraceModel, key: string): number {
  return model.rowOf.get(key.slice(key.indexOf(":") + 1)) ?? -1;
}

/** The row after which a step goes on. A stack stands before its first span. */
function stepFrom(model: TraceModel, key: string): number {
  const row = rowOfKey(model, key);
  return key.startsWith("stack:") ? row - 1 : row;
}

/** What moves depend on, as it is now. */
interface Now {
  readonly model: TraceModel;
  readonly rows: VisibleRows;
  readonly expansion: Expansion;
  readonly search: TraceSearch;
  readonly matches: Matches | undefined;
  readonly root: number;
  readonly keep: Uint8Array | undefined;
}

/** Holds the cursor. `goTo` moves it to a span whatever hides that span, and scrolls there. */
export function useMoves(now: Now, set: ChangeSearch): Moves & { readonly goTo: (row: number, centre: boolean) => void } {
  const [cursor, setCursor] = useState("");
  const [wish, setWish] = useState<ScrollWish>();
  const state = useRef({ ...now, cursor });
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    state.current = { ...now, cursor };
  });
  useEffect(() => () => clearTimeout(rest.current), []);
  const moveTo = useCallback((key: string, centre = false) => {
    setCursor(key);
    setWish({ key, centre });
  }, []);
  const goTo = useCallback(
    (row: number, centre: boolean) => {
      const { model, expansion, rows } = state.current;
      expansion.show(row, rows.stacks);
      moveTo(keyOf("span", model.id[row] ?? ""), centre);
    },
    [moveTo],
  );
  const follow = useCallback(
    (row: number) => {
      const id = state.current.model.id[row] ?? "";
      moveTo(keyOf("span", id));
      clearTimeout(rest.current);
      // Browsers take only so many changes of the address in a row. Another page may be on its way by then: its address stays.
      const { pathname } = window.location;
      rest.current = setTimeout(() => (window.location.pathname === pathname ? set({ span: id }, "replace") : undefined), REST_MS);
    },
    [moveTo, set],
  );
  const select = useCallback(
    (row: number, centre = false) => {
      clearTimeout(rest.current);
      const { model, search } = state.current;
      if (row >= 0) goTo(row, centre);
      set({ span: row < 0 ? "" : (model.id[row] ?? "") }, search.span === "" && row >= 0 ? "push" : "replace");
    },
    [goTo, set],
  );
  const stepIn = useCallback(
    (list: Int32Array, by: 1 | -1, open: boolean): boolean => {
      const { model, root, keep, search, cursor: at } = state.current;
      const shown = list.filter((row) => isWithin(model, row, root) && (keep === undefined || keep[row] === 1));
      const row = step(shown, stepFrom(model, at === "" ? keyOf("span", search.span) : at), by);
      if (row < 0) return false;
      if (open || search.span !== "") select(row, true);
      else goTo(row, true);
      return true;
    },
    [goTo, select],
  );
  const stepError = useCallback((by: 1 | -1) => stepIn(state.current.model.origins, by, true), [stepIn]);
  const stepMatch = useCallback((by: 1 | -1) => stepIn(state.current.matches?.rows ?? new Int32Array(), by, false), [stepIn]);
  return { cursor, wish, moveTo, follow, select, stepError, stepMatch, goTo };
}
