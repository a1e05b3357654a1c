// Which rows exist: those in view. Scrolls where the page asks, and keeps the place when the trace grows.
import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import type { TraceView } from "../useTraceView";

const ROW_PX = 24;
const NARROW_ROW_PX = 44;
const OVERSCAN = 10;

/** Rows in view. */
export interface RowsInView {
  readonly items: readonly VirtualItem[];
  readonly totalPx: number;
  readonly first: number;
  readonly last: number;
  /** Rows that fit. */
  readonly page: number;
}

/** The virtual rows of a view. */
export function useRowsInView(view: TraceView, narrow: boolean, scroller: RefObject<HTMLDivElement | null>): RowsInView {
  const rowPx = narrow ? NARROW_ROW_PX : ROW_PX;
  const { rows, wish } = view;
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoises what it gives
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowPx, overscan: OVERSCAN });
  useEffect(() => virtual.measure(), [rowPx, virtual]);
  const done = useRef(wish);
  useEffect(() => {
    if (wish === undefined || wish === done.current) return;
    const place = rows.placeOfKey(wish.key);
    if (place < 0) return;
    done.current = wish;
    bringIntoView(scroller.current, place * rowPx, rowPx, wish.centre);
  }, [wish, rows, rowPx, scroller]);
  useAnchor(view, scroller, rowPx);
  const items = virtual.getVirtualItems();
  const height = virtual.scrollRect?.height ?? 480;
  return {
    items,
    totalPx: virtual.getTotalSize(),
    first: items[0]?.index ?? 0,
    last: items.at(-1)?.index ?? -1,
    page: Math.max(1, Math.floor(height / rowPx) - 1),
  };
}

/** Scrolls as little as shows the row, or puts it in the middle if it is out of view. Rows are of one height: no need to measure. */
function bringIntoView(element: HTMLDivElement | null, top: number, rowPx: number, centre: boolean): void {
  if (element === null) return;
  const { scrollTop, clientHeight } = element;
  if (top >= scrollTop && top + rowPx <= scrollTop + clientHeight) return;
  if (centre) element.scrollTo({ top: top - (clientHeight - rowPx) / 2 });
  else element.scrollTo({ top: top < scrollTop ? top : top + rowPx - clientHeight });
}

/** When a newer model comes, the row at the top stays where it was. */
function useAnchor(view: TraceView, scroller: RefObject<HTMLDivElement | null>, rowPx: number): void {
  const { model, rows } = view;
  const before = useRef({ model, rows });
  useLayoutEffect(() => {
    const old = before.current;
    before.current = { model, rows };
    const element = scroller.current;
    if (element === null || old.model === model || old.model.traceId !== model.traceId || element.scrollTop === 0) return;
    const place = Math.floor(element.scrollTop / rowPx);
    const key = old.rows.at(place)?.key;
    const now = key === undefined ? -1 : rows.placeOfKey(key);
    if (now >= 0 && now !== place) element.scrollTo({ top: element.scrollTop + (now - place) * rowPx });
  }, [model, rows, rowPx, scroller]);
}

/** Tells the width of the scroll bar, px, whenever it changes. */
export function useBarWidth(scroller: RefObject<HTMLDivElement | null>, onBar: (px: number) => void): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = (): void => onBar(element.offsetWidth - element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, onBar]);
}
