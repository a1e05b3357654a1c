// A virtual list of lines as a grid: only rows in view exist. It keeps its place when lines come in above.
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type CSSProperties, type ReactElement, type Ref, type RefObject } from "react";
import { visibleText } from "@/lib/logs/facets";
import type { Line } from "@/lib/logs/line";
import { rowAfterKey } from "@/lib/table";
import { toneOf } from "@/lib/logs/severity";
import { LineCells, type LineLook } from "./LineRow";
import classes from "./LineList.module.css";

/** What others may ask of the list. */
export interface LineListHandle {
  show(index: number, align: "auto" | "center" | "start" | "end"): void;
  /** Index of the first row that is wholly in view. */
  first(): number;
  /** How far from the end the list is scrolled, px. */
  below(): number;
  scrollTop(): number;
  focus(): void;
}

interface LineListProps {
  readonly label: string;
  readonly count: number;
  /** Undefined while its page is away. */
  readonly lineAt: (index: number) => Line | undefined;
  readonly look: LineLook;
  readonly current: string;
  /** Index of the current line; -1 where it is not among these. */
  readonly currentAt: number;
  readonly onOpen: (line: Line) => void;
  /** What arrows and Enter do. */
  readonly onKeys: { move(to: number): void; openCurrent(): void };
  readonly onView?: ((first: number, last: number) => void) | undefined;
  readonly onScroll?: (() => void) | undefined;
  /** Lines came in above since the list was opened, or (negative) went: the place is kept. */
  readonly above?: number;
  readonly order: "newest" | "oldest";
  readonly onOrder?: (() => void) | undefined;
  readonly onColumns: (columns: readonly string[]) => void;
  readonly ref?: Ref<LineListHandle>;
}

const ROW = 24;
const HEAD = 24;
const OVERSCAN = 6;

/** Widths of the columns; where room is tight a service is its tick alone. */
function widths(look: LineLook, tight: boolean): string {
  const time = look.days ? "142px" : "100px";
  const service = tight ? "22px" : `${Math.min(220, 28 + look.longest * 7.3)}px`;
  const column = tight ? "minmax(60px, 96px)" : "minmax(80px, 160px)";
  return [time, "54px", service, ...look.columns.map(() => column), "minmax(160px, 1fr)", "82px"].join(" ");
}

/** The rows that are in view, what others may ask of them, and the place that is kept when lines come in above. */
function useRows({ count, lineAt, look, above = 0, ref }: LineListProps, scroll: RefObject<HTMLDivElement | null>): { readonly virtual: Virtualizer<HTMLDivElement, Element>; readonly measured: boolean } {
  const narrow = useMediaQuery("(max-width: 640px)") ?? false;
  const measured = look.wrap || narrow;
  const estimate = narrow ? 46 : ROW;
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoises what it gives
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => estimate,
    overscan: OVERSCAN,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    getItemKey: (index) => lineAt(index)?.id ?? `away ${index}`,
  });
  useEffect(() => virtual.measure(), [virtual, measured, estimate]);
  useImperativeHandle(
    ref,
    () => ({
      show: (index, align) => virtual.scrollToIndex(index, { align }),
      first: () => virtual.getVirtualItemForOffset((scroll.current?.scrollTop ?? 0) + HEAD + ROW / 2)?.index ?? 0,
      below: () => (scroll.current === null ? 0 : scroll.current.scrollHeight - scroll.current.scrollTop - scroll.current.clientHeight),
      scrollTop: () => scroll.current?.scrollTop ?? 0,
      focus: () => scroll.current?.focus({ preventScroll: true }),
    }),
    [virtual, scroll],
  );
  const known = useRef(above);
  useLayoutEffect(() => {
    const came = above - known.current;
    known.current = above;
    if (came !== 0 && scroll.current !== null) scroll.current.scrollTop += came * estimate;
  }, [above, estimate, scroll]);
  return { virtual, measured };
}

