// The head of a column that sorts: a button that says which way.
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { nextSort, type Sort } from "@/lib/table";
import classes from "./SortHead.module.css";

interface SortHeadProps {
  /** What the sort is called in the URL. */
  name: string;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  /** Figures stand at the right. */
  right?: boolean;
  /** The first click sorts the greatest first. */
  downFirst?: boolean;
  children: ReactNode;
}

/** A `th` with a button in it; `aria-sort` on the one that is in force. */
export function SortHead({ name, sort, onSort, right = false, downFirst = right, children }: SortHeadProps) {
  const mine = sort?.key === name;
  const Icon = mine && sort.down ? IconArrowDown : IconArrowUp;
  return (
    <th scope="col" className={classes.head} data-right={right} {...(mine ? { "aria-sort": sort.down ? ("descending" as const) : ("ascending" as const) } : {})}>
      <button type="button" className={classes.button} onClick={() => onSort(nextSort(sort, name, downFirst))}>
        {children}
        <Icon size={12} aria-hidden className={classes.arrow} data-on={mine} />
      </button>
    </th>
  );
}
