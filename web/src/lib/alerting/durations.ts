// Durations as rules and silences write them: `30s`, `5m`, `1h30m`, `7d`; and the ends that silences are offered. Pure.
import { fieldsOf, timeOf, type Zone } from "@/lib/zone";

const UNITS: readonly (readonly [string, number])[] = [["w", 604_800_000], ["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1]];
const IN_MS: ReadonlyMap<string, number> = new Map([["y", 365 * 86_400_000], ...UNITS]);

/** Milliseconds of a written duration; `0` and "" are none (0); undefined if it is no duration. */
export function readDuration(text: string): number | undefined {
  const trimmed = text.replaceAll(/\s+/gu, "").toLowerCase();
  if (trimmed === "" || trimmed === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+$/u.test(trimmed)) return undefined;
  let ms = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/gu)) ms += Number(count) * (IN_MS.get(unit ?? "s") ?? 0);
  return Number.isFinite(ms) ? Math.round(ms) : undefined;
}

/** A duration as it is written: `1h30m`, `5m`, `0s`. */
export function writeDuration(ms: number): string {
  let left = Math.max(0, Math.round(ms));
  if (left === 0) return "0s";
  // Whole weeks only where nothing else is left: nobody reads `1w1d` at a glance.
  const units = left % 604_800_000 === 0 ? UNITS : UNITS.slice(1);
  let text = "";
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}

/** Tomorrow at so many o'clock in a zone, Unix ms. */
export function tomorrowAt(nowMs: number, zone: Zone, hour: number): number {
  const { year, month, day } = fieldsOf(nowMs, zone);
  return timeOf({ year, month, day: day + 1, hour }, zone);
}
