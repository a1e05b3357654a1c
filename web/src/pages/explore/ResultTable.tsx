// Values at the end of the range: labels as columns, sortable.
import { useMemo, useState } from "react";
import { SortHead } from "@/components/SortHead";
import { plural } from "@/lib/numbers";
import { labelColumns, type ResultLine } from "@/lib/promql/results";
import { sampleNumber, writeLabels } from "@/lib/promql/data";
import { sortRows, type Sort } from "@/lib/table";
import { formatterOf, type Unit } from "@/lib/units";
import classes from "./ResultTable.module.css";

interface ResultTableProps {
  lines: readonly ResultLine[];
  /** The unit of a query by its letter. */
  units: ReadonlyMap<string, Unit>;
  /** The moment of the values, written. */
  at: string;
}

const MAX_LINES = 500;

function cellOf(line: ResultLine, units: ReadonlyMap<string, Unit>): string {
  if (line.histogram !== undefined) return `${line.histogram.count} in all, sum ${formatterOf(units.get(line.query))(sampleNumber(line.histogram.sum))}`;
  return Number.isNaN(line.value) ? line.text : formatterOf(units.get(line.query))(line.value);
}

/** The table of instant values. */
export function ResultTable({ lines, units, at }: ResultTableProps) {
  const [sort, setSort] = useState<Sort>();
  const columns = useMemo(() => labelColumns(lines), [lines]);
  const several = new Set(lines.map((line) => line.query)).size > 1;
  const value = (line: ResultLine): string | number | undefined =>
    sort?.key === "value" ? line.value : sort?.key === "query" ? line.query : line.labels[sort?.key.replace(/^label:/u, "") ?? ""];
  const sorted = sort === undefined ? lines : sortRows(lines, value, sort.down);
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <caption className={classes.caption}>
          {`${plural(lines.length, "value")} at ${at}`}
          {lines.length > MAX_LINES ? `, the first ${MAX_LINES} are shown; the download has all` : ""}
        </caption>
        <thead>
          <tr>
            {several ? (
              <SortHead name="query" sort={sort} onSort={setSort}>
                Query
              </SortHead>
            ) : null}
            {columns.map((column) => (
              <SortHead key={column} name={`label:${column}`} sort={sort} onSort={setSort}>
                {column === "__name__" ? "metric" : column}
              </SortHead>
            ))}
            <SortHead name="value" sort={sort} onSort={setSort} right>
              Value
            </SortHead>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, MAX_LINES).map((line) => (
            <tr key={`${line.query}${writeLabels(line.labels)}`}>
              {several ? <td>{line.query}</td> : null}
              {columns.map((column) => (
                <td key={column} className={classes.label} title={line.labels[column]}>
                  {line.labels[column] ?? ""}
                </td>
              ))}
              <td className={classes.value} title={line.text}>
                {cellOf(line, units)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
