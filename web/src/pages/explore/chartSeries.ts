// Answers over the range as series of one chart, with what the legend says of them. Pure.
import { hrefs } from "@/lib/href";
import { MAX_SERIES, type ChartMark, type TimeSeries } from "@/lib/scaleChart";
import { SLOT_COUNT } from "@/lib/colour";
import { peakOf, topSeries } from "@/lib/scaleAlign";
import { figuresOf, labelsKey, pointsOf, type Figures, type Labels, type RangeData } from "@/lib/promql/data";
import { seriesNames } from "@/lib/promql/names";
import { fittingUnit, metaOf, unitOfExpression, type Metadata } from "@/lib/promql/unit";
import { formatterOf, unitOfMetric, type Unit } from "@/lib/units";
import type { Exemplar, Span } from "./useAnswers";

/** An answer with the letter and text of its query. */
export interface LetteredAnswer {
  letter: string;
  expr: string;
  data: RangeData;
  /** The range and step that it was asked for. */
  span: Span;
}

/** A series of the chart. */
export interface ChartSeries extends TimeSeries {
  id: string;
  letter: string;
  labels: Labels;
  unit: Unit;
  figures: Figures;
}

/** Series of one unit: a chart. */
export interface UnitGroup {
  unit: Unit;
  series: ChartSeries[];
}

/** What is drawn of all answers. */
export interface ChartContent {
  series: ChartSeries[];
  /** The series by their unit, in the order of the queries. */
  groups: UnitGroup[];
  /** What the series of a query share, by its letter. */
  shared: ReadonlyMap<string, Labels>;
}

/** Series of all answers, in order. */
export function chartContent(answers: readonly LetteredAnswer[], metadata: Metadata): ChartContent {
  const shared = new Map<string, Labels>();
  const many = answers.length > 1;
  const found = answers.flatMap(({ letter, expr, data }) => {
    const drawn = data.result.flatMap((one) => {
      const points = pointsOf(one);
      return points === undefined ? [] : [{ labels: one.metric, points }];
    });
    const named = seriesNames(drawn.map((one) => one.labels), expr);
    if (Object.keys(named.shared).length > 0) shared.set(letter, named.shared);
    const unit = fittingUnit(unitOfExpression(expr, metadata), Math.max(...drawn.map((one) => peakOf(one.points))));
    return drawn.map(({ labels, points }, index): Omit<ChartSeries, "slot"> => ({
      id: `${letter}${labelsKey(labels)}`,
      name: `${many ? `${letter} ` : ""}${named.names[index] ?? ""}`,
      letter,
      labels,
      points,
      unit,
      figures: figuresOf(points),
    }));
  });
  // A colour stays with a series whichever chart it is in.
  const series: ChartSeries[] = found.length === 1 ? found.map((one) => ({ ...one, tone: "steady" as const })) : found.map((one, index) => ({ ...one, slot: index, dashed: index >= SLOT_COUNT }));
  const groups = [...new Set(series.map((one) => one.unit))].map((unit) => ({ unit, series: series.filter((one) => one.unit === unit) }));
  return { series, groups, shared };
}

/** The exemplars of a group's queries as marks. Those in another unit than the axis stand at its foot. */
export function marksOf(group: UnitGroup, answers: readonly LetteredAnswer[], exemplars: readonly Exemplar[], metadata: Metadata): ChartMark[] {
  const letters = new Set(group.series.map((one) => one.letter));
  const exprs = new Set(answers.filter((one) => letters.has(one.letter)).map((one) => one.expr));
  return exemplars
    .filter((one) => exprs.has(one.expr))
    .map(({ metric, ms, value, traceId, spanId }) => {
      const unit = unitOfMetric(metric.replace(/_bucket$/u, ""), metaOf(metadata, metric)?.unit);
      const fits = unit === group.unit;
      const name = `Trace ${traceId.slice(0, 8)}`;
      return { ms, value: fits ? value : Number.NEGATIVE_INFINITY, label: fits ? name : `${name}, ${formatterOf(unit)(value)}`, href: hrefs.trace(traceId, { span: spanId }) };
    });
}

/** Ids of the series that the chart draws. */
export function drawnIds(groups: readonly UnitGroup[], hidden: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(groups.flatMap((group) => topSeries(group.series.filter((one) => !hidden.has(one.id)), MAX_SERIES).map((one) => one.id)));
}

/** What is hidden after a click on a series: all others, or none if it was alone already; with Ctrl just this one turns. */
export function hiddenAfter(series: readonly ChartSeries[], hidden: ReadonlySet<string>, id: string, toggle: boolean): ReadonlySet<string> {
  if (toggle) {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    return next;
  }
  const alone = !hidden.has(id) && series.every((one) => one.id === id || hidden.has(one.id));
  return alone ? new Set() : new Set(series.filter((one) => one.id !== id).map((one) => one.id));
}

/** The service that a series is about: its own label, else the job where that is a known service. */
export function serviceOf(labels: Labels, known: readonly string[]): string | undefined {
  const own = labels["service_name"] ?? labels["service.name"] ?? labels["service"];
  if (own !== undefined) return own;
  const job = labels["job"];
  return job === undefined ? undefined : known.find((name) => name === job || job.endsWith(`/${name}`));
}

/** Kinds of names that the server gives colours to. */
export type NamedKind = "service" | "agent" | "model";

const NAMED: readonly (readonly [string, NamedKind])[] = [
  ["service_name", "service"], ["service", "service"], ["agent", "agent"], ["agent_name", "agent"], ["gen_ai_agent_name", "agent"],
  ["model", "model"], ["gen_ai_request_model", "model"], ["gen_ai_response_model", "model"],
];

/** The label that tells all series apart and names something that has a colour on every page. */
export function namingLabel(series: readonly ChartSeries[]): { label: string; kind: NamedKind } | undefined {
  if (series.length < 2) return undefined;
  const found = NAMED.find(([label]) => new Set(series.map((one) => one.labels[label])).size === series.length && series.every((one) => one.labels[label] !== undefined));
  return found === undefined ? undefined : { label: found[0], kind: found[1] };
}

/** The content in the colours that its services, agents or models have on every page; as it is if one of them has none. */
export function inKnownColours(content: ChartContent, label: string, slots: Readonly<Record<string, number>>): ChartContent {
  const known = new Map(content.series.map((one) => [one.id, slots[one.labels[label] ?? ""]]));
  if ([...known.values()].some((slot) => slot === undefined)) return content;
  const coloured = (one: ChartSeries): ChartSeries => {
    const slot = known.get(one.id) ?? 0;
    return { ...one, slot, dashed: slot >= SLOT_COUNT };
  };
  return { ...content, series: content.series.map(coloured), groups: content.groups.map((group) => ({ ...group, series: group.series.map(coloured) })) };
}
