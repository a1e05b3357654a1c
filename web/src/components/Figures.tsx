// Times, durations and counts inside text: short to read, exact in the tooltip.
import { useZone } from "@/shell/timeRange";
import { formatCount, formatExact } from "@/lib/numbers";
import { formatAgo, formatDuration } from "@/lib/units";
import classes from "./Figures.module.css";

/** A duration of so many milliseconds. */
export function Duration({ ms }: { ms: number | null | undefined }) {
  return (
    <span className={classes.figure} title={ms === null || ms === undefined ? undefined : `${formatExact(Math.round(ms * 1000))} µs`}>
      {formatDuration(ms)}
    </span>
  );
}

/** A count; the exact one in the tooltip. */
export function CountOf({ count }: { count: number | string | null | undefined }) {
  return (
    <span className={classes.figure} title={formatExact(count)}>
      {formatCount(count)}
    </span>
  );
}

/** How long ago a moment is; `nowMs` is the end of the range or the time of the last refresh. */
export function Ago({ ms, nowMs }: { ms: number; nowMs: number }) {
  const zone = useZone();
  return (
    <time className={classes.figure} dateTime={new Date(ms).toISOString()} title={zone.dateTime(ms)}>
      {formatAgo(ms, nowMs)}
    </time>
  );
}
