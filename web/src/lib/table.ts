// Tables: sorting by a column, walking rows by keyboard. Pure.

/** What a table is sorted by; the sign of URLs: `name`, `-name`. */
export interface Sort {
  key: string;
  down: boolean;
}

/** Reads `-duration` and the like; undefined for an empty text. */
export function parseSort(text: string | undefined): Sort | undefined {
  if (text === undefined || text === "" || text === "-") return undefined;
  return text.startsWith("-") ? { key: text.slice(1), down: true } : { key: text, down: false };
}

/** Writes a sort as URLs carry it. */
export function formatSort(sort: Sort): string {
  return `${sort.down ? "-" : ""}${sort.key}`;
}

/** The sort after a click on a column's head: the other way round, or this column in its first direction. */
export function nextSort(current: Sort | undefined, key: string, downFirst: boolean): Sort {
  return current?.key === key ? { key, down: !current.down } : { key, down: downFirst };
}

/** A cell's value as sorting sees it. */
export type SortValue = number | string | null | undefined;

const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Sorted copy; what has no value comes last in both directions; equal ones keep their order. */
export function sortRows<T>(rows: readonly T[], value: (row: T) => SortValue, down: boolean): T[] {
  return rows.toSorted((a, b) => {
    const left = value(a);
    const right = value(b);
    const noLeft = left === null || left === undefined || Number.isNaN(left);
    const noRight = right === null || right === undefined || Number.isNaN(right);
    if (noLeft || noRight) return Number(noLeft) - Number(noRight);
    const order = typeof left === "number" && typeof right === "number" ? left - right : words.compare(String(left), String(right));
    return down ? -order : order;
  });
}

/** The row a key leads to: j/k and arrows by one, Page by a page, Home and End; undefined for other keys. */
export function rowAfterKey(key: string, current: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  const clamp = (row: number): number => Math.max(0, Math.min(last, row));
  switch (key) {
    case "ArrowDown":
    case "j":
      return clamp(current + 1);
    case "ArrowUp":
    case "k":
      return clamp(current - 1);
    case "PageDown":
      return clamp(current + page);
    case "PageUp":
      return clamp(current - page);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}
