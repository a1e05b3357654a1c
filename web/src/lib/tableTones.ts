// Which words of status and severity ask for somebody to look.
import type { Tone } from "@/lib/colour";

/** The tone of a severity text or OpenTelemetry severity number: red from error up, amber for warnings. */
export function toneOfSeverity(severity: string | number): Tone {
  if (typeof severity === "number") return severity >= 17 ? "red" : severity >= 13 ? "amber" : "steady";
  const word = severity.trim().toLowerCase();
  if (/^(?:err|fatal|crit|alert|emerg|panic|severe)/u.test(word)) return "red";
  return word.startsWith("warn") ? "amber" : "steady";
}

/** The tone of a status: red for errors and failures, amber for what is slow or stuck. */
export function toneOfStatus(status: string): Tone {
  const word = status.trim().toLowerCase();
  if (/^(?:error|fail|status_code_error)/u.test(word)) return "red";
  return /^(?:warn|slow|stuck|timeout|partial)/u.test(word) ? "amber" : "steady";
}
