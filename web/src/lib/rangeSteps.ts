// Moving a time range: back and forward, out; and widths as the URL writes them.
import { isRelative, type ResolvedRange, type WrittenRange } from "@/lib/timeRange";

const UNITS: readonly (readonly [string, number])[] = [["w", 604_800_000], ["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000]];
const SMALLEST_MS = 1000;
/** Ten years: ranges get no wider. */
const WIDEST_MS = 3_653 * 86_400_000;

/** A width in the largest unit that is exact to the second: `90m`, `3h`, `2d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000)) * 1000;
  const [unit, size] = UNITS.find(([name, length]) => name !== "w" && seconds % length === 0) ?? ["s", 1000];
  return `${seconds / size}${unit}`;
}

/** A time as the URL writes it: RFC 3339 in UTC, without a fraction of zeros. */
export function writeInstant(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** An absolute range as the URL writes it. */
export function writeAbsolute({ startMs, endMs }: ResolvedRange): WrittenRange {
  return { from: writeInstant(startMs), to: writeInstant(endMs) };
}

/** A range of this width that ends now, if the width can be written exactly enough; it moves with the clock. */
function untilNow(widthMs: number): WrittenRange {
  return { from: `now-${formatDuration(widthMs)}`, to: "now" };
}

/** Half a range back or forward. Forward beyond now ends at now, and moves with the clock from there on. */
export function shiftRange({ startMs, endMs }: ResolvedRange, direction: -1 | 1, nowMs: number): WrittenRange {
  const width = Math.max(SMALLEST_MS, endMs - startMs);
  const step = Math.floor(width / 2) * direction;
  // Seconds pass between going back and coming forward again.
  if (direction > 0 && endMs + step >= nowMs - width / 20) return untilNow(width);
  return writeAbsolute({ startMs: Math.max(0, startMs + step), endMs: Math.max(width, endMs + step) });
}

/** Twice the range around its middle; a range that moves with the clock goes on ending now. */
export function zoomOut(range: ResolvedRange & WrittenRange, nowMs: number): WrittenRange {
  const width = Math.max(SMALLEST_MS, range.endMs - range.startMs);
  const wide = Math.min(width * 2, WIDEST_MS);
  if (isRelative(range.to) && range.to === "now") return untilNow(wide);
  const startMs = Math.max(0, range.startMs - Math.floor((wide - width) / 2));
  const endMs = startMs + wide;
  return endMs >= nowMs ? writeAbsolute({ startMs: Math.max(0, nowMs - wide), endMs: nowMs }) : writeAbsolute({ startMs, endMs });
}
