// Units of measure: durations, bytes, and from a unit's name (Prometheus, OpenTelemetry) to a formatter.
import { NO_VALUE, formatCount, formatMoney, formatPercent, round3, significant } from "@/lib/numbers";

/**
 * A unit by its short name: `s`, `ms`, `us`, `ns`, `By`, `bit`, `%` (0 to 100), `ratio` (0 to 1), `USD`, `1` (a count),
 * any annotation such as `{token}`; `…/s` is a rate of it.
 */
export type Unit = string;

const SMALL: readonly (readonly [number, string])[] = [
  [1e-3, "µs"],
  [1, "ms"],
  [1e3, "s"],
];

/** A duration of so many milliseconds: `850 ns`, `12.3 ms`, `1.2 s`, `3m 41s`, `2h 05m`, `3d 4h`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return NO_VALUE;
  if (!Number.isFinite(ms)) return ms > 0 ? "∞" : "−∞";
  const sign = ms < 0 ? "−" : "";
  const size = Math.abs(ms);
  if (size === 0) return "0 ms";
  if (round3(size) >= 60_000) return sign + longDuration(size);
  if (round3(size) < 1e-3) return `${sign}${significant(size * 1e6, 3)} ns`;
  let chosen: readonly [number, string] = [1e-3, "µs"];
  for (const step of SMALL) if (round3(size) >= step[0]) chosen = step;
  return `${sign}${significant(round3(size) / chosen[0], 3)} ${chosen[1]}`;
}

function longDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
  const hours = Math.round(minutes / 60);
  if (hours < 24 * 1000) return `${Math.floor(hours / 24)}d ${hours % 24}h`;
  return `${formatCount(hours / 24)}d`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

const BYTE_STEPS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Bytes: `512 B`, `1.5 KiB`, `12.4 MiB`. */
export function formatBytes(bytes: number | string | null | undefined): string {
  if (bytes === null || bytes === undefined) return NO_VALUE;
  const value = Number(bytes);
  if (!Number.isFinite(value)) return NO_VALUE;
  let size = Math.abs(value);
  let step = 0;
  while (Math.round(size) >= 1024 && step < BYTE_STEPS.length - 1) {
    size /= 1024;
    step += 1;
  }
  const text = step === 0 ? significant(size, 3) : significant(size, size >= 1000 ? 4 : 3);
  return `${value < 0 ? "−" : ""}${text} ${BYTE_STEPS[step] ?? "B"}`;
}

/** How long ago, in one unit: `now`, `40s ago`, `11m ago`, `2h ago`, `3d ago`; of the future `in 5m`. */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.round((nowMs - ms) / 1000);
  const size = Math.abs(seconds);
  if (size < 1) return "now";
  const text =
    size < 60 ? `${size}s` : size < 3600 ? `${Math.floor(size / 60)}m` : size < 86_400 ? `${Math.floor(size / 3600)}h` : `${Math.floor(size / 86_400)}d`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

const ALIASES: Readonly<Record<string, Unit>> = {
  seconds: "s", second: "s", sec: "s", milliseconds: "ms", millisecond: "ms", microseconds: "us", "µs": "us", nanoseconds: "ns",
  minutes: "min", hours: "h", days: "d",
  bytes: "By", byte: "By", B: "By", kibibytes: "KiBy", mebibytes: "MiBy", bits: "bit", kby: "kBy", MBy: "MBy",
  percent: "%", ratio: "ratio", usd: "USD", dollars: "USD", "": "1", count: "1", total: "1",
};

/** The unit as this module names it, whatever it was written like. */
export function normalUnit(unit: string | null | undefined): Unit {
  const text = (unit ?? "").trim();
  const rate = /^(.*?)(?:\/s|\/second|_per_second|per second)$/u.exec(text);
  if (rate) return `${normalUnit(rate[1])}/s`;
  return ALIASES[text] ?? text;
}

const IN_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3, min: 6e4, h: 3.6e6, d: 8.64e7 };
const IN_BYTES: Readonly<Record<string, number>> = { By: 1, kBy: 1e3, MBy: 1e6, GBy: 1e9, KiBy: 1024, MiBy: 1024 ** 2, GiBy: 1024 ** 3 };

/** Milliseconds in one of this unit, or undefined where it is no time. */
export function unitInMs(unit: Unit): number | undefined {
  return IN_MS[normalUnit(unit)];
}

