// The answers over the range as one chart with its legend; native histograms as heat maps below.
import { useMemo, useState } from "react";
import { HeatMap } from "@/charts/HeatMap";
import { TimeChart } from "@/charts/TimeChart";
import { useGo } from "@/components/Go";
import { knownValues } from "@/editor/labelData";
import { hrefs } from "@/lib/href";
import type { HeatData } from "@/lib/heat";
import type { PromSeries } from "@/lib/promql/data";
import type { ChartMark } from "@/lib/scaleChart";
import { histogramHeat } from "@/lib/promql/heatmap";
import { unitOfExpression, type Metadata } from "@/lib/promql/unit";
import { formatterOf, normalUnit, unitInMs, unitWord } from "@/lib/units";
import { Empty } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { marksOf, serviceOf, type ChartContent, type LetteredAnswer, type UnitGroup } from "./chartSeries";
import classes from "./ChartView.module.css";
import { Legend } from "./Legend";
import type { Exemplar } from "./useAnswers";

interface ChartViewProps {
  answers: readonly LetteredAnswer[];
  content: ChartContent;
  metadata: Metadata;
  exemplars: readonly Exemplar[];
  /** Puts a query into the page. */
  onInsert: (expr: string) => void;
}

const HEIGHT = 320;
/** Where the queries have different units, each unit has a chart of its own. */
const SPLIT_HEIGHT = 200;
const NONE: ReadonlySet<string> = new Set();
const NO_MARKS: readonly ChartMark[] = [];
/** Traces of less than this hardly ever hold what a point counted. */
const LEAST_PICK_MS = 15_000;

function groupTitle({ unit, series }: UnitGroup): string {
  return `${[...new Set(series.map((one) => one.letter))].join(", ")} ${unitWord(unit) || "count"}`;
}

/** Chart, legend and heat maps. */
export function ChartView({ answers, content, metadata, exemplars, onInsert }: ChartViewProps) {
  const range = useTimeRange();
  const go = useGo();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(NONE);
  const marks = useMemo(() => content.groups.map((group) => marksOf(group, answers, exemplars, metadata)), [content.groups, answers, exemplars, metadata]);
  // The axis is that of the answers: while new ones are on their way nothing moves.
  const { startMs: fromMs, endMs: toMs, stepS } = answers[0]?.span ?? { ...range, stepS: 1 };
  const stepMs = stepS * 1000;
  const pick = async (fromMs: number, toMs: number, id?: string): Promise<void> => {
    const known = await knownValues("spans", "service.name");
    const series = content.series.find((one) => one.id === id);
    const all = new Set(content.series.map((one) => serviceOf(one.labels, known)));
    const service = series === undefined ? (all.size === 1 ? [...all][0] : undefined) : serviceOf(series.labels, known);
    go(hrefs.traces({ from: String(Math.min(fromMs, toMs - LEAST_PICK_MS)), to: String(toMs), service }));
  };
  if (answers.every((one) => one.data.result.length === 0)) {
    return <Empty title="No series in this range." hint="The query is fine, but nothing that is kept matches it between the two ends of the range. Look further back, or look the metric up in the list of metrics." />;
  }
  return (
    <>
      {content.series.length === 0 ? null : (
        <>
          {content.groups.map((group, index) => group.series.every((one) => hidden.has(one.id)) && hidden.size < content.series.length ? null : (
            <div key={group.unit}>
              {content.groups.length > 1 ? <p className={classes.note}>{groupTitle(group)}</p> : null}
              <TimeChart
                label={`Result of ${answers.map((one) => one.expr).join(", ")}${content.groups.length > 1 ? `, ${groupTitle(group)}` : ""}`}
                series={group.series}
                fromMs={fromMs}
                toMs={toMs}
                height={content.groups.length > 1 ? SPLIT_HEIGHT : HEIGHT}
                unit={group.unit}
                stepMs={stepMs}
                pointAt="end"
                marks={marks[index] ?? NO_MARKS}
                hidden={hidden}
                syncKey="explore"
                onZoom={(from, to) => range.set(String(Math.round(from)), String(Math.round(to)))}
                onPick={(from, to, id) => void pick(from, to, id)}
              />
            </div>
          ))}
          <Legend content={content} hidden={hidden} onHidden={setHidden} />
        </>
      )}
      {answers.map((answer) => (
        <NativeHistogram key={answer.letter} answer={answer} metadata={metadata} onInsert={onInsert} />
      ))}
    </>
  );
}

function useHeat(result: readonly PromSeries[], stepMs: number, scale: number): HeatData | undefined {
  return useMemo(() => histogramHeat(result, stepMs, scale), [result, stepMs, scale]);
}

interface NativeHistogramProps {
  answer: LetteredAnswer;
  metadata: Metadata;
  onInsert: (expr: string) => void;
}

function NativeHistogram({ answer, metadata, onInsert }: NativeHistogramProps) {
  const { set } = useTimeRange();
  const { startMs, endMs, stepS } = answer.span;
  const stepMs = stepS * 1000;
  const unit = normalUnit(unitOfExpression(answer.expr, metadata).replace(/\/s$/u, ""));
  const inMs = unitInMs(unit);
  const { result } = answer.data;
  const scale = inMs ?? 1;
  const heat = useHeat(result, stepMs, scale);
  if (heat === undefined) return null;
  const quantile = `histogram_quantile(0.95, ${answer.expr})`;
  return (
    <div className={classes.histogram}>
      <p className={classes.note}>
        {`${answer.letter} is a histogram${inMs === undefined && unitWord(unit) !== "" ? ` in ${unitWord(unit)}` : ""}: its buckets as a heat map, all series together. A line is drawn by `}
        <button type="button" className={classes.insert} onClick={() => onInsert(quantile)}>
          {quantile}
        </button>
      </p>
      <HeatMap label={`Buckets of ${answer.expr}`} data={heat} fromMs={startMs} toMs={endMs} height={220} noun="observations" {...(inMs === undefined ? { format: formatterOf(unit) } : {})} onPick={({ fromMs, toMs }) => set(String(Math.round(fromMs)), String(Math.round(toMs)))} />
    </div>
  );
}
