// What every chart has around it: a fixed height, and a switch to a table with the same figures.
import { IconChartLine, IconTable } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import classes from "./ChartFrame.module.css";

/** The figures of a chart as a table; rows are cells in the order of the columns. */
export interface ChartTable {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

interface ChartFrameProps {
  /** What the chart shows, for screen readers and as the table's caption. */
  label: string;
  /** Height of the chart, px; the table takes the same. */
  height: number;
  /** Made only when the table is asked for. */
  table: () => ChartTable;
  children: ReactNode;
}

const MAX_ROWS = 500;

/** A chart with its table twin. */
export function ChartFrame({ label, height, table, children }: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? IconChartLine : IconTable;
  const title = asTable ? "Show as chart" : "Show as table";
  return (
    <div className={classes.frame} style={{ height }}>
      {asTable ? <Twin label={label} table={table()} /> : children}
      <button type="button" className={classes.toggle} aria-label={`${title}: ${label}`} title={title} onClick={() => setAsTable(!asTable)}>
        <Icon size={14} aria-hidden />
      </button>
    </div>
  );
}

function Twin({ label, table }: { label: string; table: ChartTable }) {
  const rows = table.rows.slice(0, MAX_ROWS);
  return (
    <section className={classes.scroll} aria-label={`${label}, table`} tabIndex={0}>
      <table className={classes.table}>
        <caption className={classes.caption}>
          {label}
          {table.rows.length > MAX_ROWS ? ` (first ${MAX_ROWS} of ${table.rows.length} rows)` : ""}
        </caption>
        <thead>
          <tr>
            {table.columns.map((column, index) => (
              <th key={`${index}-${column}`} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${index}-${row[0] ?? ""}`}>
              {row.map((cell, column) => (column === 0 ? <th key={table.columns[column]} scope="row">{cell}</th> : <td key={`${column}-${table.columns[column] ?? ""}`}>{cell}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows.length === 0 ? <p className={classes.none}>Nothing in this range.</p> : null}
    </section>
  );
}
