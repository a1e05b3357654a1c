// Series over time. Hover reads a moment, a drag zooms, a click or Enter picks the bucket; drawn by uPlot, which is
// loaded with the first chart.
import { useEffect, useMemo, useRef, useState } from "react";
import { useGo } from "@/components/Go";
import { useZone } from "@/shell/timeRange";
import { slotVar, toneVar } from "@/lib/colour";
import { momentLabel } from "@/lib/scale";
import { stepOf } from "@/lib/scaleAlign";
import { chartModel, valuesAt, type ChartBand, type ChartKind, type ChartMark, type ChartModel, type DrawnSeries, type Threshold, type TimeSeries } from "@/lib/scaleChart";
import { formatterOf, type Unit } from "@/lib/units";
import { ChartFrame, type ChartTable } from "./ChartFrame";
import { ChartLegend } from "./ChartLegend";
import classes from "./TimeChart.module.css";
import { Tip, type TipText } from "./Tip";
import type { ChartCursor, ChartEvents, ChartHandle, ChartHover, ChartPlace, ChartSetup } from "./uplotEngine";
import { useFonts } from "./useFonts";
import { usePalette } from "./usePalette";
import { useWidth } from "./useSize";

interface TimeChartProps {
  /** What is shown, for screen readers and the table: `Requests per second`. */
  label: string;
  series: readonly TimeSeries[];
  /** Range of the time axis, Unix ms. */
  fromMs: number;
  toMs: number;
  /** Height of the plot with its axes, px; a legend comes on top. */
  height: number;
  kind?: ChartKind;
  unit?: Unit | undefined;
  /** Length of a bucket, ms: opens gaps where points are missing. Told from the points unless given. */
  stepMs?: number;
  /** Whether a point's time is the start of what it counts (histograms) or its end (rates of PromQL). */
  pointAt?: "start" | "end";
  thresholds?: readonly Threshold[];
  marks?: readonly ChartMark[];
  /** Shaded times. */
  bands?: readonly ChartBand[];
  /** Ids of series that are not drawn. */
  hidden?: ReadonlySet<string>;
  /** A list of the series below the chart that shows and hides them. */
  legend?: boolean;
  /** Charts with one key share their cursor. */
  syncKey?: string;
  onZoom?: (fromMs: number, toMs: number) => void;
  /** Told after each drawing where the plot lies, for what is laid over it; nothing when the table takes its place. */
  onPlace?: (place: ChartPlace | undefined) => void;
  /** A bucket was picked; `seriesId` is the series nearest to the pointer, if one is near. */
  onPick?: (fromMs: number, toMs: number, seriesId?: string) => void;
}

const NONE: readonly never[] = [];
const NO_NAMES: ReadonlySet<string> = new Set();
const TIP_ROWS = 10;

function colourVar(series: DrawnSeries): string {
  return series.tone === undefined ? slotVar(series.slot ?? 0) : toneVar(series.tone);
}

/** A time chart with its table twin. */
export function TimeChart(props: TimeChartProps) {
  const { label, series, fromMs, toMs, height, kind = "line", unit, stepMs, thresholds = NONE, hidden, legend = false } = props;
  const [own, setOwn] = useState<ReadonlySet<string>>(NO_NAMES);
  const { zone } = useZone();
  const out = hidden ?? own;
  const model = useMemo(
    () => chartModel(series, kind, { hidden: out, thresholds, ...(stepMs === undefined ? {} : { stepMs }), ...(unit === undefined ? {} : { unit }) }),
    [series, kind, out, thresholds, stepMs, unit],
  );
  const step = stepMs ?? stepOf(model.times);
  const say = (ms: number): string => momentLabel(ms, step, toMs - fromMs, zone);
  return (
    <div className={classes.chart}>
      <ChartFrame label={label} height={height} table={() => tableOf(model, unit, say)}>
        <Plot {...props} kind={kind} model={model} thresholds={thresholds} step={step} say={say} />
      </ChartFrame>
      {legend ? <ChartLegend all={series} model={model} hidden={out} onHidden={setOwn} /> : null}
      {model.more > 0 ? <p className={classes.more}>{`Top ${model.series.length} by value, ${model.more} more.`}</p> : null}
    </div>
  );
}

function tableOf(model: ChartModel, unit: Unit | undefined, say: (ms: number) => string): ChartTable {
  const format = formatterOf(unit);
  const rows = model.times.map((ms, index) => [say(ms), ...model.raw.map((row) => format(row[index]))]);
  return { columns: ["Time", ...model.series.map((series) => series.name)], rows: rows.toReversed() };
}

interface PlotProps extends TimeChartProps {
  model: ChartModel;
  thresholds: readonly Threshold[];
  step: number;
  say: (ms: number) => string;
}

