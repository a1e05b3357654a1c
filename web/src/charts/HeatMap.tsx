// Counts over time and duration: strength of one hue, rows on a logarithmic axis. Hover reads a cell, a click or
// Enter picks it, a drag picks an area.
import { useCallback, useState, type KeyboardEvent } from "react";
import { useZone } from "@/shell/timeRange";
import { cellRange, columnOf, heatMax, heatRamp, heatShare, rowOf, strongestRow, type HeatCell, type HeatData, type HeatPick } from "@/lib/heat";
import { formatExact } from "@/lib/numbers";
import { linearScale, logDurationTicks, logScale, momentLabel, timeTicks, type Zone } from "@/lib/scale";
import { axisFormatterOf, formatDuration } from "@/lib/units";
import { CanvasPlot, type Spot } from "./CanvasPlot";
import classes from "./Cells.module.css";
import { drawTimeAxis, drawValueAxis, timeTickCount, type Area } from "./canvasAxes";
import { ChartFrame, type ChartTable } from "./ChartFrame";
import { Tip } from "./Tip";
import type { Palette } from "./usePalette";

interface HeatMapProps {
  /** What is shown: `Latency of requests`. */
  label: string;
  data: HeatData;
  height: number;
  /** Range of the time axis, ms. */
  fromMs: number;
  toMs: number;
  /** What is counted, in the plural: `spans`. */
  noun?: string;
  /** Writes a bound; durations of milliseconds unless given. */
  format?: (value: number) => string;
  /** A cell (click, Enter) or an area (drag). */
  onPick?: (pick: HeatPick) => void;
}

const MARGINS = [6, 8, 22, 52] as const;
const RAMP = 64;

interface Frame {
  x(ms: number): number;
  ms(x: number): number;
  y(value: number): number;
  value(y: number): number;
}

function frameOf(area: Area, { data, fromMs, toMs }: Pick<HeatMapProps, "data" | "fromMs" | "toMs">): Frame {
  const low = data.bounds.find((bound) => bound > 0) ?? 1;
  const across = linearScale(fromMs, toMs, area.left, area.left + area.width);
  const up = logScale(low, Math.max(low * 2, data.bounds.at(-1) ?? 2), area.top + area.height, area.top);
  return { x: (ms) => across.place(ms), ms: (x) => across.value(x), y: (value) => up.place(value), value: (y) => up.value(y) };
}

function draw(context: CanvasRenderingContext2D, area: Area, palette: Palette, props: HeatMapProps, zone: Zone): void {
  const { data } = props;
  const frame = frameOf(area, props);
  const compact = axisFormatterOf("ms");
  const ticks = logDurationTicks(data.bounds.find((bound) => bound > 0) ?? 1, data.bounds.at(-1) ?? 1, Math.floor(area.height / 26));
  drawValueAxis(context, area, ticks.map((tick) => ({ place: frame.y(tick), label: (props.format ?? compact)(tick) })), palette);
  drawTimeAxis(context, area, timeTicks(props.fromMs, props.toMs, timeTickCount(area.width), zone), frame.x, palette);
  const max = heatMax(data);
  const ramp = heatRamp(palette.heat[0], palette.heat[1], RAMP);
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  data.counts.forEach((counts, column) => {
    counts.forEach((count, row) => {
      const range = count > 0 ? cellRange(data, { column, row }) : undefined;
      if (range === undefined) return;
      const left = Math.round(frame.x(range.fromMs));
      const right = Math.round(frame.x(range.toMs));
      const top = Math.round(frame.y(range.maxMs));
      const bottom = Math.round(frame.y(range.minMs));
      context.fillStyle = ramp[Math.round(heatShare(count, max) * (RAMP - 1))] ?? palette.heat[1];
      const gap = right - left > 3 ? 1 : 0;
      context.fillRect(left, top, Math.max(1, right - left - gap), Math.max(1, bottom - top - 1));
    });
  });
  context.restore();
}

function tableOf({ data, format = formatDuration }: HeatMapProps, say: (ms: number) => string): ChartTable {
  const rows: string[][] = [];
  data.counts.forEach((counts, column) => {
    counts.forEach((count, row) => {
      const range = count > 0 ? cellRange(data, { column, row }) : undefined;
      if (range !== undefined) rows.push([say(range.fromMs), format(range.minMs), format(range.maxMs), formatExact(count)]);
    });
  });
  return { columns: ["Time", "From", "To", "Count"], rows };
}

