// The distance between points of a range query: chosen from range and width, or typed.

/** Steps that are chosen, seconds. */
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
/** Prometheus refuses more points a series. */
const MAX_POINTS = 11_000;
const PX_A_POINT = 3;

/** The step for a range drawn so wide, seconds. */
export function chosenStep(rangeMs: number, widthPx: number): number {
  const points = Math.max(60, Math.min(600, Math.floor(widthPx / PX_A_POINT)));
  const rough = rangeMs / 1000 / points;
  return STEPS_S.find((step) => step >= rough) ?? Math.ceil(rough / 86_400) * 86_400;
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A typed step (`30s`, `1m30s`, `15`) in seconds; undefined if it is none. */
export function parseStep(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/u.test(trimmed)) return Number(trimmed) > 0 ? Number(trimmed) : undefined;
  if (!/^(?:\d+(?:ms|[smhdw]))+$/u.test(trimmed)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+)(ms|[smhdw])/gu)) seconds += Number(count) * (UNITS[unit ?? "s"] ?? 1);
  return seconds > 0 ? seconds : undefined;
}

/** A step as it is typed: `15s`, `5m`, `2h`. */
export function writeStep(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)}ms`;
  for (const [unit, size] of [["d", 86_400], ["h", 3600], ["m", 60]] as const) if (seconds % size === 0) return `${seconds / size}${unit}`;
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

/** The step that is used: the typed one, made longer where it would give more points than may be asked for. */
export function usedStep(typed: string, rangeMs: number, widthPx: number): { seconds: number; lengthened: boolean } {
  const wanted = parseStep(typed);
  if (wanted === undefined) return { seconds: chosenStep(rangeMs, widthPx), lengthened: false };
  const least = rangeMs / 1000 / (MAX_POINTS - 1);
  if (wanted >= least) return { seconds: wanted, lengthened: false };
  return { seconds: STEPS_S.find((step) => step >= least) ?? Math.ceil(least), lengthened: true };
}

/** Start and end on multiples of the step, so that points stay where they are while the range moves on. Unix seconds. */
export function alignedRange(startMs: number, endMs: number, stepS: number): { start: number; end: number } {
  const step = stepS * 1000;
  const end = Math.floor(endMs / step) * step;
  const start = Math.min(end, Math.ceil(startMs / step) * step);
  return { start: start / 1000, end: end / 1000 };
}

/** A window for `rate()` that fits the range: short in short ranges, never below four steps. */
export function rateWindow(rangeMs: number, stepS: number): string {
  const least = rangeMs <= 15 * 60_000 ? 60 : 300;
  const seconds = Math.max(least, stepS * 4);
  return writeStep(STEPS_S.find((step) => step >= seconds) ?? Math.ceil(seconds));
}
