// Severities: their order, which of them a `severity` parameter means, which tone they have.
import type { Tone } from "@/lib/colour";

/** All severities as the API names them, the gravest first. */
export const SEVERITIES = ["FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "UNSET"] as const;

/** A severity as the API names it. */
export type Severity = (typeof SEVERITIES)[number];

/** First OTLP number of each name. */
const FIRST: Readonly<Record<Severity, number>> = { FATAL: 21, ERROR: 17, WARN: 13, INFO: 9, DEBUG: 5, TRACE: 1, UNSET: 0 };

/** The severity of an OTLP number, 0 to 24. */
export function severityOfNumber(number: number): Severity {
  return SEVERITIES.find((name) => number >= FIRST[name]) ?? "UNSET";
}

/** A name as the API writes it, or undefined for another word. */
export function severityOf(text: string): Severity | undefined {
  const upper = text.trim().toUpperCase();
  return SEVERITIES.find((name) => name === upper);
}

/** The tone of a severity: only what somebody should look at has a colour. */
export function toneOf(severity: string): Tone {
  if (severity === "ERROR" || severity === "FATAL") return "red";
  return severity === "WARN" ? "amber" : "steady";
}

/** What a list shows: `error`, `–` where none was said. */
export function severityWord(severity: string): string {
  return severity === "UNSET" ? "–" : severity.toLowerCase();
}

/** The severities that a parameter means: `WARN` is that and graver, `WARN,INFO` exactly these; "" (and nonsense) is all. */
export function chosenSeverities(param: string): ReadonlySet<Severity> {
  if (param.includes(",")) return new Set(param.split(",").flatMap((one) => severityOf(one) ?? []));
  const name = /^\d+$/.test(param) ? severityOfNumber(Number(param)) : severityOf(param);
  if (name === undefined) return new Set(SEVERITIES);
  return new Set(name === "UNSET" ? ["UNSET" as const] : SEVERITIES.filter((one) => FIRST[one] >= FIRST[name]));
}

/** The parameter for a set of severities; all of them, and none, are no condition. */
export function severityParam(chosen: ReadonlySet<Severity>): string {
  const names = SEVERITIES.filter((name) => chosen.has(name));
  const least = names.at(-1);
  if (least === undefined || names.length === SEVERITIES.length) return "";
  if (least === "UNSET" && names.length === 1) return "UNSET";
  const graver = SEVERITIES.filter((name) => FIRST[name] >= FIRST[least]);
  if (least !== "UNSET" && graver.length === names.length) return least;
  // One name alone would mean "and graver".
  return names.length === 1 ? `${least},${least}` : names.join(",");
}

/** A condition in words: `warn and graver`, `info, debug`. */
export function severityWords(param: string): string {
  if (param.includes(",")) return [...new Set(param.split(",").map((one) => severityWord(one.trim().toUpperCase())))].join(", ");
  const name = /^\d+$/.test(param) ? param : severityWord(param.toUpperCase());
  return param.toUpperCase() === "FATAL" || param.toUpperCase() === "UNSET" ? name : `${name} and graver`;
}
