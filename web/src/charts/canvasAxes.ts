// Axes and grid lines of the charts that draw on a canvas of our own.
import type { Palette } from "./usePalette";
import type { Tick } from "@/lib/scale";

/** The part of a canvas inside the axes, CSS px. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A place on an axis, px along it, with its text. */
export interface PlacedTick {
  place: number;
  label: string;
}

/** Time labels below the area, with thin lines through it. */
export function drawTimeAxis(context: CanvasRenderingContext2D, area: Area, ticks: readonly Tick[], place: (ms: number) => number, palette: Palette): void {
  context.font = palette.font;
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const tick of ticks) {
    const x = Math.round(place(tick.at)) + 0.5;
    if (x < area.left - 1 || x > area.left + area.width + 1) continue;
    line(context, palette.hairline, x, area.top, x, area.top + area.height);
    const half = context.measureText(tick.label).width / 2;
    const centre = Math.min(Math.max(x, half), area.left + area.width + 8 - half);
    context.fillStyle = palette.ink2;
    context.fillText(tick.label, centre, area.top + area.height + 6);
  }
}

/** Value labels left of the area, with thin lines through it. */
export function drawValueAxis(context: CanvasRenderingContext2D, area: Area, ticks: readonly PlacedTick[], palette: Palette): void {
  context.font = palette.font;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const tick of ticks) {
    const y = Math.round(tick.place) + 0.5;
    line(context, palette.hairline, area.left, y, area.left + area.width, y);
    context.fillStyle = palette.ink2;
    context.fillText(tick.label, area.left - 6, y);
  }
}

function line(context: CanvasRenderingContext2D, colour: string, x0: number, y0: number, x1: number, y1: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** How many time labels fit into a width. */
export function timeTickCount(width: number): number {
  return Math.max(2, Math.floor(width / 90));
}
