// What a rule watches over time, with its threshold and the times in which it fired or would have fired.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactElement } from "react";
import { prometheus } from "@/api/prometheus";
import { TimeChart } from "@/charts/TimeChart";
import type { ChartPlace } from "@/charts/uplotEngine";
import { pointsOf, type RangeData } from "@/lib/promql/data";
import { seriesNames } from "@/lib/promql/names";
import { alignedRange } from "@/lib/promql/step";
import { fittingUnit, unitOfExpression } from "@/lib/promql/unit";
import type { ChartBand, Threshold, TimeSeries } from "@/lib/scaleChart";
import { formatterOf } from "@/lib/units";
import { Failure, Loading } from "@/shell/help";
import { ThresholdHandle } from "./ThresholdHandle";
import classes from "./RuleChart.module.css";

interface RuleChartProps {
  /** The left side of the comparison. */
  readonly expr: string;
  /** Unix ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly threshold: number | undefined;
  readonly operator: string | undefined;
  readonly unit: string | undefined;
  readonly bands: readonly ChartBand[];
  readonly height: number;
  readonly onZoom?: (fromMs: number, toMs: number) => void;
  /** The threshold was dragged to another value. */
  readonly onThreshold?: ((value: number) => void) | undefined;
}

/** Peaks between points are not seen, so that there are more of them than elsewhere. */
const POINTS = 1_000;
const STEP_S = 15;
const SERIES_MAX = 200;
const NO_METADATA = new Map();

interface Shown {
  readonly series: readonly TimeSeries[];
  readonly stepMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly peak: number;
}

async function ask(expr: string, startMs: number, endMs: number, signal: AbortSignal): Promise<Shown> {
  const stepS = Math.max(1, Math.ceil((endMs - startMs) / 1000 / POINTS / STEP_S)) * STEP_S;
  const { start, end } = alignedRange(startMs, endMs, stepS);
  const { data } = await prometheus<RangeData>("query_range", { query: expr, start, end, step: stepS, limit: SERIES_MAX }, signal);
  const { names } = seriesNames(data.result.map((one) => one.metric), "value");
  let peak = 0;
  const series = data.result.flatMap((one, place): TimeSeries[] => {
    const points = pointsOf(one);
    for (const [, text] of one.values ?? []) peak = Math.max(peak, Math.abs(Number(text)) || 0);
    return points === undefined ? [] : [{ id: `${place} ${names[place] ?? ""}`, name: names[place] ?? "value", points }];
  });
  return { series, stepMs: stepS * 1000, startMs, endMs, peak };
}

/** The chart; while new figures are on their way those of before stay. */
export function RuleChart(props: RuleChartProps): ReactElement {
  const { expr, startMs, endMs, threshold, operator, height, bands, onZoom, onThreshold } = props;
  const query = useQuery({ queryKey: ["rule chart", expr, startMs, endMs], queryFn: ({ signal }) => ask(expr, startMs, endMs, signal), placeholderData: keepPreviousData, retry: false });
  const [place, setPlace] = useState<ChartPlace>();
  const unit = fittingUnit(props.unit ?? unitOfExpression(expr, NO_METADATA), Math.max(query.data?.peak ?? 0, Math.abs(threshold ?? 0)));
  const thresholds = useMemo(
    (): readonly Threshold[] => (threshold === undefined ? [] : [{ value: threshold, label: `${operator ?? ""} ${formatterOf(unit)(threshold)}`.trim(), tone: "red" }]),
    [threshold, operator, unit],
  );
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <div style={{ height }} aria-busy="true"><Loading rows={Math.floor(height / 28)} height={28} /></div>;
  const { series, stepMs } = query.data;
  return (
    <div className={classes["chart"]} aria-busy={query.isPlaceholderData}>
      <TimeChart
        label="Value of the rule"
        series={series}
        fromMs={query.data.startMs}
        toMs={query.data.endMs}
        height={height}
        unit={unit}
        stepMs={stepMs}
        pointAt="end"
        thresholds={thresholds}
        bands={bands}
        legend={series.length > 1}
        onPlace={setPlace}
        {...(onZoom === undefined ? {} : { onZoom })}
      />
      {series.length === 0 ? <p className={classes["none"]}>No value in this time.</p> : null}
      {onThreshold === undefined || threshold === undefined || place === undefined ? null : <ThresholdHandle value={threshold} operator={operator ?? ">"} unit={unit} place={place} onChange={onThreshold} />}
    </div>
  );
}