/** Bytes in one of this unit, or undefined where it is no amount of bytes. */
export function unitInBytes(unit: Unit): number | undefined {
  return IN_BYTES[normalUnit(unit)];
}

/** A function that writes values of this unit for people. Unknown units are written behind the figure. */
export function formatterOf(unit: Unit | undefined): (value: number | null | undefined) => string {
  const name = normalUnit(unit);
  if (name.endsWith("/s")) return rateFormatter(name.slice(0, -2));
  const ms = IN_MS[name];
  if (ms !== undefined) return (value) => formatDuration(value === null || value === undefined ? value : value * ms);
  const bytes = IN_BYTES[name];
  if (bytes !== undefined) return (value) => formatBytes(value === null || value === undefined ? value : value * bytes);
  if (name === "%") return (value) => formatPercent(value === null || value === undefined ? value : value / 100);
  if (name === "ratio") return formatPercent;
  if (name === "USD") return formatMoney;
  if (name === "1" || name.startsWith("{")) return formatCount;
  return (value) => (value === null || value === undefined || Number.isNaN(value) ? NO_VALUE : `${formatCount(value)} ${name}`);
}

function rateFormatter(of: Unit): (value: number | null | undefined) => string {
  // Seconds spent a second are a number of things busy: no unit.
  if (of === "s") return formatCount;
  if (of === "ratio" || of === "%") return (value) => (value === null || value === undefined ? NO_VALUE : `${formatCount(value)}/s`);
  const inner = formatterOf(of);
  return (value) => {
    const text = inner(value);
    return text === NO_VALUE ? text : `${text}/s`;
  };
}

/** Whether the unit is only a word behind the figure, which an axis has no room for. */
function isWord(unit: Unit): boolean {
  const bare = unit.replace(/\/s$/u, "");
  return unitInMs(bare) === undefined && unitInBytes(bare) === undefined && !["%", "ratio", "USD"].includes(bare);
}

/** As `formatterOf`, for the little room of an axis: no blank between figure and unit, no words. */
export function axisFormatterOf(unit: Unit | undefined): (value: number) => string {
  const name = normalUnit(unit);
  const long = isWord(name) ? formatterOf(name.endsWith("/s") ? "1/s" : "1") : formatterOf(name);
  const time = unitInMs(unit ?? "1") !== undefined;
  return (value) => {
    if (value === 0) return time ? "0" : long(0).replace(/^0 .*$/u, "0");
    const text = long(value);
    return time ? text.replace(/ (?=[a-zµ]+$)/u, "").replace(/ 0+[ms]$/u, "") : text;
  };
}

/** What a unit is called beside a chart's title: `seconds`, `bytes`, `token`; nothing for plain counts. */
export function unitWord(unit: Unit | undefined): string {
  const name = normalUnit(unit);
  if (name.endsWith("/s")) {
    const word = unitWord(name.slice(0, -2));
    return word === "" ? "per second" : `${word} per second`;
  }
  if (name === "1") return "";
  if (name.startsWith("{")) return name.slice(1, -1);
  const words: Readonly<Record<string, string>> = { s: "seconds", ms: "milliseconds", us: "microseconds", ns: "nanoseconds", By: "bytes", ratio: "share", USD: "US dollars" };
  return words[name] ?? name;
}

const SUFFIXES: readonly (readonly [string, Unit])[] = [
  ["_milliseconds", "ms"], ["_microseconds", "us"], ["_nanoseconds", "ns"], ["_seconds", "s"], ["_bytes", "By"],
  ["_ratio", "ratio"], ["_percent", "%"], ["_usd", "USD"], ["_dollars", "USD"], ["_ms", "ms"], ["_minutes", "min"], ["_hours", "h"],
];

/** The unit of a metric's samples, from what was declared (`s`, `By`, `seconds`, …) else from its name's ending. */
export function unitOfMetric(name: string, declared?: string | null): Unit {
  if (/_(?:count|bucket)$/u.test(name) && !/_milliseconds$|_seconds$/u.test(name)) return "1";
  const unit = normalUnit(declared);
  if (unit !== "1") return unit;
  const bare = name.replace(/_(?:total|sum|created|max|min)$/u, "");
  for (const [suffix, of] of SUFFIXES) if (bare.endsWith(suffix)) return of;
  return "1";
}