function walk(event: KeyboardEvent, cell: HeatCell | undefined, data: HeatData): HeatCell | undefined {
  const columns = data.times.length;
  const rows = data.bounds.length - 1;
  if (columns === 0 || rows < 1) return undefined;
  const sideways = (column: number): HeatCell => {
    const kept = Math.max(0, Math.min(columns - 1, column));
    return { column: kept, row: strongestRow(data, kept) };
  };
  const at = cell ?? { column: columns, row: 0 };
  if (event.key === "ArrowLeft") return sideways(at.column - 1);
  if (event.key === "ArrowRight") return sideways(cell === undefined ? 0 : at.column + 1);
  if (event.key === "Home") return sideways(0);
  if (event.key === "End") return sideways(columns - 1);
  if (cell === undefined) return undefined;
  if (event.key === "ArrowUp") return { column: cell.column, row: Math.min(rows - 1, cell.row + 1) };
  if (event.key === "ArrowDown") return { column: cell.column, row: Math.max(0, cell.row - 1) };
  return undefined;
}

function cellAt(spot: Spot, area: Area, props: HeatMapProps): HeatCell | undefined {
  const frame = frameOf(area, props);
  if (spot.x < area.left || spot.x > area.left + area.width || spot.y < area.top || spot.y > area.top + area.height) return undefined;
  const column = columnOf(props.data, frame.ms(spot.x));
  return column < 0 ? undefined : { column, row: rowOf(props.data.bounds, frame.value(spot.y)) };
}

/** A heat map with its table twin. */
export function HeatMap(props: HeatMapProps) {
  const { label, data, height, fromMs, toMs, noun = "spans", format = formatDuration, onPick } = props;
  const { zone } = useZone();
  const [cell, setCell] = useState<HeatCell>();
  const paint = useCallback(
    (context: CanvasRenderingContext2D, area: Area, palette: Palette) => draw(context, area, palette, { label, data, height, fromMs, toMs, ...(props.format ? { format: props.format } : {}) }, zone),
    [data, fromMs, height, label, props.format, toMs, zone],
  );
  const say = (ms: number): string => momentLabel(ms, data.stepMs, toMs - fromMs, zone);
  const range = cell === undefined ? undefined : cellRange(data, cell);
  const count = cell === undefined ? 0 : (data.counts[cell.column]?.[cell.row] ?? 0);
  const head = range === undefined ? "" : `${say(range.fromMs)} to ${say(range.toMs)}`;
  const body = range === undefined ? "" : `${format(range.minMs)} to ${format(range.maxMs)}`;
  return (
    <ChartFrame label={label} height={height} table={() => tableOf(props, say)}>
      <CanvasPlot
        label={`${label}, heat map`}
        height={height}
        margins={MARGINS}
        draw={paint}
        standing={{ now: cell?.column ?? 0, max: data.times.length - 1, text: range === undefined ? "arrow keys read cells" : `${head}, ${body}: ${formatExact(count)} ${noun}` }}
        onHover={(spot, area) => setCell(spot === undefined ? undefined : cellAt(spot, area, props))}
        onBlur={() => setCell(undefined)}
        onClick={
          onPick &&
          ((spot, area) => {
            const hit = cellAt(spot, area, props);
            const pick = hit === undefined ? undefined : cellRange(data, hit);
            if (pick !== undefined) onPick(pick);
          })
        }
        drag="xy"
        onDrag={
          onPick &&
          ((from, to, area) => {
            const frame = frameOf(area, props);
            onPick({ fromMs: frame.ms(from.x), toMs: frame.ms(to.x), minMs: frame.value(to.y), maxMs: frame.value(from.y) });
          })
        }
        onKey={(event) => {
          if (event.key === "Enter" && range !== undefined && onPick !== undefined) {
            onPick(range);
            return true;
          }
          const next = walk(event, cell, data);
          if (next !== undefined) setCell(next);
          return next !== undefined;
        }}
        overlay={(area, width) => {
          if (range === undefined) return null;
          const frame = frameOf(area, props);
          const left = frame.x(range.fromMs);
          const top = frame.y(range.maxMs);
          return (
            <>
              <div className={classes.cell} style={{ left, top, width: frame.x(range.toMs) - left, height: frame.y(range.minMs) - top }} />
              <Tip x={frame.x(range.toMs)} y={top} width={width} text={{ head, rows: [{ name: body, value: `${formatExact(count)} ${noun}` }] }} />
            </>
          );
        }}
      />
    </ChartFrame>
  );
}
