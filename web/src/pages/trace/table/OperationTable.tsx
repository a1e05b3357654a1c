// Operations of a trace: one line each, its longest span one click away.
import { useMemo, useState, type ReactElement } from "react";
import { SortHead } from "@/components/SortHead";
import { slotVar } from "@/lib/colour";
import { formatExact } from "@/lib/numbers";
import { sortRows, type Sort } from "@/lib/table";
import { operationsOf, type Operation } from "@/lib/trace/table/operations";
import { formatDuration } from "@/lib/units";
import type { TraceTabProps } from "../tabs";
import classes from "./TabTable.module.css";
import frame from "../Tab.module.css";

/** Lines that are drawn; the rest is said. */
const SHOWN = 500;

const COLUMNS = [
  { key: "name", head: "Operation", right: false },
  { key: "service", head: "Service", right: false },
  { key: "count", head: "Spans", right: true },
  { key: "errors", head: "Failed", right: true },
  { key: "self", head: "Itself", right: true },
  { key: "total", head: "With children", right: true },
  { key: "mean", head: "Mean", right: true },
  { key: "p95", head: "95 %", right: true },
  { key: "max", head: "Longest", right: true },
  { key: "critical", head: "On critical path", right: true },
] as const;

/** The table of operations. */
export function OperationTable({ model, root, select }: TraceTabProps): ReactElement {
  const [sort, setSort] = useState<Sort>({ key: "self", down: true });
  const operations = useMemo(() => operationsOf(model, root), [model, root]);
  const column = COLUMNS.find((one) => one.key === sort.key) ?? COLUMNS[4];
  const sorted = useMemo(() => sortRows(operations, (one) => one[column.key], sort.down), [operations, column, sort.down]);
  return (
    <div className={frame["scroll"]}>
      <table className={classes["table"]}>
        <caption className={frame["caption"]}>Operations of this trace</caption>
        <thead>
          <tr>
            {COLUMNS.map(({ key, head, right }) => (
              <SortHead key={key} name={key} sort={sort} onSort={setSort} right={right}>
                {head}
              </SortHead>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, SHOWN).map((one) => (
            <Line key={`${one.service} ${one.name}`} one={one} open={() => select(one.example)} />
          ))}
        </tbody>
      </table>
      {sorted.length > SHOWN ? <p className={frame["note"]}>{formatExact(sorted.length - SHOWN)} more operations; sort by another column to see their top.</p> : null}
    </div>
  );
}

function Line({ one, open }: { readonly one: Operation; readonly open: () => void }): ReactElement {
  const times = [one.self, one.total, one.mean, one.p95, one.max, one.critical];
  return (
    <tr>
      <th scope="row">
        <button type="button" className={frame["open"]} onClick={open} title="Open the longest span">
          {one.name}
        </button>
      </th>
      <td>
        <span className={frame["tick"]} style={{ background: slotVar(one.slot) }} />
        {one.service}
      </td>
      <td className={classes["figure"]}>{formatExact(one.count)}</td>
      <td className={classes["figure"]} data-failed={one.errors > 0}>
        {one.errors === 0 ? "–" : formatExact(one.errors)}
      </td>
      {times.map((ms, index) => (
        <td key={COLUMNS[index + 4]?.key} className={classes["figure"]}>
          {ms === 0 ? "–" : formatDuration(ms)}
        </td>
      ))}
    </tr>
  );
}
