// The queries of Explore as rows: what is typed, what has been run, which are hidden. Pure.

/** A query row. `run` is what the URL holds; empty where it has never been run. */
export interface QueryRow {
  /** Tells rows apart as long as the page is open. */
  key: number;
  typed: string;
  run: string;
  hidden: boolean;
}

/** The queries as the URL holds them: `hide` are places in `expr`. */
export interface UrlQueries {
  expr: readonly string[];
  hide: readonly number[];
}

/** Most queries of a page. */
export const MAX_ROWS = 10;

/** The letter of a row: A, B … Z, A1 … */
export function rowLetter(index: number): string {
  return String.fromCodePoint(65 + (index % 26)) + (index >= 26 ? String(Math.floor(index / 26)) : "");
}

function freshKey(rows: readonly QueryRow[]): number {
  return rows.reduce((most, row) => Math.max(most, row.key), 0) + 1;
}

/** A row that has not been run. */
export function emptyRow(rows: readonly QueryRow[], typed = ""): QueryRow {
  return { key: freshKey(rows), typed, run: "", hidden: false };
}

/** Rows for what the URL holds; rows of the same place keep their keys, so that editors live on. */
export function rowsFromUrl(url: UrlQueries, before: readonly QueryRow[]): QueryRow[] {
  const rows: QueryRow[] = [];
  url.expr.slice(0, MAX_ROWS).forEach((expr, index) => {
    const key = before[index]?.key ?? freshKey([...before, ...rows]);
    rows.push({ key, typed: expr, run: expr, hidden: url.hide.includes(index) });
  });
  return rows.length === 0 ? [{ key: before[0]?.key ?? 1, typed: "", run: "", hidden: false }] : rows;
}

/** What the URL holds for rows: those that have been run. */
export function urlOfRows(rows: readonly QueryRow[]): { expr: string[]; hide: number[] } {
  const run = rows.filter((row) => row.run !== "");
  return { expr: run.map((row) => row.run), hide: run.flatMap((row, index) => (row.hidden ? [index] : [])) };
}

/** Whether rows say the same as the URL. */
export function sameAsUrl(rows: readonly QueryRow[], url: UrlQueries): boolean {
  const own = urlOfRows(rows);
  return JSON.stringify(own) === JSON.stringify({ expr: url.expr.slice(0, MAX_ROWS), hide: url.hide.filter((index) => index < url.expr.length).toSorted((a, b) => a - b) });
}

/** All rows as run: what is typed counts from now on. */
export function runRows(rows: readonly QueryRow[]): QueryRow[] {
  return rows.map((row) => ({ ...row, run: row.typed.trim() }));
}

/** The row with this key changed. */
export function changeRow(rows: readonly QueryRow[], key: number, patch: Partial<Omit<QueryRow, "key">>): QueryRow[] {
  return rows.map((row) => (row.key === key ? { ...row, ...patch } : row));
}

/** A copy behind its original; the same rows when there are as many as may be. */
export function duplicateRow(rows: readonly QueryRow[], key: number): QueryRow[] {
  if (rows.length >= MAX_ROWS) return [...rows];
  return rows.flatMap((row) => (row.key === key ? [row, { ...row, key: freshKey(rows) }] : [row]));
}

/** Without a row; one empty row stays. */
export function removeRow(rows: readonly QueryRow[], key: number): QueryRow[] {
  const left = rows.filter((row) => row.key !== key);
  return left.length === 0 ? [emptyRow(rows)] : left;
}

/** A row one place up (-1) or down (1). */
export function moveRow(rows: readonly QueryRow[], key: number, by: -1 | 1): QueryRow[] {
  const from = rows.findIndex((row) => row.key === key);
  const row = rows[from];
  const other = rows[from + by];
  if (row === undefined || other === undefined) return [...rows];
  return rows.map((one, index) => (index === from ? other : index === from + by ? row : one));
}

/** A query into the first empty row, else into a new one at the end, else instead of the last. */
export function insertQuery(rows: readonly QueryRow[], expr: string): QueryRow[] {
  const empty = rows.find((row) => row.typed.trim() === "");
  if (empty !== undefined) return changeRow(rows, empty.key, { typed: expr, run: expr, hidden: false });
  if (rows.length < MAX_ROWS) return [...rows, { ...emptyRow(rows, expr), run: expr }];
  return rows.map((row, index) => (index === rows.length - 1 ? { ...row, typed: expr, run: expr, hidden: false } : row));
}
