// The waterfall: a tree of spans beside their time, of which only the rows in view exist.
import { useMemo, useRef, useState, type CSSProperties, type MouseEvent, type ReactElement } from "react";
import { useWidth } from "@/charts/useSize";
import { plural } from "@/lib/numbers";
import { timeScale, type TimeScale } from "@/lib/trace/timeScale";
import { remember, remembered } from "@/lib/storage";
import { Empty } from "@/shell/help";
import type { TraceData } from "../useTraceModel";
import type { TraceView } from "../useTraceView";
import { Axis, Backdrop } from "./Axis";
import { Crosshair, type CrosshairHandle } from "./Crosshair";
import { activate, cursorPlace, isOpen, onRowKey, setOpen } from "./moves";
import { MoreRow } from "./MoreRow";
import { onOpener, Row, type RowsShared } from "./Row";
import { TreeEdge } from "./TreeEdge";
import { useBarWidth, useRowsInView } from "./useRowsInView";
import classes from "./Waterfall.module.css";

interface WaterfallProps {
  readonly view: TraceView;
  readonly data: TraceData;
  /** Names stand above their bars. */
  readonly narrow: boolean;
  readonly find: string;
}

/** Width of a folded gap, px. */
const FOLD_PX = 26;
const TREE_PX = 360;

/** The waterfall of a trace. */
export function Waterfall({ view, data, narrow, find }: WaterfallProps): ReactElement {
  const [treePx, setTreePx] = useState(() => Number(remembered("trace.tree") ?? TREE_PX) || TREE_PX);
  const [axisBox, widthPx] = useWidth<HTMLDivElement>();
  const box = useRef<HTMLDivElement | null>(null);
  const cross = useRef<CrosshairHandle | null>(null);
  const [barPx, setBarPx] = useState(0);
  const { rows, window, gaps } = view;
  const scale = useMemo(() => timeScale(window, gaps, FOLD_PX / Math.max(300, widthPx)), [window, gaps, widthPx]);
  const resize = (px: number): void => {
    const kept = Math.round(Math.max(140, Math.min(px, (box.current?.clientWidth ?? 1200) - 160)));
    setTreePx(kept);
    remember("trace.tree", String(kept));
  };
  const style: CSSProperties & Record<"--tree", string> = { "--tree": narrow ? "0px" : `${treePx}px` };
  return (
    <div ref={box} className={classes.waterfall} style={style} data-narrow={narrow || undefined}>
      <div className={classes.head}>
        {narrow ? null : (
          <>
            <div className={classes.headTree}>{plural(rows.length, "row")}</div>
            <TreeEdge width={treePx} onChange={resize} onReset={() => resize(TREE_PX)} />
          </>
        )}
        <div ref={axisBox} className={classes.headAxis} style={{ marginRight: barPx }}>
          {widthPx === 0 ? null : <Axis view={view} scale={scale} widthPx={widthPx} />}
        </div>
      </div>
      <div className={classes.backdrop} style={{ width: widthPx }} aria-hidden>
        {widthPx === 0 ? null : <Backdrop scale={scale} widthPx={widthPx} />}
        <Crosshair ref={cross} scale={scale} widthPx={widthPx} />
      </div>
      {rows.length === 0 ? <NothingShown find={find} /> : null}
      <Rows view={view} data={data} narrow={narrow} scale={scale} widthPx={widthPx} onPointer={(x) => (x === undefined ? cross.current?.hide() : cross.current?.move(x))} onBar={setBarPx} />
    </div>
  );
}

interface RowsProps {
  readonly view: TraceView;
  readonly data: TraceData;
  readonly narrow: boolean;
  readonly scale: TimeScale;
  readonly widthPx: number;
  /** Where the pointer is over the rows, px of the window. */
  readonly onPointer: (clientX: number | undefined) => void;
  /** Width of the scroll bar, px. */
  readonly onBar: (px: number) => void;
}

function Rows({ view, data, narrow, scale, widthPx, onPointer, onBar }: RowsProps): ReactElement {
  const scroller = useRef<HTMLDivElement | null>(null);
  const virtual = useRowsInView(view, narrow, scroller);
  useBarWidth(scroller, onBar);
  const { model, rows, colour, matches } = view;
  const shared: RowsShared = useMemo(() => ({ model, stacks: rows.stacks, scale, widthPx, colour, matches: matches?.flags }), [model, rows.stacks, scale, widthPx, colour, matches]);
  const cursor = cursorPlace(view);
  return (
    <div
      ref={scroller}
      id="trace-rows"
      role="treegrid"
      aria-label="Spans of the trace"
      aria-rowcount={rows.length}
      aria-colcount={2}
      aria-activedescendant={cursor >= virtual.first && cursor <= virtual.last ? `trace-row-${cursor}` : undefined}
      tabIndex={0}
      className={classes.scroller}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
        if (!onRowKey(event.key, view, data, virtual.page)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onMouseMove={(event) => onPointer(event.clientX)}
      onMouseLeave={() => onPointer(undefined)}
    >
      <div role="rowgroup" className={classes.inner} style={{ height: virtual.totalPx }}>
        {virtual.items.map((item) => (
          <Place key={rows.at(item.index)?.key ?? item.index} place={item.index} top={item.start} shared={shared} view={view} data={data} cursor={item.index === cursor} />
        ))}
      </div>
    </div>
  );
}

interface PlaceProps {
  readonly place: number;
  readonly top: number;
  readonly shared: RowsShared;
  readonly view: TraceView;
  readonly data: TraceData;
  readonly cursor: boolean;
}

/** A row at its place; its contents are drawn anew only where they change. */
function Place({ place, top, shared, view, data, cursor }: PlaceProps): ReactElement | null {
  const row = view.rows.at(place);
  if (row === undefined) return null;
  const open = isOpen(view, row);
  const onClick = (event: MouseEvent<HTMLElement>): void => {
    if (onOpener(event) && open !== undefined) setOpen(view, data, row, !open);
    else activate(view, data, row);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid has the focus and takes the keys
    <div
      id={`trace-row-${place}`}
      role="row"
      aria-rowindex={place + 1}
      aria-level={row.level + 1}
      {...(open === undefined ? {} : { "aria-expanded": open })}
      aria-selected={row.kind === "span" && row.row === view.selected}
      className={classes.row}
      data-cursor={cursor || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onClick}
      onDoubleClick={() => (row.kind === "span" ? view.zoomTo(row.row) : undefined)}
    >
      {row.kind === "more" ? <MoreRow data={data} row={row.row} level={row.level} /> : <Row shared={shared} kind={row.kind} row={row.row} level={row.level} open={open} selected={row.kind === "span" && row.row === view.selected} />}
    </div>
  );
}

function NothingShown({ find }: { readonly find: string }): ReactElement {
  return (
    <div className={classes.nothing}>
      <Empty title="No span passes the filters" hint={find === "" ? "Take a filter away above: critical path only, or the least duration." : `Nothing here matches “${find}” together with the other filters.`} />
    </div>
  );
}
