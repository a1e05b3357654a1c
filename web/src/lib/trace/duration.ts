// Durations as people type them in filters: `250ms`, `1.5s`, `2m`.

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a typed duration; plain numbers are milliseconds; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = "ms"] = /^\s*(\d+(?:\.\d+)?)\s*([a-zµ]+)?\s*$/iu.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
