// What the six figures of the overview are called, how they are written, what they are compared with, and where they lead.
import type { Figure, FigureId } from "@/api/schema";
import type { Tone } from "@/lib/colour";
import { hrefs } from "@/lib/href";
import { formatCount, formatPercent } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";

/** A figure as it is shown. */
export interface ShownFigure {
  readonly id: FigureId;
  readonly label: string;
  readonly value: string;
  /** Compared with the time of equal length before. */
  readonly note: string;
  readonly tone: Tone;
  readonly href: string;
  readonly trend: readonly number[];
}

interface Kind {
  readonly label: string;
  readonly format: (value: number) => string;
  readonly href: string;
  /** More of it is worse: the tone follows. */
  readonly tone?: (value: number, before: number | undefined, threshold: number) => Tone;
  /** Shares are compared in points, all others in per cent. */
  readonly share?: boolean;
}

const count = (value: number): string => formatCount(value >= 100 ? Math.round(value) : value >= 1 ? Math.round(value * 10) / 10 : Number(value.toPrecision(2)));

const KINDS: Readonly<Record<FigureId, Kind>> = {
  requests_per_minute: { label: "Requests a minute", format: count, href: hrefs.traces() },
  error_rate: {
    label: "Failed requests",
    format: formatPercent,
    href: hrefs.traces({ status: "error" }),
    tone: (value, _, threshold) => (value >= threshold ? "red" : value >= threshold / 5 ? "amber" : "steady"),
    share: true,
  },
  p95_ms: {
    label: "95 % answered within",
    format: formatDuration,
    href: hrefs.traces({ sort: "-duration" }),
    tone: (value, before) => (before !== undefined && before > 0 && value >= 2 * before && value >= 100 ? "amber" : "steady"),
  },
  running: { label: "Running now", format: count, href: hrefs.traces() },
  tokens_per_minute: { label: "Tokens a minute", format: count, href: hrefs.services({ view: "map" }) },
  error_logs_per_minute: { label: "Error logs a minute", format: count, href: hrefs.logs({ severity: "ERROR" }) },
};

/** A figure ready to be shown. `threshold` is the share of failures that is too much, 0 to 1. */
export function showFigure(figure: Figure, threshold: number): ShownFigure {
  const kind = KINDS[figure.id];
  const { value, before } = figure;
  return {
    id: figure.id,
    label: kind.label,
    value: value === undefined ? "–" : kind.format(value),
    note: value === undefined ? "nothing told yet" : compare(value, before, kind.share === true),
    tone: value === undefined ? "steady" : (kind.tone?.(value, before, threshold) ?? "steady"),
    href: kind.href,
    trend: figure.trend,
  };
}

/** Buckets of a range that are over; the last one of a range that ends now is still filling, and would look like a fall. */
export function wholeBuckets<T>(values: readonly T[], startMs: number, stepMs: number, endMs: number): readonly T[] {
  const whole = Math.floor((endMs - startMs) / stepMs + 1e-6);
  return values.length > whole && whole > 0 ? values.slice(0, whole) : values;
}

/** A value against the one before, in words: `12 % more than before`, `0.6 points below before`, `as before`. */
export function compare(value: number, before: number | undefined, share: boolean): string {
  if (before === undefined) return "nothing to compare with";
  if (share) {
    const points = Math.abs(value - before) * 100;
    if (points < 0.05) return "as before";
    return `${points.toFixed(1)} points ${value > before ? "above" : "below"} before`;
  }
  if (before === 0) return value === 0 ? "as before" : "none before";
  const ratio = value / before;
  if (ratio > 0.98 && ratio < 1.02) return "as before";
  if (ratio >= 3) return `${formatCount(Math.round(ratio * 10) / 10)} times before`;
  return `${Math.round(Math.abs(ratio - 1) * 100)} % ${ratio > 1 ? "more" : "less"} than before`;
}
