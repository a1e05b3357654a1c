// From time to place on the waterfall's axis: straight, but with idle gaps folded to a small fixed width.
import type { TraceModel } from "./model";

/** A stretch of time, milliseconds from the start of the trace. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A folded gap: its time, and its place as a share of the width. */
export interface Fold extends Span {
  readonly left: number;
  readonly width: number;
}

/** Places are shares of the width, 0 to 1 within the window. */
export interface TimeScale {
  readonly from: number;
  readonly to: number;
  readonly folds: readonly Fold[];
  /** Milliseconds that are drawn to scale: those of the window without the folded ones. */
  readonly drawnMs: number;
  place(ms: number): number;
  time(place: number): number;
}

/** A gap is folded if it is longer than this share of the window … */
const GAP_SHARE = 0.05;
/** … and than so many milliseconds. */
const GAP_MS = 1000;
/** At most so many gaps, the longest. */
const MOST_GAPS = 12;
/** Resolution in which gaps are looked for. */
const BUCKETS = 8192;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly width: number;
}

/** A scale for a window of time. `gaps` are within it and by time; each takes `gapShare` of the width. */
export function timeScale(window: Span, gaps: readonly Span[] = [], gapShare = 0.02): TimeScale {
  const length = Math.max(window.to - window.from, 1e-6);
  const folded = gaps.reduce((sum, gap) => sum + (gap.to - gap.from), 0);
  const drawnMs = Math.max(length - folded, 1e-6);
  const perGap = gaps.length === 0 ? 0 : Math.min(gapShare, 0.5 / gaps.length);
  const perMs = (1 - perGap * gaps.length) / drawnMs;
  const pieces: Piece[] = [];
  const folds: Fold[] = [];
  let at = window.from;
  let left = 0;
  const add = (to: number, width: number): void => {
    pieces.push({ from: at, to, left, width });
    at = to;
    left += width;
  };
  for (const gap of gaps) {
    if (gap.from > at) add(gap.from, (gap.from - at) * perMs);
    folds.push({ from: gap.from, to: gap.to, left, width: perGap });
    add(gap.to, perGap);
  }
  if (window.from + length > at) add(window.from + length, (window.from + length - at) * perMs);
  const last = pieces.at(-1);
  return {
    from: window.from,
    to: window.from + length,
    folds,
    drawnMs,
    place: (ms) => {
      if (ms <= window.from) return (ms - window.from) * perMs;
      const piece = pieces.find((one) => ms <= one.to);
      if (piece === undefined) return 1 + (ms - window.from - length) * perMs;
      return piece.left + ((ms - piece.from) / (piece.to - piece.from)) * piece.width;
    },
    time: (place) => {
      const piece = pieces.find((one) => place <= one.left + one.width) ?? last;
      if (piece === undefined || piece.width === 0) return window.from;
      return piece.from + ((place - piece.left) / piece.width) * (piece.to - piece.from);
    },
  };
}

/** Gaps of a window in which no leaf span of the rows from `first` to before `after` is at work, worth folding. By time. */
export function idleGaps(model: TraceModel, window: Span, first: number, after: number): readonly Span[] {
  const length = window.to - window.from;
  const least = Math.max(GAP_MS, length * GAP_SHARE);
  if (!(length > least)) return [];
  const change = new Int32Array(BUCKETS + 1);
  const bucket = length / BUCKETS;
  const leaf = (row: number): boolean => (model.loaded[row] ?? 0) === 0 || (model.children[row] ?? 0) > (model.loaded[row] ?? 0);
  let any = false;
  for (let row = first; row < after; row += 1) {
    if (!leaf(row)) continue;
    const from = (model.start[row] ?? 0) - window.from;
    const to = (model.end[row] ?? 0) - window.from;
    if (to < 0 || from > length) continue;
    any = true;
    const low = Math.max(0, Math.floor(from / bucket));
    const high = Math.min(BUCKETS - 1, Math.floor(to / bucket));
    change[low] = (change[low] ?? 0) + 1;
    change[high + 1] = (change[high + 1] ?? 0) - 1;
  }
  return any ? longest(gapsOf(change, bucket, window.from), least) : [];
}

function gapsOf(change: Int32Array, bucket: number, from: number): Span[] {
  const gaps: Span[] = [];
  let busy = 0;
  let open = -1;
  for (let index = 0; index <= BUCKETS; index += 1) {
    busy += change[index] ?? 0;
    const idle = index < BUCKETS && busy === 0;
    if (idle && open < 0) open = index;
    if (!idle && open >= 0) {
      gaps.push({ from: from + open * bucket, to: from + index * bucket });
      open = -1;
    }
  }
  return gaps;
}

function longest(gaps: readonly Span[], least: number): Span[] {
  return gaps
    .filter((gap) => gap.to - gap.from >= least)
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, MOST_GAPS)
    .sort((a, b) => a.from - b.from);
}
