// A long list of which only the visible rows exist. One row takes the focus (roving): arrows, j and k, Page, Home, End.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useImperativeHandle, useRef, type CSSProperties, type ReactNode, type Ref, type RefObject } from "react";
import { rowAfterKey } from "@/lib/table";
import classes from "./VirtualRows.module.css";

/** What others may ask of the list. */
export interface VirtualRowsHandle {
  /** Brings a row into view. */
  show(index: number, align?: "auto" | "center" | "start" | "end"): void;
  /** Brings a row into view and gives it the focus. */
  focus(index: number): void;
  /** How far the list is scrolled, px. */
  scrollTop(): number;
}

interface VirtualRowsProps {
  count: number;
  /** What the list is, for screen readers. */
  label: string;
  /** The row that is current; -1 for none. */
  current: number;
  onCurrent: (index: number) => void;
  /** Enter or a click. */
  onOpen?: ((index: number) => void) | undefined;
  /** A stable key of a row. */
  keyOf?: (index: number) => string | number;
  /** Contents of a row. */
  row: (index: number, current: boolean) => ReactNode;
  /** Height of a row, px; rows are measured where `measured`. */
  rowHeight?: number;
  measured?: boolean;
  /** Height of the list: a CSS length; fills its place unless given. */
  height?: string | number;
  /** The last rows came into view: time to load more. */
  onEnd?: (() => void) | undefined;
  /** The rows that are in view changed. */
  onView?: ((first: number, last: number) => void) | undefined;
  /** `list` for rows with links in them, `listbox` for rows that are only chosen, `rows` inside a table or grid of roles. */
  as?: "list" | "listbox" | "rows";
  ref?: Ref<VirtualRowsHandle>;
}

const ROLES = { list: ["list", "listitem"], listbox: ["listbox", "option"], rows: ["rowgroup", "row"] } as const;

function rowRoles(as: "list" | "listbox" | "rows", index: number, count: number, current: boolean): Record<string, string | number | boolean> {
  const role = ROLES[as][1];
  if (as === "listbox") return { role, "aria-selected": current, "aria-setsize": count, "aria-posinset": index + 1 };
  if (as === "rows") return { role, "aria-rowindex": index + 2, ...(current ? { "aria-current": true } : {}) };
  return { role, "aria-setsize": count, "aria-posinset": index + 1, ...(current ? { "aria-current": true } : {}) };
}

const OVERSCAN = 8;

/** The virtual list. */
export function VirtualRows(props: VirtualRowsProps) {
  const { count, label, current, onCurrent, onOpen, keyOf, row, rowHeight = 24, measured = false, height = "100%", onEnd, onView, as = "list", ref } = props;
  const scroll = useRef<HTMLDivElement | null>(null);
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoises what it gives
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    ...(keyOf === undefined ? {} : { getItemKey: keyOf }),
  });
  const items = virtual.getVirtualItems();
  const focusRow = useRowFocus(scroll, (index) => virtual.scrollToIndex(index, { align: "auto" }));
  useImperativeHandle(ref, () => ({
    show: (index, align = "auto") => virtual.scrollToIndex(index, { align }),
    focus: focusRow,
    scrollTop: () => scroll.current?.scrollTop ?? 0,
  }), [virtual, focusRow]);
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0) onView?.(first, last);
    if (last >= 0 && last >= count - 1 - OVERSCAN) onEnd?.();
  }, [first, last, count, onView, onEnd]);
  const tabStop = current >= first && current <= last ? current : first;
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the role comes from `as`
    <div
      ref={scroll}
      className={classes.scroll}
      style={{ height }}
      role={ROLES[as][0]}
      aria-label={label}
      tabIndex={count === 0 ? 0 : -1}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const next = rowAfterKey(event.key, current, count, Math.max(1, Math.floor((scroll.current?.clientHeight ?? rowHeight) / rowHeight) - 1));
        if (next !== undefined) {
          onCurrent(next);
          focusRow(next);
        } else if (event.key === "Enter" && current >= 0 && onOpen !== undefined && event.target instanceof HTMLElement && event.target.dataset["row"] !== undefined) onOpen(current);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div className={classes.inner} style={{ height: virtual.getTotalSize() }} role="presentation">
        {items.map((item) => (
          <Row
            key={item.key}
            as={as}
            index={item.index}
            count={count}
            current={item.index === current}
            tabStop={item.index === tabStop}
            measure={measured ? virtual.measureElement : undefined}
            style={{ transform: `translateY(${item.start}px)`, ...(measured ? {} : { height: rowHeight }) }}
            onClick={() => {
              onCurrent(item.index);
              onOpen?.(item.index);
            }}
          >
            {row(item.index, item.index === current)}
          </Row>
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  as: "list" | "listbox" | "rows";
  index: number;
  count: number;
  current: boolean;
  tabStop: boolean;
  measure: ((element: HTMLElement | null) => void) | undefined;
  style: CSSProperties;
  onClick: () => void;
  children: ReactNode;
}

function Row({ as, index, count, current, tabStop, measure, style, onClick, children }: RowProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the list takes the keys, the roles come from `as`
    <div ref={measure} data-index={index} data-row={index} {...rowRoles(as, index, count, current)} data-current={current} tabIndex={tabStop ? 0 : -1} className={classes.row} style={style} onClick={onClick}>
      {children}
    </div>
  );
}

/** Gives a row the focus, if need be once it has been drawn. */
function useRowFocus(scroll: RefObject<HTMLDivElement | null>, show: (index: number) => void): (index: number) => void {
  const wanted = useRef(-1);
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
    if (wanted.current < 0) return;
    const element = scroll.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (element === null || element === undefined) return;
    element.focus({ preventScroll: true });
    wanted.current = -1;
  });
  return useCallback(
    (index) => {
      latest.current(index);
      const element = scroll.current?.querySelector<HTMLElement>(`[data-row="${index}"]`);
      wanted.current = element === null || element === undefined ? index : -1;
      element?.focus({ preventScroll: true });
    },
    [scroll],
  );
}
