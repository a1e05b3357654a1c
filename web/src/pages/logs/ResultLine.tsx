// How many lines match, of how many, how long the answer took; what is wrong with the answer; what was just done.
import type { ReactElement } from "react";
import type { LogCount } from "@/api/schema";
import { Go } from "@/components/Go";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { hasConditions } from "@/lib/logs/conditions";
import { formatCount, formatExact, plural } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import { useAllCount } from "./useResults";
import classes from "./Page.module.css";

interface ResultLineProps {
  readonly count: LogCount | undefined;
  readonly fetching: boolean;
  readonly loaded: { readonly lines: number; readonly more: boolean };
  readonly said: string;
}

/** The line of results, read out when it changes. */
export function ResultLine({ count, fetching, loaded, said }: ResultLineProps): ReactElement {
  const { conditions } = useLogs();
  const range = useTimeRange();
  const all = useAllCount();
  const failed = toNumber(count?.stats.blocksFailed);
  const matched = toNumber(count?.count);
  const total = all.data === undefined ? undefined : toNumber(all.data.count);
  const filtered = hasConditions(conditions) && total !== undefined && total >= matched;
  return (
    <div className={classes["result"]} role="status" aria-live="polite">
      {count === undefined ? (
        <span>{fetching ? "Counting…" : ""}</span>
      ) : (
        <span>
          <strong>{formatExact(matched)}</strong>
          {filtered ? ` of ${total > 9999 ? "~" : ""}${formatCount(total)}` : ""} {matched === 1 && !filtered ? "line" : "lines"}, {range.label.replace(/^[LTY]/, (letter) => letter.toLowerCase())}
          <span className={classes["quiet"]}>
            , answered in {formatDuration(count.stats.durationMs)}
            {loaded.more ? `, ${formatExact(loaded.lines)} loaded` : ""}
          </span>
        </span>
      )}
      {failed > 0 ? (
        <span className={classes["amber"]}>
          Incomplete: {plural(failed, "block")} could not be read. <Go href={hrefs.status({ tab: "storage" })}>See status</Go>
        </span>
      ) : null}
      {said === "" ? null : <span className={classes["said"]}>{said}</span>}
    </div>
  );
}
