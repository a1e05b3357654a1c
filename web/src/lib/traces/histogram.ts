// Spans over time as bars: what went well below, what failed in red. Pure.
import type { SpanHistogram } from "@/api/schema";
import { toNumber } from "@/lib/counts";
import type { Tone } from "@/lib/colour";

/** Layers of the bars, bottom up. */
export const SPAN_LAYERS: readonly { readonly name: string; readonly tone: Tone }[] = [
  { name: "failed", tone: "red" },
  { name: "others", tone: "steady" },
];

/** One bar: counts of the layers. */
export interface SpanBar {
  readonly ms: number;
  readonly counts: readonly number[];
}

/** The bars of a histogram, its groups added up. */
export function barsOf(histogram: SpanHistogram): SpanBar[] {
  const startMs = Date.parse(histogram.start);
  const length = Math.max(0, ...histogram.groups.map((group) => group.counts.length));
  return Array.from({ length }, (_, index) => {
    let all = 0;
    let failed = 0;
    for (const group of histogram.groups) {
      all += toNumber(group.counts[index]);
      failed += toNumber(group.errors[index]);
    }
    return { ms: startMs + index * histogram.stepMs, counts: [failed, Math.max(0, all - failed)] };
  });
}
