// The volume of logs over time: which step to ask for, and the answer as buckets by severity.
import type { LogCount } from "@/api/schema";
import { toNumber } from "@/lib/counts";
import { SEVERITIES, severityOf, severityWord, toneOf, type Severity } from "@/lib/logs/severity";
import type { Tone } from "@/lib/colour";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];
const BUCKETS_MAX = 100;

/** The shortest step, in milliseconds, that gives at most 100 buckets. */
export function stepOf(startMs: number, endMs: number): number {
  const span = Math.max(0, endMs - startMs);
  const seconds = STEPS_S.find((step) => span / (step * 1000) <= BUCKETS_MAX);
  return (seconds ?? Math.ceil(span / BUCKETS_MAX / 2_592_000_000) * 2_592_000) * 1000;
}

/** A step as the API takes it. */
export function stepText(stepMs: number): string {
  return `${Math.round(stepMs / 1000)}s`;
}

/** Buckets with one count a layer; layers from the bottom up: the gravest first, so that they stand on the ground line. */
export interface Volume {
  readonly layers: readonly { name: string; tone: Tone }[];
  readonly buckets: readonly { ms: number; counts: readonly number[] }[];
}

/** The answer of the server as buckets. Severities that do not occur have no layer. */
export function volumeOf(groups: LogCount["groups"]): Volume {
  const found = new Set<Severity>();
  const byTime = new Map<number, Map<Severity, number>>();
  for (const group of groups) {
    const ms = Date.parse(group.time ?? "");
    if (Number.isNaN(ms)) continue;
    const severity = severityOf(group.value ?? "") ?? "UNSET";
    found.add(severity);
    const bucket = byTime.get(ms) ?? new Map<Severity, number>();
    bucket.set(severity, (bucket.get(severity) ?? 0) + toNumber(group.count));
    byTime.set(ms, bucket);
  }
  const shown = SEVERITIES.filter((name) => found.has(name));
  return {
    layers: shown.map((name) => ({ name: name === "UNSET" ? "no severity" : severityWord(name), tone: toneOf(name) })),
    buckets: [...byTime]
      .toSorted(([a], [b]) => a - b)
      .map(([ms, counts]) => ({ ms, counts: shown.map((name) => counts.get(name) ?? 0) })),
  };
}
