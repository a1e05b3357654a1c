// What the chart of an alert shows besides its series: the times in which it fired, the threshold. Pure.
import type { Alert, AlertDetail } from "@/api/schema";
import { severityTone } from "@/lib/alerting/severity";
import type { Window } from "@/lib/alerting/links";
import { seriesNames } from "@/lib/promql/names";
import { pointsOf, type RangeData } from "@/lib/promql/data";
import type { ChartBand, Threshold, TimeSeries } from "@/lib/scaleChart";
import { valueTexts } from "@/lib/alerting/words";

/** Times within the window in which this label set fired. */
export function bandsOf(detail: Pick<AlertDetail, "alert" | "earlier">, window: Window): readonly ChartBand[] {
  const tone = severityTone(detail.alert.severity);
  const own = detail.alert.state === "pending" ? [] : [{ firedAt: detail.alert.startsAt, resolvedAt: detail.alert.endsAt, id: detail.alert.id }];
  const spans = [...own, ...detail.earlier.filter((span) => span.id !== detail.alert.id)];
  return spans
    .map((span) => ({ fromMs: Date.parse(span.firedAt), toMs: span.resolvedAt === undefined ? window.toMs : Date.parse(span.resolvedAt), tone }))
    .filter((band) => band.toMs >= window.fromMs && band.fromMs <= window.toMs);
}

/** The line of the threshold, if the rule compares with a number. */
export function thresholdsOf(alert: Pick<Alert, "threshold" | "unit" | "severity">): readonly Threshold[] {
  if (alert.threshold === undefined) return [];
  return [{ value: alert.threshold, label: `threshold ${valueTexts(alert).threshold ?? ""}`, tone: severityTone(alert.severity) }];
}

/** The series of an answer, named by what tells them apart. */
export function seriesOf(data: RangeData, expr: string): readonly TimeSeries[] {
  const drawn = data.result.flatMap((one) => {
    const points = pointsOf(one);
    return points === undefined ? [] : [{ labels: one.metric, points }];
  });
  const { names } = seriesNames(drawn.map((one) => one.labels), expr);
  return drawn.map(({ points }, index) => ({ id: String(index), name: names[index] === undefined || names[index] === "" ? "value" : names[index], points }));
}
