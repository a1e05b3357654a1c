// The share of requests that failed: over the range as bars, over seven days as a figure against its threshold.
import { useMemo, type ReactElement } from "react";
import type { Overview } from "@/api/schema";
import { BarHistogram } from "@/charts/BarHistogram";
import { Go, useGo } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { formatPercent } from "@/lib/numbers";
import { useTimeRange } from "@/shell/timeRange";
import classes from "./Facts.module.css";

interface ErrorRateProps {
  readonly overview: Overview;
  readonly startMs: number;
}

const LAYERS = [
  { name: "failed", tone: "red" },
  { name: "fine", tone: "steady" },
] as const;

/** Failed requests over time and over the week. */
export function ErrorRate({ overview, startMs }: ErrorRateProps): ReactElement {
  const go = useGo();
  const range = useTimeRange();
  const { errors, requests, stepMs, errorRateWeek: week, errorRateThreshold: threshold } = overview;
  const buckets = useMemo(
    () =>
      requests.map((count, bucket) => {
        const failed = toNumber(errors[bucket]);
        return { ms: startMs + bucket * stepMs, counts: [failed, Math.max(0, toNumber(count) - failed)] };
      }),
    [errors, requests, startMs, stepMs],
  );
  const tone = week >= threshold ? "red" : week >= threshold / 2 ? "amber" : "steady";
  return (
    <Panel title="Errors" subtitle={`threshold ${formatPercent(threshold)}`}>
      <BarHistogram
        label="Requests over time, failed ones in red"
        layers={LAYERS}
        buckets={buckets}
        stepMs={stepMs}
        fromMs={startMs}
        toMs={Date.parse(overview.end)}
        height={72}
        noun="requests"
        bare
        onPick={(from, to) => go(hrefs.traces({ from, to, status: "error" }))}
        onZoom={(from, to) => range.set(new Date(from).toISOString(), new Date(to).toISOString())}
      />
      <dl className={classes["facts"]}>
        <dt>Over 7 days</dt>
        <dd data-tone={tone}>
          <Go href={hrefs.traces({ status: "error", from: "now-7d", to: "now" })}>{formatPercent(week)}</Go>
        </dd>
      </dl>
    </Panel>
  );
}
