// How much there was over time, stacked by tone: the volume of logs by severity. A drag selects a range, a click or
// Enter picks a bucket.
import { useCallback, useState } from "react";
import { useZone } from "@/shell/timeRange";
import { toneVar, type Tone } from "@/lib/colour";
import { formatCount, formatExact } from "@/lib/numbers";
import { linearScale, linearTicks, momentLabel, timeTicks } from "@/lib/scale";
import { CanvasPlot } from "./CanvasPlot";
import classes from "./Cells.module.css";
import { drawTimeAxis, drawValueAxis, timeTickCount, type Area } from "./canvasAxes";
import { ChartFrame } from "./ChartFrame";
import { Tip } from "./Tip";
import type { Palette } from "./usePalette";

/** A layer of the stack, from the bottom up. */
export interface BarLayer {
  /** `error`, `warn`, `info` … */
  name: string;
  tone: Tone;
}

/** A bucket: its start (Unix ms) and a count a layer. */
export interface BarBucket {
  ms: number;
  counts: readonly number[];
}

interface BarHistogramProps {
  label: string;
  layers: readonly BarLayer[];
  buckets: readonly BarBucket[];
  /** Length of a bucket, ms. */
  stepMs: number;
  fromMs: number;
  toMs: number;
  height: number;
  /** What is counted, in the plural: `records`. */
  noun?: string;
  /** Without the axes, for little room. */
  bare?: boolean;
  /** A range was selected by dragging. */
  onZoom?: (fromMs: number, toMs: number) => void;
  /** A bucket was picked; without it a pick zooms. */
  onPick?: (fromMs: number, toMs: number) => void;
}

const FULL = [6, 8, 22, 44] as const;
const BARE = [2, 0, 2, 0] as const;

function totalOf(bucket: BarBucket): number {
  return bucket.counts.reduce((sum, count) => sum + count, 0);
}

function drawBars(context: CanvasRenderingContext2D, area: Area, palette: Palette, props: Pick<BarHistogramProps, "layers" | "buckets" | "stepMs" | "fromMs" | "toMs" | "bare">, zone: "local" | "utc"): void {
  const { layers, buckets, stepMs, fromMs, toMs, bare = false } = props;
  const most = Math.max(1, ...buckets.map(totalOf));
  const across = linearScale(fromMs, toMs, area.left, area.left + area.width);
  const up = linearScale(0, most * 1.04, area.top + area.height, area.top);
  if (!bare) {
    drawValueAxis(context, area, linearTicks(0, most, Math.max(1, Math.floor(area.height / 28))).map((tick) => ({ place: up.place(tick), label: formatCount(tick) })), palette);
    drawTimeAxis(context, area, timeTicks(fromMs, toMs, timeTickCount(area.width), zone), (ms) => across.place(ms), palette);
  }
  for (const bucket of buckets) {
    const left = Math.max(area.left, Math.round(across.place(bucket.ms)));
    const right = Math.min(area.left + area.width, Math.round(across.place(bucket.ms + stepMs)));
    const wide = Math.max(1, right - left - (right - left > 3 ? 1 : 0));
    let sum = 0;
    layers.forEach((layer, index) => {
      const count = bucket.counts[index] ?? 0;
      if (count <= 0) return;
      const bottom = up.place(sum);
      sum += count;
      // At least a pixel: one error among a million lines has to be seen.
      const tall = Math.max(1, bottom - up.place(sum));
      context.globalAlpha = layer.tone === "steady" ? 0.55 : 1;
      context.fillStyle = palette.tones[layer.tone];
      context.fillRect(left, bottom - tall, wide, tall);
    });
  }
  context.globalAlpha = 1;
}

/** A histogram over time with its table twin. */
export function BarHistogram(props: BarHistogramProps) {
  const { label, layers, buckets, stepMs, fromMs, toMs, height, noun = "records", bare = false, onZoom, onPick } = props;
  const { zone } = useZone();
  const [index, setIndex] = useState(-1);
  const paint = useCallback(
    (context: CanvasRenderingContext2D, area: Area, palette: Palette) => drawBars(context, area, palette, { layers, buckets, stepMs, fromMs, toMs, bare }, zone),
    [bare, buckets, fromMs, layers, stepMs, toMs, zone],
  );
  const say = (ms: number): string => momentLabel(ms, stepMs, toMs - fromMs, zone);
  const bucket = buckets[index];
  const head = bucket === undefined ? "" : `${say(bucket.ms)} to ${say(bucket.ms + stepMs)}`;
  const parts = bucket === undefined ? [] : layers.map((layer, at) => ({ layer, count: bucket.counts[at] ?? 0 })).filter((part) => part.count > 0).toReversed();
  const pick = onPick ?? onZoom;
  const at = (ms: number): number => buckets.findIndex((one) => ms >= one.ms && ms < one.ms + stepMs);
  const msOf = (x: number, area: Area): number => linearScale(fromMs, toMs, area.left, area.left + area.width).value(x);
  const choose = (chosen: number): void => {
    const one = buckets[chosen];
    if (one !== undefined) pick?.(one.ms, one.ms + stepMs);
  };
  return (
    <ChartFrame label={label} height={height} table={() => ({ columns: ["Time", ...layers.map((layer) => layer.name)], rows: buckets.map((one) => [say(one.ms), ...layers.map((_, layer) => formatExact(one.counts[layer] ?? 0))]) })}>
      <CanvasPlot
        label={`${label}, histogram`}
        height={height}
        margins={bare ? BARE : FULL}
        draw={paint}
        standing={{ now: index, max: buckets.length - 1, text: bucket === undefined ? "arrow keys read buckets" : `${head}: ${formatExact(totalOf(bucket))} ${noun}${parts.map((part) => `, ${formatExact(part.count)} ${part.layer.name}`).join("")}` }}
        onHover={(spot, area) => setIndex(spot === undefined ? -1 : at(msOf(spot.x, area)))}
        onBlur={() => setIndex(-1)}
        onClick={pick && ((spot, area) => choose(at(msOf(spot.x, area))))}
        onDrag={onZoom && ((from, to, area) => onZoom(msOf(from.x, area), msOf(to.x, area)))}
        onKey={(event) => {
          if (event.key === "Enter" && bucket !== undefined && pick !== undefined) {
            choose(index);
            return true;
          }
          const steps: Readonly<Record<string, number>> = { ArrowLeft: (index < 0 ? buckets.length : index) - 1, ArrowRight: index + 1, Home: 0, End: buckets.length - 1 };
          const next = steps[event.key];
          if (next !== undefined) setIndex(Math.max(0, Math.min(buckets.length - 1, next)));
          return next !== undefined;
        }}
        overlay={(area, width) => {
          if (bucket === undefined) return null;
          const across = linearScale(fromMs, toMs, area.left, area.left + area.width);
          const left = Math.max(area.left, across.place(bucket.ms));
          const right = Math.min(area.left + area.width, across.place(bucket.ms + stepMs));
          return (
            <>
              <div className={classes.column} style={{ left, width: Math.max(1, right - left), top: area.top, height: area.height }} />
              <Tip
                x={(left + right) / 2}
                y={area.top + 12}
                width={width}
                text={{ head: `${head} · ${formatExact(totalOf(bucket))} ${noun}`, rows: parts.map((part) => ({ name: part.layer.name, value: formatExact(part.count), colour: toneVar(part.layer.tone) })) }}
              />
            </>
          );
        }}
      />
    </ChartFrame>
  );
}
