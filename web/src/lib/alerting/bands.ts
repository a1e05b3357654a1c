// Times in which alerts fire as shaded stretches of a chart: what overlaps becomes one, so that many are not darker. Pure.
import type { Tone } from "@/lib/colour";
import type { ChartBand } from "@/lib/scaleChart";

const WORST_FIRST: readonly Tone[] = ["red", "amber", "accent", "steady"];

/** The parts of `band` that lie outside of `taken`, which is in order and without overlaps. */
function outside(band: ChartBand, taken: readonly ChartBand[]): readonly ChartBand[] {
  const parts: ChartBand[] = [];
  let from = band.fromMs;
  for (const one of taken) {
    if (one.toMs <= from || one.fromMs >= band.toMs) continue;
    if (one.fromMs > from) parts.push({ ...band, fromMs: from, toMs: one.fromMs });
    from = Math.max(from, one.toMs);
  }
  if (from < band.toMs) parts.push({ ...band, fromMs: from });
  return parts;
}

/** Bands without overlaps, in order; where tones differ the worse one stays. */
export function mergedBands(bands: readonly ChartBand[]): readonly ChartBand[] {
  const taken: ChartBand[] = [];
  for (const tone of WORST_FIRST) {
    const mine: ChartBand[] = [];
    for (const band of bands.filter((one) => one.tone === tone && one.toMs > one.fromMs).toSorted((a, b) => a.fromMs - b.fromMs)) {
      const last = mine.at(-1);
      if (last !== undefined && band.fromMs <= last.toMs) mine[mine.length - 1] = { ...last, toMs: Math.max(last.toMs, band.toMs) };
      else mine.push(band);
    }
    const parts = mine.flatMap((band) => outside(band, taken));
    taken.push(...parts);
    taken.sort((a, b) => a.fromMs - b.fromMs);
  }
  return taken;
}
