// Severities of alerts: their order, their words, the time in which somebody should look, their tone in charts.
import type { AlertSeverity } from "@/api/schema";
import type { Tone } from "@/lib/colour";

/** All severities, the worst first. */
export const SEVERITIES: readonly AlertSeverity[] = ["critical", "high", "medium", "low", "info"];

const MEANINGS: Readonly<Record<AlertSeverity, string>> = {
  critical: "look at once",
  high: "look within 15 minutes",
  medium: "look within an hour",
  low: "look within a day",
  info: "nothing to do",
};

/** How soon somebody should look. */
export function severityMeaning(severity: AlertSeverity): string {
  return MEANINGS[severity];
}

/** The tone of what belongs to an alert so severe. */
export function severityTone(severity: AlertSeverity): Tone {
  if (severity === "critical") return "red";
  return severity === "high" || severity === "medium" ? "amber" : "steady";
}

/** The severities of a parameter (`critical,high`), the worst first; nonsense is left out. */
export function readSeverities(param: string): readonly AlertSeverity[] {
  const named = new Set(param.toLowerCase().split(","));
  return SEVERITIES.filter((severity) => named.has(severity));
}

/** The worst of some severities; `undefined` of none. */
export function worstSeverity(severities: Iterable<AlertSeverity>): AlertSeverity | undefined {
  const some = new Set(severities);
  return SEVERITIES.find((severity) => some.has(severity));
}

/** The severity that a pattern of all its words stands for, as routes that compare meaning have it: `(?i:critical|crit|page)`. */
export function severityOfPattern(pattern: string): AlertSeverity | undefined {
  const words = /^\(\?i:([\w|-]+)\)$/u.exec(pattern)?.[1]?.split("|") ?? [];
  return words.length > 1 ? SEVERITIES.find((severity) => severity === words[0]) : undefined;
}
