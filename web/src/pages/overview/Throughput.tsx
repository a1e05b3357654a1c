// Requests over time by service: a click on a bucket leads to its traces, a drag zooms the whole UI.
import { useMemo, type ReactElement } from "react";
import type { Overview } from "@/api/schema";
import { TimeChart } from "@/charts/TimeChart";
import { useGo } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { wholeBuckets } from "@/lib/overview/figures";
import { useTimeRange } from "@/shell/timeRange";

interface ThroughputProps {
  readonly overview: Overview;
  readonly startMs: number;
}

/** Requests a minute, stacked by service. */
export function Throughput({ overview, startMs }: ThroughputProps): ReactElement {
  const go = useGo();
  const range = useTimeRange();
  const { stepMs, throughput } = overview;
  const endMs = Date.parse(overview.end);
  const series = useMemo(
    () =>
      throughput.map(({ name, slot, values }) => ({
        name,
        slot,
        points: wholeBuckets(values, startMs, stepMs, endMs).map((count, bucket): readonly [number, number] => [startMs + bucket * stepMs, (toNumber(count) * 60_000) / stepMs]),
      })),
    [throughput, startMs, stepMs, endMs],
  );
  return (
    <Panel title="Requests" subtitle="a minute, by service">
      <TimeChart
        label="Requests a minute by service"
        series={series}
        fromMs={startMs}
        toMs={endMs}
        stepMs={stepMs}
        height={series.length > 1 ? 196 : 220}
        kind="stacked"
        legend={series.length > 1}
        syncKey="overview"
        onPick={(from, to) => go(hrefs.traces({ from, to }))}
        onZoom={(from, to) => range.set(new Date(from).toISOString(), new Date(to).toISOString())}
      />
    </Panel>
  );
}
