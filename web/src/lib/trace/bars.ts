// Where a row's drawings stand: bars, labels, merged stretches, in pixels of the timeline column.
import type { TimeScale } from "./timeScale";

/** A stretch of the timeline, pixels. */
export interface Stretch {
  readonly left: number;
  readonly width: number;
}

/** Bars are never thinner. */
export const LEAST_BAR_PX = 2;

/** The bar of a time, cut to the window; undefined where it lies outside. */
export function stretch(scale: TimeScale, widthPx: number, fromMs: number, toMs: number, leastPx = LEAST_BAR_PX): Stretch | undefined {
  if (toMs < scale.from || fromMs > scale.to) return undefined;
  const left = Math.max(0, scale.place(fromMs)) * widthPx;
  const right = Math.min(1, scale.place(toMs)) * widthPx;
  const width = Math.max(leastPx, right - left);
  return { left: Math.min(left, widthPx - width), width };
}

/** Width of the break that a bar has in the middle of a folded gap that it crosses, px. */
const BREAK_PX = 6;

/** A bar in pieces: broken where it crosses folded gaps. */
export function broken(bar: Stretch, scale: TimeScale, widthPx: number): readonly Stretch[] {
  const pieces: Stretch[] = [];
  let { left } = bar;
  const right = bar.left + bar.width;
  for (const fold of scale.folds) {
    const from = fold.left * widthPx;
    const to = (fold.left + fold.width) * widthPx;
    if (from < left - 0.5 || to > right + 0.5) continue;
    const middle = (from + to) / 2;
    if (middle - BREAK_PX / 2 > left) pieces.push({ left, width: middle - BREAK_PX / 2 - left });
    left = middle + BREAK_PX / 2;
  }
  if (right > left) pieces.push({ left, width: right - left });
  return pieces;
}

/** Joins stretches that touch or overlap; given and returned from left to right. */
export function joined(stretches: readonly Stretch[], gapPx = 0.5): readonly Stretch[] {
  const merged: { left: number; width: number }[] = [];
  for (const one of [...stretches].sort((a, b) => a.left - b.left)) {
    const last = merged.at(-1);
    if (last !== undefined && one.left <= last.left + last.width + gapPx) last.width = Math.max(last.width, one.left + one.width - last.left);
    else merged.push({ ...one });
  }
  return merged;
}

/** An SVG path of boxes. */
export function boxes(stretches: readonly Stretch[], top: number, height: number): string {
  return stretches.map(({ left, width }) => `M${round(left)} ${top}h${round(width)}v${height}h${-round(width)}z`).join("");
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}

/** Where a text beside a bar goes: behind it, before it, or inside. */
export type LabelPlace = "right" | "left" | "inside";

/** Room for a label of so many characters. */
export function labelPlace(bar: Stretch, characters: number, widthPx: number): LabelPlace {
  const need = characters * 6.6 + 12;
  if (widthPx - bar.left - bar.width >= need) return "right";
  return bar.left >= need ? "left" : "inside";
}
