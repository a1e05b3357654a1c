// The heads of the list's columns: buttons that sort, or one choice where there is little room.
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { nextSort, type Sort } from "@/lib/table";
import { COLUMN_INFO } from "@/lib/traces/columns";
import { formatSort, parseSort } from "@/lib/table";
import { DEFAULT_SORT, type Column } from "@/lib/traces/search";
import own from "./ColumnHead.module.css";
import classes from "./ResultTable.module.css";

interface ColumnHeadProps {
  readonly cols: readonly Column[];
  readonly template: string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

/** The row of heads. */
export function ColumnHead({ cols, template, sort, onSort }: ColumnHeadProps): ReactElement {
  return (
    <div role="row" aria-rowindex={1} className={classes["head"]} style={{ gridTemplateColumns: template }}>
      <span role="columnheader" className={classes["cell"]}>
        <span className={classes["hidden"]}>Compare</span>
      </span>
      {cols.map((column) => {
        const { title, right, downFirst, sorts } = COLUMN_INFO[column];
        const mine = sort.key === column;
        const Arrow = mine && sort.down ? IconArrowDown : IconArrowUp;
        return (
          <span key={column} role="columnheader" className={classes["cell"]} data-right={right || undefined} {...(mine ? { "aria-sort": sort.down ? ("descending" as const) : ("ascending" as const) } : {})}>
            {sorts ? (
              <button type="button" className={own["sort"]} onClick={() => onSort(nextSort(sort, column, downFirst))}>
                {title}
                <Arrow size={12} aria-hidden data-on={mine} className={own["arrow"]} />
              </button>
            ) : (
              title
            )}
          </span>
        );
      })}
    </div>
  );
}

const CHOICES: readonly (readonly [string, string])[] = [
  ["-start", "Newest first"], ["-duration", "Slowest first"], ["-errors", "Most errors first"], ["-spans", "Most spans first"],
];

/** The sort as one choice. */
export function SortSelect({ sort, onSort }: Pick<ColumnHeadProps, "sort" | "onSort">): ReactElement {
  return (
    <label className={own["choice"]}>
      Sort
      <select value={formatSort(sort)} onChange={(event) => onSort(parseSort(event.currentTarget.value) ?? DEFAULT_SORT)}>
        {CHOICES.some(([value]) => value === formatSort(sort)) ? null : <option value={formatSort(sort)}>{COLUMN_INFO[sort.key === "name" ? "name" : "start"].title}</option>}
        {CHOICES.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