/** The list. */
export function LineList(props: LineListProps): ReactElement {
  const { label, count, lineAt, look, current, onOpen, onView } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const { virtual, measured } = useRows(props, scroll);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0) onView?.(first, last);
  }, [first, last, count, onView]);
  const columns: CSSProperties & { "--columns": string; "--columns-tight": string } = { "--columns": widths(look, false), "--columns-tight": widths(look, true) };
  const open = items.some((item) => lineAt(item.index)?.id === current) ? `line-${current}` : undefined;
  return (
    <div
      ref={scroll}
      className={classes["scroll"]}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-activedescendant={open}
      tabIndex={0}
      data-wrap={look.wrap}
      style={columns}
      onScroll={props.onScroll}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
        const lines = Math.max(1, Math.floor(event.currentTarget.clientHeight / ROW) - 2);
        const next = rowAfterKey(event.key, props.currentAt, count, lines);
        if (event.key === "Enter") props.onKeys.openCurrent();
        else if (next !== undefined && event.key.length > 1) props.onKeys.move(next);
        else return;
        event.preventDefault();
      }}
    >
      <Head {...props} />
      <div role="rowgroup" className={classes["inner"]} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <Row
            key={item.key}
            place={item.index}
            top={item.start - HEAD}
            line={lineAt(item.index)}
            look={look}
            current={current}
            onOpen={onOpen}
            measure={measured ? virtual.measureElement : undefined}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly place: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly line: Line | undefined;
  readonly look: LineLook;
  readonly current: string;
  readonly onOpen: (line: Line) => void;
  /** Measures the row where rows differ in height. */
  readonly measure: ((element: HTMLDivElement | null) => void) | undefined;
}

function Row({ place, top, line, look, current, onOpen, measure }: RowProps): ReactElement {
  return (
    <div
      ref={measure}
      data-index={place}
      id={line === undefined ? undefined : `line-${line.id}`}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={line?.id === current}
      className={classes["row"]}
      data-tone={line === undefined ? "steady" : toneOf(line.severity)}
      style={{ transform: `translateY(${top}px)`, ...(measure === undefined ? { height: ROW } : {}) }}
      onClick={line === undefined ? undefined : () => selects() || onOpen(line)}
    >
      {line === undefined ? <div role="gridcell" className={classes["away"]} aria-label="Loading" /> : <LineCells line={line} look={look} />}
    </div>
  );
}

/** Whether the click ends a selection of text: that is no wish to open the record. */
function selects(): boolean {
  return (window.getSelection()?.toString() ?? "") !== "";
}

function Head({ look, order, onOrder, onColumns }: LineListProps): ReactElement {
  const Arrow = order === "newest" ? IconArrowDown : IconArrowUp;
  return (
    <div role="rowgroup" className={classes["head"]}>
      <div role="row" aria-rowindex={1} className={classes["headRow"]}>
        <div role="columnheader" className={classes["headCell"]} aria-sort={order === "newest" ? "descending" : "ascending"}>
          {onOrder === undefined ? (
            "Time"
          ) : (
            <button type="button" className={classes["sort"]} title={order === "newest" ? "Newest first; click for oldest first" : "Oldest first; click for newest first"} onClick={onOrder}>
              Time
              <Arrow size={12} aria-hidden />
            </button>
          )}
        </div>
        <div role="columnheader" className={classes["headCell"]}>Level</div>
        <div role="columnheader" className={classes["headCell"]} data-service><span>Service</span></div>
        {look.columns.map((name) => (
          <div key={name} role="columnheader" className={classes["headCell"]} data-column>
            <span className={classes["columnName"]} title={name}>{visibleText(name)}</span>
            <button type="button" className={classes["drop"]} aria-label={`Remove column ${name}`} title="Remove column" onClick={() => onColumns(look.columns.filter((other) => other !== name))}>
              <IconX size={12} aria-hidden />
            </button>
          </div>
        ))}
        <div role="columnheader" className={classes["headCell"]}>Message</div>
        <div role="columnheader" className={classes["headCell"]} data-right>Trace</div>
      </div>
    </div>
  );
}
