// How long requests took, over time: a click on a cell leads to the traces in it.
import { useMemo, type ReactElement } from "react";
import type { Overview } from "@/api/schema";
import { HeatMap } from "@/charts/HeatMap";
import { useGo } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { hrefs } from "@/lib/href";
import { heatDataOf } from "@/lib/overview/latency";

interface LatencyProps {
  readonly overview: Overview;
  readonly startMs: number;
}

const ms = (value: number): string => `${Math.max(0, Math.round(value * 1000) / 1000)}ms`;

/** The latency heat map. */
export function Latency({ overview, startMs }: LatencyProps): ReactElement {
  const go = useGo();
  const { latency, stepMs } = overview;
  const data = useMemo(() => heatDataOf(latency, startMs, stepMs), [latency, startMs, stepMs]);
  return (
    <Panel title="Latency" subtitle="of requests, stronger means more">
      <HeatMap
        label="Latency of requests over time"
        data={data}
        height={220}
        fromMs={startMs}
        toMs={Date.parse(overview.end)}
        noun="requests"
        onPick={({ fromMs, toMs, minMs, maxMs }) => go(hrefs.traces({ from: Math.floor(fromMs), to: Math.ceil(toMs), min: ms(minMs), max: ms(maxMs) }))}
      />
    </Panel>
  );
}
