// The waterfall's axis: round ticks that know about folded gaps, and offsets as text.
import { niceStep } from "@/lib/scale";
import type { TimeScale } from "./timeScale";

/** A tick: its place as a share of the width, and what it says. */
export interface AxisTick {
  readonly left: number;
  readonly label: string;
}

const LEAST_PX = 84;

/** Round ticks for an axis of so many pixels. None inside folded gaps, none on top of each other. */
export function axisTicks(scale: TimeScale, widthPx: number): readonly AxisTick[] {
  if (widthPx < LEAST_PX) return [];
  const count = Math.max(2, Math.floor(widthPx / 105));
  const step = niceStep(scale.drawnMs / count, "ms");
  const ticks: AxisTick[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const at of roundTimes(scale, step)) {
    if (scale.folds.some((fold) => at > fold.from && at < fold.to)) continue;
    const left = Math.max(0, scale.place(at));
    if ((left - last) * widthPx < LEAST_PX || left > 1 - 24 / widthPx) continue;
    ticks.push({ left, label: formatOffset(at, step) });
    last = left;
  }
  return ticks;
}

/** Multiples of the step within the window; long gaps are jumped over. */
function roundTimes(scale: TimeScale, step: number): number[] {
  const times: number[] = [];
  let at = Math.ceil(scale.from / step - 1e-9) * step + 0;
  while (at <= scale.to && times.length < 400) {
    times.push(at);
    const next = at + step;
    const fold = scale.folds.find((one) => next > one.from && next < one.to);
    at = fold === undefined ? next : Math.ceil(fold.to / step) * step;
  }
  return times;
}

/** An offset from the trace's start, fine enough to tell steps apart: `0`, `420 ms`, `1.25 s`, `2m 05s`, `1h 02m 03s`. */
export function formatOffset(ms: number, stepMs: number): string {
  const size = Math.abs(ms);
  const sign = ms < 0 ? "−" : "";
  if (size < 1e-9) return "0";
  if (size >= 60_000) return sign + clock(size, stepMs);
  const [unit, word]: readonly [number, string] = size >= 1000 ? [1000, "s"] : size >= 1 ? [1, "ms"] : [1e-3, "µs"];
  const places = decimals(stepMs / unit);
  return `${sign}${(size / unit).toFixed(places)} ${word}`;
}

/** Decimal places in which steps of this size differ exactly; 9 at most. */
function decimals(step: number): number {
  let places = 0;
  for (let scaled = step; places < 9 && Math.abs(scaled - Math.round(scaled)) > 1e-6 * Math.max(1, scaled); places += 1) scaled *= 10;
  return step > 0 ? places : 3;
}

function clock(ms: number, stepMs: number): string {
  const places = stepMs >= 1000 ? 0 : decimals(stepMs / 1000);
  const scale = 10 ** places;
  const total = Math.round((ms / 1000) * scale) / scale;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = (total % 60).toFixed(places).padStart(places === 0 ? 2 : places + 3, "0");
  return hours > 0 ? `${hours}h ${String(minutes).padStart(2, "0")}m ${seconds}s` : `${minutes}m ${seconds}s`;
}
