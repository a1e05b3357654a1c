// uPlot behind a handle: the only module that knows it, loaded when the first time chart is shown.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { mixColours, withAlpha } from "@/lib/colour";
import { timeTicks, type Zone } from "@/lib/scale";
import { valueTicks, type ChartBand, type ChartMark, type ChartModel, type Threshold } from "@/lib/scaleChart";
import { axisFormatterOf, type Unit } from "@/lib/units";
import { drawBands, drawMarks, drawThresholds, markAt } from "./uplotMarks";
import { timeTickCount } from "./canvasAxes";
import { slotColour, type Palette } from "./usePalette";

/** What a chart is made of. */
export interface ChartSetup {
  model: ChartModel;
  palette: Palette;
  fromMs: number;
  toMs: number;
  width: number;
  height: number;
  unit: Unit | undefined;
  zone: Zone;
  thresholds: readonly Threshold[];
  marks: readonly ChartMark[];
  bands: readonly ChartBand[];
  syncKey: string | undefined;
}

/** Where the pointer or the keyboard stands; px within the chart. */
export interface ChartHover {
  index: number;
  x: number;
  y: number;
  mark?: ChartMark;
  /** Id of the series that is nearest to the pointer. */
  series?: string;
}

/** Where the plot lies within the chart (CSS px), and the values at its bottom and top. */
export interface ChartPlace {
  left: number;
  top: number;
  width: number;
  height: number;
  min: number;
  max: number;
}

/** What a chart reports. */
export interface ChartEvents {
  /** It was drawn. */
  placed?: ((place: ChartPlace | undefined) => void) | undefined;
  hover(hover: ChartHover | undefined): void;
  zoom: ((fromMs: number, toMs: number) => void) | undefined;
  pick(hover: ChartHover): void;
}

/** Where a cursor was left, to go on from when the chart is drawn anew. */
export interface ChartCursor {
  left: number;
  top: number;
  pointer: boolean;
  keys: boolean;
}

/** A drawn chart. */
export interface ChartHandle {
  cursor(): ChartCursor;
  resize(width: number, height: number): void;
  /** Moves the cursor to a time by its index. */
  point(index: number): void;
  destroy(): void;
}

/** The computed colour of a drawn series. */
export function seriesColour(model: ChartModel, index: number, palette: Palette): string {
  const series = model.series[index];
  if (series?.tone !== undefined) return palette.tones[series.tone];
  return slotColour(palette, series?.slot ?? index);
}

/** Draws a chart into an element. */
export function mountChart(element: HTMLElement, setup: ChartSetup, events: ChartEvents, before?: ChartCursor): ChartHandle {
  const inside = { pointer: before?.pointer ?? false, keys: before?.keys ?? false };
  let nearest: string | undefined;
  const report = (chart: uPlot): void => {
    const { idx, left = -1, top = -1 } = chart.cursor;
    if ((!inside.pointer && !inside.keys) || idx === null || idx === undefined || left < 0) {
      events.hover(undefined);
      return;
    }
    events.hover(hoverOf(chart, setup, { index: idx, left, top, nearest }));
  };
  const focus = (place: number | null): void => {
    nearest = place === null ? undefined : setup.model.series[place - 1]?.id;
  };
  // Only a chart that has its scales knows which point is below a place.
  const resume = (ready: uPlot): void => {
    if (before !== undefined && (before.pointer || before.keys)) ready.setCursor({ left: before.left, top: before.top });
  };
  const chart = new uPlot(optionsOf(setup, events, { report, focus, resume }), dataOf(setup.model), element);
  chart.over.addEventListener("mouseenter", () => {
    inside.pointer = true;
    inside.keys = false;
  });
  chart.over.addEventListener("mouseleave", () => {
    inside.pointer = false;
    events.hover(undefined);
  });
  chart.over.addEventListener("click", () => {
    const { idx, left = -1, top = -1 } = chart.cursor;
    if (idx !== null && idx !== undefined && left >= 0) events.pick(hoverOf(chart, setup, { index: idx, left, top, nearest }));
  });
  return {
    cursor: () => ({ left: chart.cursor.left ?? -1, top: chart.cursor.top ?? -1, ...inside }),
    resize: (width, height) => chart.setSize({ width, height }),
    point: (index) => {
      const ms = setup.model.times[index];
      if (ms === undefined) return;
      inside.keys = true;
      chart.setCursor({ left: chart.valToPos(ms, "x"), top: chart.over.clientHeight / 3 });
      report(chart);
    },
    destroy: () => chart.destroy(),
  };
}

interface Place {
  index: number;
  left: number;
  top: number;
  nearest: string | undefined;
}

