// Columns of the list of traces: titles, widths, how they sort. Pure.
import type { Column } from "@/lib/traces/search";

/** A column's head. */
export interface ColumnInfo {
  readonly title: string;
  /** Figures stand at the right. */
  readonly right: boolean;
  /** The first click sorts the greatest first. */
  readonly downFirst: boolean;
  /** Whether it sorts at all. */
  readonly sorts: boolean;
}

/** Heads of all columns. */
export const COLUMN_INFO: Readonly<Record<Column, ColumnInfo>> = {
  start: { title: "Start", right: false, downFirst: true, sorts: true },
  name: { title: "Name", right: false, downFirst: false, sorts: true },
  duration: { title: "Duration", right: true, downFirst: true, sorts: true },
  spans: { title: "Spans", right: true, downFirst: true, sorts: true },
  errors: { title: "Errors", right: true, downFirst: true, sorts: true },
  services: { title: "Services", right: false, downFirst: true, sorts: true },
  id: { title: "Id", right: false, downFirst: false, sorts: false },
};

/** Columns where there is little room. */
export const NARROW_COLUMNS: readonly Column[] = ["name", "start", "duration", "spans", "errors"];

const WIDTHS: Readonly<Record<Column, string>> = {
  start: "92px",
  name: "minmax(160px, 2fr)",
  duration: "150px",
  spans: "64px",
  errors: "64px",
  services: "minmax(110px, 1fr)",
  id: "76px",
};

/** The least that a column takes, px, its gap included. */
const LEAST: Readonly<Record<Column, number>> = { start: 102, name: 170, duration: 160, spans: 74, errors: 74, services: 120, id: 86 };
const DATES = 48;
const TICKS = 50;
/** What gives way first where there is too little room. */
const GIVES_WAY: readonly Column[] = ["id", "services", "spans", "start"];

/** The columns that fit into a width, px; 0 where it is not known yet. */
export function fittingColumns(cols: readonly Column[], width: number, dates: boolean): readonly Column[] {
  let kept = cols;
  const needed = (): number => TICKS + kept.reduce((sum, column) => sum + LEAST[column] + (column === "start" && dates ? DATES : 0), 0);
  for (const column of GIVES_WAY) if (width > 0 && needed() > width) kept = kept.filter((one) => one !== column);
  return kept;
}

/** The grid's columns, that of the ticks first. */
export function templateOf(cols: readonly Column[], dates: boolean): string {
  return ["28px", ...cols.map((column) => (column === "start" && dates ? "140px" : WIDTHS[column]))].join(" ");
}
