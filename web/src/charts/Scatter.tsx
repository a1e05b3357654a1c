// One dot a thing over time and duration (logarithmic); failures are red diamonds. A click or Enter picks the nearest,
// a drag picks an area.
import { useCallback, useMemo, useState } from "react";
import { useZone } from "@/shell/timeRange";
import type { HeatPick } from "@/lib/heat";
import { linearScale, logDurationTicks, logScale, momentLabel, timeTicks, type Scale } from "@/lib/scale";
import { nearestDot, type Dot } from "@/lib/scaleDots";
import { axisFormatterOf, formatDuration } from "@/lib/units";
import { CanvasPlot } from "./CanvasPlot";
import classes from "./Cells.module.css";
import { drawTimeAxis, drawValueAxis, timeTickCount, type Area } from "./canvasAxes";
import { ChartFrame } from "./ChartFrame";
import { Tip } from "./Tip";
import { slotColour, type Palette } from "./usePalette";

interface ScatterProps {
  label: string;
  dots: readonly Dot[];
  fromMs: number;
  toMs: number;
  height: number;
  /** What a dot is: `trace`. */
  noun?: string;
  /** A dot was picked. */
  onPick?: (dot: Dot) => void;
  /** An area was dragged. */
  onArea?: (area: HeatPick) => void;
}

const MARGINS = [8, 8, 22, 52] as const;
const REACH_PX = 24;

interface Frame {
  across: Scale;
  up: Scale;
  low: number;
  high: number;
}

function frameOf(area: Area, dots: readonly Dot[], fromMs: number, toMs: number): Frame {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const dot of dots) {
    const value = Math.max(1e-3, dot.durationMs);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high === 0) [low, high] = [1, 1000];
  low /= 1.6;
  high = Math.max(high * 1.6, low * 10);
  return { low, high, across: linearScale(fromMs, toMs, area.left, area.left + area.width), up: logScale(low, high, area.top + area.height, area.top) };
}

function drawDots(context: CanvasRenderingContext2D, area: Area, palette: Palette, props: Pick<ScatterProps, "dots" | "fromMs" | "toMs">, zone: "local" | "utc"): void {
  const { dots, fromMs, toMs } = props;
  const { across, up, low, high } = frameOf(area, dots, fromMs, toMs);
  const compact = axisFormatterOf("ms");
  drawValueAxis(context, area, logDurationTicks(low, high, Math.floor(area.height / 26)).map((tick) => ({ place: up.place(tick), label: compact(tick) })), palette);
  drawTimeAxis(context, area, timeTicks(fromMs, toMs, timeTickCount(area.width), zone), (ms) => across.place(ms), palette);
  context.globalAlpha = 0.75;
  for (const dot of dots) {
    if (dot.failed) continue;
    context.fillStyle = dot.slot === undefined ? palette.tones.steady : slotColour(palette, dot.slot);
    context.beginPath();
    context.arc(across.place(dot.ms), up.place(dot.durationMs), 3, 0, Math.PI * 2);
    context.fill();
  }
  // Failures last and opaque: they are never hidden below others.
  context.globalAlpha = 1;
  context.fillStyle = palette.tones.red;
  context.strokeStyle = palette.surface;
  for (const dot of dots) {
    if (!dot.failed) continue;
    const x = across.place(dot.ms);
    const y = up.place(dot.durationMs);
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x + 5, y);
    context.lineTo(x, y + 5);
    context.lineTo(x - 5, y);
    context.closePath();
    context.fill();
    context.stroke();
  }
}

/** A scatter plot with its table twin. */
export function Scatter(props: ScatterProps) {
  const { label, fromMs, toMs, height, noun = "trace", onPick, onArea } = props;
  const { zone, dateTime } = useZone();
  const dots = useMemo(() => props.dots.toSorted((a, b) => a.ms - b.ms), [props.dots]);
  const [index, setIndex] = useState(-1);
  const paint = useCallback(
    (context: CanvasRenderingContext2D, area: Area, palette: Palette) => drawDots(context, area, palette, { dots, fromMs, toMs }, zone),
    [dots, fromMs, toMs, zone],
  );
  const find = (x: number, y: number, area: Area): number => {
    const { across, up } = frameOf(area, dots, fromMs, toMs);
    return nearestDot(dots, (dot) => ({ x: across.place(dot.ms), y: up.place(dot.durationMs) }), { x, y }, REACH_PX);
  };
  const dot = dots[index];
  const head = dot === undefined ? "" : momentLabel(dot.ms, 1000, toMs - fromMs, zone);
  return (
    <ChartFrame label={label} height={height} table={() => ({ columns: ["Start", "Name", "Duration", "Result"], rows: dots.map((one) => [dateTime(one.ms), one.name, formatDuration(one.durationMs), one.failed ? "failed" : ""]) })}>
      <CanvasPlot
        label={`${label}, one mark a ${noun}`}
        height={height}
        margins={MARGINS}
        draw={paint}
        standing={{ now: index, max: dots.length - 1, text: dot === undefined ? `arrow keys read ${noun}s in order of time` : `${head}, ${dot.name}, ${formatDuration(dot.durationMs)}${dot.failed ? ", failed" : ""}` }}
        onHover={(spot, area) => setIndex(spot === undefined ? -1 : find(spot.x, spot.y, area))}
        onBlur={() => setIndex(-1)}
        drag="xy"
        onClick={
          onPick &&
          ((spot, area) => {
            const hit = dots[find(spot.x, spot.y, area)];
            if (hit !== undefined) onPick(hit);
          })
        }
        onDrag={
          onArea &&
          ((from, to, area) => {
            const { across, up } = frameOf(area, dots, fromMs, toMs);
            onArea({ fromMs: across.value(from.x), toMs: across.value(to.x), minMs: up.value(to.y), maxMs: up.value(from.y) });
          })
        }
        onKey={(event) => {
          if (event.key === "Enter" && dot !== undefined && onPick !== undefined) {
            onPick(dot);
            return true;
          }
          const steps: Readonly<Record<string, number>> = { ArrowLeft: (index < 0 ? dots.length : index) - 1, ArrowRight: index + 1, Home: 0, End: dots.length - 1 };
          const next = steps[event.key];
          if (next !== undefined) setIndex(Math.max(0, Math.min(dots.length - 1, next)));
          return next !== undefined;
        }}
        overlay={(area, width) => {
          if (dot === undefined) return null;
          const { across, up } = frameOf(area, dots, fromMs, toMs);
          const x = across.place(dot.ms);
          const y = up.place(dot.durationMs);
          const rows = [{ name: dot.name, value: formatDuration(dot.durationMs) }, ...(dot.detail === undefined ? [] : [{ name: dot.detail, value: "" }])];
          return (
            <>
              <div className={classes.ring} style={{ left: x, top: y }} />
              <Tip x={x} y={y} width={width} text={{ head: dot.failed ? `${head} · failed` : head, rows }} />
            </>
          );
        }}
      />
    </ChartFrame>
  );
}
