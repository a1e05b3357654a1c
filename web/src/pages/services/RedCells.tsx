// Rate, errors and duration as five cells; every figure leads to the spans behind it.
import type { ReactElement } from "react";
import type { Red } from "@/api/schema";
import { errorTone } from "@/charts/graph/model";
import { Sparkline } from "@/charts/Sparkline";
import { Duration } from "@/components/Figures";
import { Go } from "@/components/Go";
import { toneVar } from "@/lib/colour";
import { toNumber } from "@/lib/counts";
import { NO_VALUE, formatExact, formatPercent } from "@/lib/numbers";
import { perMinute, type Leads } from "@/lib/services/rows";
import { formatDuration } from "@/lib/units";
import classes from "./Page.module.css";

interface RedCellsProps {
  readonly red: Red;
  readonly leads: Leads;
  /** Whose figures they are, for screen readers. */
  readonly what: string;
}

/** A trend without its last bucket, which is not over yet and would look like a fall. */
function whole(trend: Red["trend"]): readonly number[] {
  return trend.slice(0, Math.max(1, trend.length - 1)).map(toNumber);
}

/** The cells. */
export function RedCells({ red, leads, what }: RedCellsProps): ReactElement {
  const { latency } = red;
  const failed = toNumber(red.errorCount);
  const none = toNumber(red.count) === 0;
  const tone = errorTone(red.errorRate);
  const failing = `${formatExact(failed)} of ${formatExact(red.count)} failed`;
  return (
    <>
      <td className={classes["rate"]}>
        <span className={classes["trend"]}>
          <Sparkline values={whole(red.trend)} height={18} />
        </span>
        <Go href={leads.traces} title={`${formatExact(red.count)} spans in the range`}>
          {perMinute(red.perMinute)}
        </Go>
      </td>
      <td>
        {failed === 0 ? (
          <span className={classes["quiet"]}>0%</span>
        ) : (
          <Go href={leads.failed} title={failing} aria-label={`${what} ${formatPercent(red.errorRate)}: ${failing}`} {...(tone === "steady" ? {} : { style: { color: toneVar(tone) } })}>
            {formatPercent(red.errorRate)}
          </Go>
        )}
      </td>
      {(["p50", "p95", "p99"] as const).map((percentile) => (
        <td key={percentile}>
          {none ? (
            <span className={classes["quiet"]}>{NO_VALUE}</span>
          ) : (
            <Go href={leads.slower(latency[percentile])} aria-label={`${what} ${percentile} ${formatDuration(latency[percentile])}: slower traces`}>
              <Duration ms={latency[percentile]} />
            </Go>
          )}
        </td>
      ))}
    </>
  );
}
