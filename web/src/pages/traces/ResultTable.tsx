// The list of traces: a dense virtual table; rows are links, two ticks compare, the keyboard walks.
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from "react";
import { useWidth } from "@/charts/useSize";
import { useGo } from "@/components/Go";
import { VirtualRows, type VirtualRowsHandle } from "@/components/VirtualRows";
import { hrefs } from "@/lib/href";
import { MOST_ROWS, fullBar } from "@/lib/traces/results";
import { formatExact } from "@/lib/numbers";
import type { Sort } from "@/lib/table";
import { NARROW_COLUMNS, fittingColumns, templateOf } from "@/lib/traces/columns";
import type { Column } from "@/lib/traces/search";
import { useShortcuts } from "@/shell/shortcuts";
import { ColumnHead, SortSelect } from "./ColumnHead";
import { ResultRow } from "./ResultRow";
import type { TraceRows } from "./useTraceList";
import classes from "./ResultTable.module.css";

interface ResultTableProps {
  readonly list: TraceRows;
  readonly cols: readonly Column[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  /** Id of the current row's trace. */
  readonly current: string;
  readonly onCurrent: (traceId: string) => void;
  /** Ids that are ticked, two at most. */
  readonly ticked: readonly string[];
  readonly onTick: (traceId: string) => void;
  readonly slotOf: (service: string) => number | undefined;
  /** The range is longer than a day: rows need the date. */
  readonly dates: boolean;
  readonly narrow: boolean;
  readonly onScrolled: (scrolled: boolean) => void;
  /** End of the range: with another one the list begins at its top. */
  readonly end: string;
}

const ROW = 26;
const NARROW_ROW = 48;

/** The table. */
export function ResultTable(props: ResultTableProps): ReactElement {
  const { list, cols, sort, onSort, current, onCurrent, ticked, onTick, slotOf, dates, narrow, onScrolled, end } = props;
  const { rows } = list;
  const go = useGo();
  const handle = useRef<VirtualRowsHandle>(null);
  const at = rows.findIndex((row) => row.traceId === current);
  const full = useMemo(() => fullBar(rows), [rows]);
  useRowKeys(handle, at, rows.length, (index) => onCurrent(rows[index]?.traceId ?? ""));
  useEffect(() => handle.current?.show(0, "start"), [end]);
  const [grid, width, bar] = useRoom(rows.length);
  const shown = narrow ? NARROW_COLUMNS : fittingColumns(cols, width, dates);
  const template = templateOf(shown, dates);
  return (
    <div className={classes["table"]} data-stale={list.stale || undefined}>
      {narrow ? <SortSelect sort={sort} onSort={onSort} /> : null}
      <div ref={grid} role="table" aria-label="Traces" aria-rowcount={rows.length + 1} className={classes["grid"]}>
        <div role="rowgroup" className={narrow ? classes["hidden"] : undefined} style={{ paddingRight: bar }}>
          <ColumnHead cols={shown} template={template} sort={sort} onSort={onSort} />
        </div>
        <VirtualRows
          ref={handle}
          as="rows"
          label="Traces"
          count={rows.length}
          rowHeight={narrow ? NARROW_ROW : ROW}
          current={at}
          onCurrent={(index) => onCurrent(rows[index]?.traceId ?? "")}
          onOpen={(index) => {
            const row = rows[index];
            if (row !== undefined) go(hrefs.trace(row.traceId));
          }}
          keyOf={(index) => rows[index]?.traceId ?? index}
          onEnd={list.loadMore}
          onView={() => onScrolled((handle.current?.scrollTop() ?? 0) > ROW)}
          row={(index) => {
            const row = rows[index];
            if (row === undefined) return null;
            return <ResultRow trace={row} cols={shown} template={template} full={full} dates={dates} slotOf={slotOf} ticked={ticked.includes(row.traceId)} onTick={() => onTick(row.traceId)} narrow={narrow} />;
          }}
        />
      </div>
      <More list={list} />
    </div>
  );
}

/** The width of the rows, and that of the list's scroll bar: the heads leave the same room. */
function useRoom(count: number): readonly [RefObject<HTMLDivElement | null>, number, number] {
  const [grid, outer] = useWidth<HTMLDivElement>();
  const [bar, setBar] = useState(0);
  useLayoutEffect(() => {
    const list = grid.current?.lastElementChild;
    if (list instanceof HTMLElement) setBar(list.offsetWidth - list.clientWidth);
  }, [grid, count, outer]);
  return [grid, Math.max(0, outer - bar), bar];
}

/** j and k from anywhere on the page; inside the list it has them itself. */
function useRowKeys(handle: { readonly current: VirtualRowsHandle | null }, at: number, count: number, onCurrent: (index: number) => void): void {
  const to = (index: number): void => {
    if (count === 0) return;
    const row = Math.max(0, Math.min(count - 1, index));
    onCurrent(row);
    handle.current?.focus(row);
  };
  useShortcuts([
    { keys: "j", what: "next trace", run: () => to(at + 1) },
    { keys: "k", what: "trace before", run: () => to(at < 0 ? 0 : at - 1) },
  ]);
}

function More({ list }: { readonly list: TraceRows }): ReactElement | null {
  if (list.full && (list.more || list.rows.length >= MOST_ROWS)) return <p className={classes["end"]}>{`${formatExact(MOST_ROWS)} traces are shown, no more: narrow the search or the range.`}</p>;
  if (!list.more) return null;
  return (
    <p className={classes["end"]}>
      <button type="button" className={classes["more"]} onClick={list.loadMore} disabled={list.loadingMore}>
        {list.loadingMore ? "Loading more …" : "Load more"}
      </button>
    </p>
  );
}
