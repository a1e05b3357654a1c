// Which severities ask for somebody to look.
import type { Tone } from "@/lib/colour";

/** The tone of a severity text or OpenTelemetry severity number: red from error up, amber for warnings. */
export function toneOfSeverity(severity: string | number): Tone {
  if (typeof severity === "number") return severity >= 17 ? "red" : severity >= 13 ? "amber" : "steady";
  const word = severity.trim().toLowerCase();
  if (/^(?:err|fatal|crit|alert|emerg|panic|severe)/u.test(word)) return "red";
  return word.startsWith("warn") ? "amber" : "steady";
}
