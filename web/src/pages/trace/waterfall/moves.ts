// Moving through the waterfall's rows with the keyboard, as trees do.
import { hasBelow } from "@/lib/trace/collapse";
import type { VisibleRow } from "@/lib/trace/rows";
import type { TraceData } from "../useTraceModel";
import type { TraceView } from "../useTraceView";

/** Place of the row that the keyboard stands on; -1 for none. */
export function cursorPlace(view: TraceView): number {
  if (view.cursor !== "") {
    const place = view.rows.placeOfKey(view.cursor);
    if (place >= 0) return place;
    const row = view.model.rowOf.get(view.cursor.slice(view.cursor.indexOf(":") + 1)) ?? -1;
    if (row >= 0) return view.rows.placeFor(row);
  }
  return view.selected < 0 ? -1 : view.rows.placeFor(view.selected);
}

/** Puts the cursor on a place; an open panel follows. */
export function putCursor(view: TraceView, place: number): void {
  const row = view.rows.at(Math.max(0, Math.min(view.rows.length - 1, place)));
  if (row === undefined) return;
  if (row.kind === "span" && view.selected >= 0) view.follow(row.row);
  else view.moveTo(row.key);
}

/** Moves the cursor by so many rows. */
export function moveCursor(view: TraceView, by: number): void {
  const place = cursorPlace(view);
  putCursor(view, place < 0 ? 0 : place + by);
}

/** Whether a row is open; undefined where there is nothing to open. */
export function isOpen(view: TraceView, row: VisibleRow): boolean | undefined {
  if (row.kind === "stack") return view.expansion.openStacks.has(view.model.id[row.row] ?? "");
  if (row.kind === "more" || !hasBelow(view.model, row.row)) return undefined;
  return view.expansion.collapsed[row.row] === 0;
}

/** Opens or closes a row; children that are not here are loaded. */
export function setOpen(view: TraceView, data: TraceData, row: VisibleRow, open: boolean): void {
  if (row.kind === "more") return;
  if (row.kind === "stack") {
    view.expansion.setStack(row.row, open);
    return;
  }
  view.expansion.setClosed(row.row, !open);
  if (open && (view.model.loaded[row.row] ?? 0) === 0 && (view.model.children[row.row] ?? 0) > 0) data.loadMore(row.row);
}

/** Enter, or a click: opens the panel of a span, opens a stack, loads more. */
export function activate(view: TraceView, data: TraceData, row: VisibleRow): void {
  if (row.kind === "span") {
    view.select(row.row);
    return;
  }
  view.moveTo(row.key);
  if (row.kind === "more") data.loadMore(row.row);
  else setOpen(view, data, row, isOpen(view, row) !== true);
}

/** Keys of the rows; true if it was one. `page` is how many rows fit. */
export function onRowKey(key: string, view: TraceView, data: TraceData, page: number): boolean {
  const place = cursorPlace(view);
  const jumps: Readonly<Record<string, number>> = { ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + page, PageUp: place - page, Home: 0, End: view.rows.length - 1 };
  const jump = jumps[key];
  if (jump !== undefined) {
    putCursor(view, place < 0 && key !== "End" ? 0 : jump);
    return true;
  }
  const row = view.rows.at(place);
  if (row === undefined) return false;
  if (key === "Enter" || key === " ") {
    activate(view, data, row);
    return true;
  }
  if (key === "ArrowRight") {
    const open = isOpen(view, row);
    if (open === false) setOpen(view, data, row, true);
    else if (open === true) putCursor(view, place + 1);
    return true;
  }
  if (key === "ArrowLeft") {
    if (isOpen(view, row) === true) setOpen(view, data, row, false);
    else putCursor(view, placeAbove(view, place, row.level));
    return true;
  }
  return false;
}

/** The row that a row hangs on: the nearest before it with a lower level. */
function placeAbove(view: TraceView, place: number, level: number): number {
  for (let at = place - 1; at >= 0; at -= 1) if ((view.rows.at(at)?.level ?? 0) < level) return at;
  return place;
}
