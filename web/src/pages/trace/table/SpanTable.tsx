// All spans of a trace in a long table of which only the visible rows exist.
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import { VirtualRows } from "@/components/VirtualRows";
import { slotVar } from "@/lib/colour";
import { formatExact } from "@/lib/numbers";
import { nextSort, sortRows, type Sort, type SortValue } from "@/lib/table";
import { ERROR, type TraceModel } from "@/lib/trace/model";
import { agentOf, kindOf, nameOf, serviceOf, slotOf } from "@/lib/trace/read";
import { formatDuration } from "@/lib/units";
import type { TraceTabProps } from "../tabs";
import classes from "./TabTable.module.css";
import frame from "../Tab.module.css";

interface SpanColumn {
  readonly key: string;
  readonly head: string;
  readonly right?: boolean;
  readonly value: (model: TraceModel, row: number) => SortValue;
  readonly text?: (value: number) => string;
}

const COLUMNS: readonly SpanColumn[] = [
  { key: "start", head: "Starts at", right: true, value: (model, row) => model.start[row], text: formatDuration },
  { key: "name", head: "Name", value: nameOf },
  { key: "service", head: "Service", value: serviceOf },
  { key: "agent", head: "Agent", value: agentOf },
  { key: "kind", head: "Kind", value: kindOf },
  { key: "duration", head: "Duration", right: true, value: (model, row) => model.duration[row], text: formatDuration },
  { key: "self", head: "Itself", right: true, value: (model, row) => model.self[row], text: formatDuration },
  { key: "below", head: "Below", right: true, value: (model, row) => model.below[row], text: formatExact },
  { key: "status", head: "Status", value: (model, row) => (model.status[row] === ERROR ? "error" : model.status[row] === 1 ? "ok" : "unset") },
];

/** The table of spans; the search of the page filters it. */
export function SpanTable({ model, root, selected, select, matches, colour }: TraceTabProps): ReactElement {
  const [sort, setSort] = useState<Sort>({ key: "start", down: false });
  const column = COLUMNS.find((one) => one.key === sort.key) ?? COLUMNS[0];
  const rows = useMemo(() => {
    const from = Math.max(0, root);
    const to = root < 0 ? model.count : (model.after[root] ?? model.count);
    const all = matches === undefined ? Array.from({ length: to - from }, (_, index) => from + index) : Array.from(matches.rows).filter((row) => row >= from && row < to);
    return column === undefined ? all : sortRows(all, (row) => column.value(model, row), sort.down);
  }, [model, root, matches, column, sort.down]);
  const current = rows.indexOf(selected);
  return (
    <div className={classes["grid"]} role="table" aria-label="Spans of this trace" aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div role="row" className={classes["line"]} aria-rowindex={1}>
          {COLUMNS.map((one) => (
            <Head key={one.key} column={one} sort={sort} onSort={setSort} />
          ))}
        </div>
      </div>
      <VirtualRows
        as="rows"
        label={`${formatExact(rows.length)} spans`}
        count={rows.length}
        current={current}
        onCurrent={(index) => select(rows[index] ?? -1)}
        keyOf={(index) => model.id[rows[index] ?? -1] ?? index}
        row={(index) => <Cells model={model} row={rows[index] ?? 0} colour={colour} />}
      />
    </div>
  );
}

function Head({ column, sort, onSort }: { readonly column: SpanColumn; readonly sort: Sort; readonly onSort: (sort: Sort) => void }): ReactElement {
  const mine = sort.key === column.key;
  const Icon = mine && sort.down ? IconArrowDown : IconArrowUp;
  return (
    <span role="columnheader" className={classes["head"]} data-right={column.right} {...(mine ? { "aria-sort": sort.down ? ("descending" as const) : ("ascending" as const) } : {})}>
      <button type="button" onClick={() => onSort(nextSort(sort, column.key, column.right === true && column.key !== "start"))}>
        {column.head}
        {mine ? <Icon size={12} aria-hidden /> : null}
      </button>
    </span>
  );
}

function Cells({ model, row, colour }: { readonly model: TraceModel; readonly row: number; readonly colour: TraceTabProps["colour"] }): ReactElement {
  const slot = slotOf(model, row, colour);
  return (
    <div className={classes["line"]} role="presentation">
      {COLUMNS.map((column) => {
        const value = column.value(model, row);
        const text = typeof value === "number" ? (column.text ?? String)(value) : (value ?? "");
        return (
          <span key={column.key} role="cell" className={classes["cell"]} data-right={column.right} data-failed={column.key === "status" && value === "error"} title={text}>
            {column.key === "name" ? <span className={frame["tick"]} style={{ background: slot < 0 ? "var(--steady)" : slotVar(slot) }} /> : null}
            {text}
          </span>
        );
      })}
    </div>
  );
}
