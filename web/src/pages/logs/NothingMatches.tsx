// No line matches: which condition to drop, or a wider range.
import type { ReactElement } from "react";
import { ApiFailure } from "@/api/failure";
import { allChips } from "@/lib/logs/conditions";
import { Empty, Failure } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import classes from "./NothingMatches.module.css";

const WIDER: readonly (readonly [ms: number, from: string, words: string])[] = [
  [3_600_000, "now-3h", "the last 3 hours"], [10_800_000, "now-24h", "the last 24 hours"], [86_400_000, "now-7d", "the last 7 days"],
  [604_800_000, "now-30d", "the last 30 days"],
];

/** The empty state of lists and patterns. `spanMs`: length of the range. */
export function NothingMatches({ spanMs }: { readonly spanMs: number }): ReactElement {
  const { conditions, ask } = useLogs();
  const range = useTimeRange();
  const chips = allChips(conditions);
  const wider = WIDER.find(([ms]) => spanMs <= ms + 1000);
  return (
    <Empty
      title={chips.length === 0 ? "No log lines in this time range" : "No line matches"}
      hint={chips.length === 0 ? "Nothing was logged in this range. Widen it, or look at the newest lines." : "Drop a condition, or widen the range."}
      action={
        <div className={classes["actions"]}>
          {chips.map((chip) => (
            <button key={chip.key} type="button" className={classes["button"]} onClick={() => ask(chip.without)}>
              without <code>{chip.name === "query" ? chip.text : `${chip.name} = ${chip.text}`}</code>
            </button>
          ))}
          {wider === undefined ? null : (
            <button type="button" className={classes["button"]} onClick={() => range.set(wider[1], "now")}>
              {wider[2]}
            </button>
          )}
        </div>
      }
    />
  );
}

/** Why lines, or patterns, could not be had. What is wrong with the query itself stands below its field. */
export function NoAnswer({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactElement {
  const { ask, conditions } = useLogs();
  if (!(error instanceof ApiFailure) || error.field !== "q") return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty
      title="This query cannot be run"
      hint="What is wrong with it stands below the field."
      action={
        <button type="button" className={classes["button"]} onClick={() => ask({ ...conditions, q: "" })}>
          Go on without it
        </button>
      }
    />
  );
}