function hoverOf(chart: uPlot, { model, marks }: ChartSetup, { index, left, top, nearest }: Place): ChartHover {
  const mark = markAt(chart, marks, left, top);
  const at = model.times[index] ?? 0;
  const x = chart.over.offsetLeft + (mark === undefined ? chart.valToPos(at, "x") : left);
  return { index, x, y: chart.over.offsetTop + 8, ...(mark === undefined ? {} : { mark }), ...(nearest === undefined ? {} : { series: nearest }) };
}

function dataOf(model: ChartModel): uPlot.AlignedData {
  const stacked = model.kind === "stacked" || model.kind === "bars";
  // The highest sum is drawn first, so that lower ones lie on it.
  const rows = stacked ? model.drawn.toReversed() : model.drawn;
  return [[...model.times], ...rows.map((row) => [...row])];
}

interface Watch {
  report: (chart: uPlot) => void;
  focus: (place: number | null) => void;
  resume: (chart: uPlot) => void;
}

function optionsOf(setup: ChartSetup, events: ChartEvents, { report, focus, resume }: Watch): uPlot.Options {
  const { model, palette, syncKey, zone, unit } = setup;
  const format = axisFormatterOf(unit);
  const axis = { stroke: palette.ink2, font: palette.font, grid: { stroke: palette.hairline, width: 1 }, ticks: { show: false } };
  const zoom = events.zoom;
  return {
    width: setup.width,
    height: setup.height,
    ms: 1,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: () => [setup.fromMs, setup.toMs] }, y: { range: () => [model.min, model.max] } },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 6,
        splits: (chart) => timeTicks(setup.fromMs, setup.toMs, timeTickCount(chart.width), zone).map((tick) => tick.at),
        values: (chart) => timeTicks(setup.fromMs, setup.toMs, timeTickCount(chart.width), zone).map((tick) => tick.label),
      },
      {
        ...axis,
        gap: 6,
        size: (chart, values) => {
          chart.ctx.font = palette.font;
          return 14 + Math.ceil(Math.max(38, ...(values ?? []).map((value) => chart.ctx.measureText(value).width)));
        },
        splits: () => valueTicks(model, setup.height, unit),
        values: (_, splits) => splits.map(format),
      },
    ],
    series: [{}, ...seriesOf(setup)],
    focus: { alpha: 1 },
    cursor: {
      x: true,
      y: false,
      points: { one: true, size: 7, width: 1.5 },
      focus: { prox: model.kind === "line" || model.kind === "area" ? 28 : -1 },
      drag: { x: zoom !== undefined, y: false, setScale: false, dist: 5 },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, setSeries: false, scales: ["x", null] as [string, null] } }),
    },
    hooks: {
      ready: [resume],
      setCursor: [report],
      setSeries: [(_, place) => focus(place)],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 5) return;
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          zoom?.(chart.posToVal(left, "x"), chart.posToVal(left + width, "x"));
        },
      ],
      drawAxes: [(chart) => drawBands(chart, setup.bands, palette)],
      draw: [(chart) => drawThresholds(chart, setup.thresholds, palette), (chart) => drawMarks(chart, setup.marks, palette), (chart) => events.placed?.(placeOf(chart))],
    },
  };
}

function placeOf(chart: uPlot): ChartPlace {
  const ratio = window.devicePixelRatio || 1;
  const { left, top, width, height } = chart.bbox;
  return { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio, min: chart.scales["y"]?.min ?? 0, max: chart.scales["y"]?.max ?? 1 };
}

function seriesOf({ model, palette }: ChartSetup): uPlot.Series[] {
  const stacked = model.kind === "stacked" || model.kind === "bars";
  const bars = uPlot.paths.bars?.({ size: [0.9, 40, 1], align: 1 });
  const all = model.series.map((series, index): uPlot.Series => {
    const colour = seriesColour(model, index, palette);
    const lone = (model.raw[index] ?? []).filter((value) => value !== null).length === 1;
    const common: uPlot.Series = { label: series.name, stroke: colour, width: 1.25, points: { show: lone, size: 4 }, ...(series.dashed ? { dash: [5, 3] } : {}) };
    if (model.kind === "bars") {
      const fill = series.tone === "steady" ? mixColours(palette.surface, colour, 0.55) : colour;
      return { ...common, width: 0, fill, points: { show: false }, ...(bars === undefined ? {} : { paths: bars }) };
    }
    if (model.kind === "stacked") return { ...common, fill: mixColours(palette.surface, colour, 0.3) };
    if (model.kind === "area") return { ...common, fill: withAlpha(colour, 0.12) };
    return common;
  });
  return stacked ? all.toReversed() : all;
}
