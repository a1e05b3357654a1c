// The value over time: threshold as a line, the times in which it fired shaded.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { prometheus } from "@/api/prometheus";
import type { AlertDetail } from "@/api/schema";
import { TimeChart } from "@/charts/TimeChart";
import { Go, useGo } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { bandsOf, seriesOf, thresholdsOf } from "@/lib/alerting/chart";
import { inWindow, tracesLink, type Window } from "@/lib/alerting/links";
import { hrefs } from "@/lib/href";
import type { RangeData } from "@/lib/promql/data";
import { alignedRange, chosenStep } from "@/lib/promql/step";
import { Failure, Loading } from "@/shell/help";
import classes from "./Page.module.css";

interface AlertChartProps {
  readonly detail: AlertDetail;
  readonly window: Window;
}

const HEIGHT = 220;
/** Points are about three pixels apart in a chart so wide. */
const WIDTH_PX = 800;

/** The chart; without an expression the words that say why there is none. */
export function AlertChart({ detail, window }: AlertChartProps): ReactElement {
  const { chartExpr, expr } = detail;
  const shown = chartExpr ?? expr;
  const link = shown === undefined ? undefined : inWindow(hrefs.explore({ expr: [shown] }), window);
  return (
    <Panel title="Value" subtitle={<code className={classes["expr"]}>{shown ?? ""}</code>} actions={link === undefined ? undefined : <Go href={link}>Explore</Go>} height={HEIGHT}>
      {shown === undefined ? <p className={classes["none"]}>There is no expression to draw: the alert came from another system, or its rule counts spans or log records.</p> : <Chart detail={detail} window={window} expr={shown} />}
    </Panel>
  );
}

function Chart({ detail, window, expr }: AlertChartProps & { readonly expr: string }): ReactElement {
  const go = useGo();
  const { alert } = detail;
  const stepS = chosenStep(window.toMs - window.fromMs, WIDTH_PX);
  const { start, end } = alignedRange(window.fromMs, window.toMs, stepS);
  const { data, error, refetch } = useQuery({
    queryKey: ["alert chart", expr, start, end, stepS],
    queryFn: ({ signal }) => prometheus<RangeData>("query_range", { query: expr, start, end, step: stepS }, signal),
    placeholderData: keepPreviousData,
  });
  const series = useMemo(() => (data === undefined ? [] : seriesOf(data.data, expr)), [data, expr]);
  const bands = useMemo(() => bandsOf(detail, window), [detail, window]);
  const thresholds = useMemo(() => thresholdsOf(alert), [alert]);
  if (data === undefined) return error === null ? <Loading rows={8} /> : <Failure error={error} onRetry={() => void refetch()} />;
  if (series.length === 0) return <p className={classes["none"]}>No samples of this time are kept.</p>;
  const traces = tracesLink(alert, window);
  return (
    <TimeChart
      label={`Value of ${alert.name} over time`}
      series={series}
      fromMs={window.fromMs}
      toMs={window.toMs}
      height={HEIGHT}
      stepMs={stepS * 1000}
      pointAt="end"
      unit={alert.unit}
      thresholds={thresholds}
      bands={bands}
      onZoom={(fromMs, toMs) => go(inWindow(hrefs.explore({ expr: [expr] }), { fromMs, toMs }))}
      {...(traces === undefined ? {} : { onPick: (fromMs: number, toMs: number) => go(tracesLink(alert, { fromMs: Math.min(fromMs, toMs - 60_000), toMs }) ?? traces) })}
    />
  );
}
