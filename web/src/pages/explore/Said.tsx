// What the server said about a query: the error spelled out, warnings, infos, and quietly what it cost.
import type { ApiFailure } from "@/api/failure";
import { formatCount, plural } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import type { Outcome } from "./QueryEditor";
import classes from "./Said.module.css";

interface SaidProps {
  error: ApiFailure | undefined;
  message: string | undefined;
  /** The text differs from what was run. */
  edited: boolean;
  outcome: Outcome;
  hidden: boolean;
}

/** Lines below a query. */
export function Said({ error, message, edited, outcome, hidden }: SaidProps) {
  const quiet = hidden ? "hidden" : edited ? "edited, Enter runs it" : message === undefined ? costOf(outcome) : "";
  return (
    <div className={classes.said} role="status">
      {message === undefined ? null : (
        <p className={classes.line} data-tone="red">
          {message}
          {error?.hint === undefined ? null : <span className={classes.hint}> {error.hint}</span>}
        </p>
      )}
      {hidden || edited ? null : (
        <>
          {outcome.warnings.map((text) => (
            <p key={text} className={classes.line} data-tone="amber">
              {`Warning: ${text.replace(/^PromQL warning: /u, "")}`}
            </p>
          ))}
          {outcome.infos.map((text) => (
            <p key={text} className={classes.line}>{`Note: ${text.replace(/^PromQL info: /u, "")}`}</p>
          ))}
        </>
      )}
      {quiet === "" ? null : <p className={classes.cost}>{quiet}</p>}
    </div>
  );
}

function costOf({ stats, series, tookMs }: Outcome): string {
  if (series === undefined) return "";
  const parts = [plural(series, "series", "series")];
  const samples = stats?.samples?.totalQueryableSamples;
  if (samples !== undefined) parts.push(`${formatCount(samples)} samples read`);
  const seconds = stats?.timings?.["execTotalTime"] ?? stats?.timings?.["evalTotalTime"];
  if (seconds !== undefined) parts.push(`${formatDuration(seconds * 1000)} in the engine`);
  if (tookMs !== undefined) parts.push(`${formatDuration(tookMs)} in all`);
  return parts.join(" · ");
}
