// A moment, as long ago as it is; its time of day on hover, and while the row that it stands in has the focus.
import type { ReactElement } from "react";
import { formatAgo, formatDuration } from "@/lib/units";
import { useZone } from "@/shell/timeRange";
import classes from "./Since.module.css";

interface SinceProps {
  /** RFC 3339. */
  readonly at: string;
  /** Unix ms; from `useNow`. */
  readonly nowMs: number;
  /** `for`: how long it lasts (`12m 04s`); `ago`: how long ago it was (`12m ago`, `in 5m`). */
  readonly as?: "ago" | "for";
}

const DAY_MS = 86_400_000;

/** The moment; screen readers hear both. */
export function Since({ at, nowMs, as = "ago" }: SinceProps): ReactElement {
  const zone = useZone();
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return <span>{at}</span>;
  const short = as === "for" ? formatDuration(Math.max(0, Math.floor((nowMs - ms) / 1000) * 1000)).replace(/^0 ms$/u, "0 s") : formatAgo(ms, nowMs);
  const clock = Math.abs(nowMs - ms) < DAY_MS / 2 ? zone.time(ms) : zone.dateTime(ms).slice(5, 16);
  return (
    <time className={classes["since"]} dateTime={at} title={zone.dateTime(ms)}>
      <span className={classes["short"]}>{short}</span>
      <span className={classes["clock"]}>{clock}</span>
    </time>
  );
}
