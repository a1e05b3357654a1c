// The query rows and the URL, kept the same: typing stays local, running writes the URL, going back reads it.
import { useState } from "react";
import { rowsFromUrl, runRows, sameAsUrl, urlOfRows, type QueryRow } from "@/lib/promql/rows";
import type { ExploreSearch } from "./search";

/** Rows and what can be done with them. */
export interface Rows {
  rows: readonly QueryRow[];
  /** Changes rows without running what is typed. */
  change: (next: readonly QueryRow[]) => void;
  /** Runs what is typed in `next`, by default in all rows as they are. */
  run: (next?: readonly QueryRow[]) => void;
}

/** The rows of the page. */
export function useRows(search: ExploreSearch, set: (patch: Partial<ExploreSearch>, how?: "push" | "replace") => void): Rows {
  const [rows, setRows] = useState<readonly QueryRow[]>(() => rowsFromUrl(search, []));
  const [seen, setSeen] = useState(search);
  if (seen !== search) {
    setSeen(search);
    if (!sameAsUrl(rows, search)) setRows(rowsFromUrl(search, rows));
  }
  const change = (next: readonly QueryRow[]): void => {
    setRows(next);
    if (!sameAsUrl(next, search)) set(urlOfRows(next));
  };
  return { rows, change, run: (next = rows) => change(runRows(next)) };
}
