// The list of queries with what can be done with each.
import { IconPlus } from "@tabler/icons-react";
import { notifications } from "@mantine/notifications";
import { changeRow, duplicateRow, emptyRow, MAX_ROWS, moveRow, removeRow, rowLetter, type QueryRow } from "@/lib/promql/rows";
import { useTimeRange } from "@/shell/timeRange";
import controls from "@/shell/controls.module.css";
import classes from "./Page.module.css";
import { QueryEditor, type RowActions } from "./QueryEditor";
import { copyCurl } from "./take";
import type { Explore } from "./useExplore";

const NOTHING = { error: undefined, warnings: [], infos: [], stats: undefined, series: undefined, tookMs: undefined, loading: false };

/** Says in a toast whether something was copied. */
export function tellCopied(what: string, done: boolean): void {
  notifications.show(done ? { message: `Copied ${what}` } : { message: "The browser refused to copy. Plain http beyond localhost has no clipboard.", color: "red" });
}

/** The queries. */
export function Queries({ explore }: { explore: Explore }) {
  const { rows, outcomes, change } = explore;
  const range = useTimeRange();
  const full = rows.length >= MAX_ROWS;
  const actionsOf = (row: QueryRow): RowActions => ({
    type: (typed) => change(changeRow(rows, row.key, { typed })),
    run: explore.run,
    toggle: () => change(changeRow(rows, row.key, { hidden: !row.hidden })),
    duplicate: () => change(duplicateRow(rows, row.key)),
    remove: () => change(removeRow(rows, row.key)),
    move: (by) => change(moveRow(rows, row.key, by)),
    copyCurl: () => {
      void copyCurl({ expr: row.run, startMs: range.startMs, endMs: range.endMs, stepS: explore.stepS, view: explore.search.view }).then((done) => tellCopied("as curl", done));
    },
  });
  return (
    <div>
      <ul className={classes["queries"]} aria-label="Queries">
        {rows.map((row, index) => (
          <QueryEditor
            key={row.key}
            row={row}
            letter={rowLetter(index)}
            outcome={outcomes[index] ?? NOTHING}
            actions={actionsOf(row)}
            first={index === 0}
            last={index === rows.length - 1}
            alone={rows.length === 1}
            full={full}
            autoFocus={row.typed === "" && rows.length > 1}
          />
        ))}
      </ul>
      <button type="button" className={`${controls["button"]} ${classes["add"]}`} disabled={full} title={full ? `A page has at most ${MAX_ROWS} queries` : "Add a query (n)"} onClick={() => change([...rows, emptyRow(rows)])}>
        <IconPlus size={14} aria-hidden />
        Query
      </button>
    </div>
  );
}