function Plot(props: PlotProps) {
  const { label, model, height, unit, step, say, onPick, pointAt = "start" } = props;
  const go = useGo();
  const [hover, setHover] = useState<ChartHover>();
  const [box, width] = useWidth<HTMLDivElement>();
  const pick = (at: ChartHover): void => {
    const ms = model.times[at.index];
    if (at.mark?.href !== undefined) go(at.mark.href);
    else if (ms !== undefined) onPick?.(pointAt === "end" ? ms - step : ms, pointAt === "end" ? ms : ms + step, at.series);
  };
  const { handle, failed } = useEngine(box, width, props, { hover: (next) => setHover((before) => sameHover(before, next)), zoom: props.onZoom, placed: props.onPlace, pick });
  const text = hover === undefined || model.times[hover.index] === undefined ? undefined : tipText(model, hover, unit, say);
  const spoken = text === undefined ? "arrow keys read points" : `${text.head}: ${text.rows.map((row) => `${row.name} ${row.value}`).join(", ")}`;
  return (
    <div
      ref={box}
      className={classes.plot}
      data-pick={onPick !== undefined}
      style={{ height }}
      role="slider"
      tabIndex={0}
      aria-label={`${label}, chart`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, model.times.length - 1)}
      aria-valuenow={Math.max(0, hover?.index ?? 0)}
      aria-valuetext={spoken}
      onBlur={() => setHover(undefined)}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const last = model.times.length - 1;
        const at = hover?.index;
        const steps: Readonly<Record<string, number>> = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: last, PageUp: (at ?? last) - 10, PageDown: (at ?? 0) + 10 };
        const next = steps[event.key];
        if (next !== undefined) handle.current?.point(Math.max(0, Math.min(last, next)));
        else if (event.key === "Enter" && hover !== undefined) pick(hover);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {failed ? <p className={classes.failed}>The chart could not be loaded. Its figures are in the table: use the switch at the right.</p> : null}
      {text === undefined || hover === undefined ? null : <Tip text={text} x={hover.x} y={hover.y} width={width} />}
    </div>
  );
}

function sameHover(before: ChartHover | undefined, next: ChartHover | undefined): ChartHover | undefined {
  return before !== undefined && next !== undefined && before.index === next.index && before.mark === next.mark && before.series === next.series ? before : next;
}

function tipText(model: ChartModel, hover: ChartHover, unit: Unit | undefined, say: (ms: number) => string): TipText {
  const format = formatterOf(unit);
  if (hover.mark !== undefined) {
    const value = hover.mark.value === undefined || !Number.isFinite(hover.mark.value) ? "" : format(hover.mark.value);
    return { head: say(hover.mark.ms), rows: [{ name: hover.mark.label, value }], ...(hover.mark.href === undefined ? {} : { foot: "Click opens it" }) };
  }
  const { rows, left, total } = valuesAt(model, hover.index, TIP_ROWS, hover.series);
  const stacked = model.kind === "stacked" || model.kind === "bars";
  const foot = [left > 0 ? `${left} more` : "", stacked && rows.length > 1 ? `total ${format(total)}` : ""].filter((part) => part !== "").join(" · ");
  return {
    head: say(model.times[hover.index] ?? 0),
    rows: rows.length === 0 ? [{ name: "no value", value: "" }] : rows.map((row) => ({ name: row.series.name, value: format(row.value), colour: colourVar(row.series), strong: row.series.id === hover.series })),
    ...(foot === "" ? {} : { foot }),
  };
}

function useEngine(box: React.RefObject<HTMLDivElement | null>, width: number, props: PlotProps, events: ChartEvents) {
  const { model, fromMs, toMs, height, unit, thresholds, marks = NONE, bands = NONE, syncKey } = props;
  const palette = usePalette();
  const fonts = useFonts();
  const { zone } = useZone();
  const handle = useRef<ChartHandle | undefined>(undefined);
  const cursor = useRef<ChartCursor | undefined>(undefined);
  const latest = useRef(events);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    latest.current = events;
  });
  useEffect(() => () => latest.current.placed?.(undefined), []);
  const zooms = events.zoom !== undefined;
  const measured = width > 0 && fonts;
  const size = useRef({ width, height });
  useEffect(() => {
    size.current = { width, height };
    if (width > 0) handle.current?.resize(width, height);
  }, [width, height]);
  useEffect(() => {
    const element = box.current;
    if (element === null || !measured) return undefined;
    let gone = false;
    void import("./uplotEngine").then(
      ({ mountChart }) => {
        if (gone) return;
        const setup: ChartSetup = { model, palette, fromMs, toMs, unit, zone, thresholds, marks, bands, syncKey, ...size.current };
        handle.current = mountChart(element, setup, {
          hover: (hover) => latest.current.hover(hover),
          pick: (hover) => latest.current.pick(hover),
          placed: (place) => latest.current.placed?.(place),
          zoom: zooms ? (from, to) => latest.current.zoom?.(from, to) : undefined,
        }, cursor.current);
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      cursor.current = handle.current?.cursor();
      handle.current?.destroy();
      handle.current = undefined;
    };
  }, [bands, box, fromMs, marks, measured, model, palette, syncKey, thresholds, toMs, unit, zone, zooms]);
  return { handle, failed };
}
