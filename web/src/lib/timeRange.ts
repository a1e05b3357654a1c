// Time ranges: what the URL and people write (`now-3h`, dates, Unix times), what it means at a moment, and what to call it.
import { fieldsOf, formatDate, formatDateTime, formatTime, timeOf, type Zone } from "@/lib/zone";

/** A range as it is written: each end `now±…`, RFC 3339, a date, or a Unix time. */
export interface WrittenRange {
  readonly from: string;
  readonly to: string;
}

/** A range at a moment, in Unix milliseconds. */
export interface ResolvedRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** A time that was understood, or why it was not. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** The range where the URL names none. */
export const DEFAULT_RANGE: WrittenRange = { from: "now-1h", to: "now" };

/** What an end of a range may be, for people. */
export const TAKEN = "now-3h, 14:05, 2026-11-20, 2026-11-20 14:05, an RFC 3339 time, or Unix seconds or milliseconds";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const EARLIEST_MS = 0;
const LATEST_MS = Date.UTC(2200, 0, 1);

const fail = (text: string): Read<never> => ({ ok: false, message: `"${text}" is no time; taken are ${TAKEN}` });
const done = (ms: number): Read<number> =>
  ms >= EARLIEST_MS && ms <= LATEST_MS ? { ok: true, value: ms } : { ok: false, message: "the time is before 1970 or after 2200" };

/** Whether an end of a range moves with the clock. */
export function isRelative(text: string): boolean {
  return /^now\b/.test(text.trim());
}

/** Reads one end of a range. `now-1d/d` is the start of yesterday: `/` rounds down to the unit, in the zone. */
export function readInstant(written: string, nowMs: number, zone: Zone): Read<number> {
  const text = written.trim();
  if (/^now\b/.test(text)) return readNow(text, nowMs, zone);
  if (/^\d{9,19}$/.test(text)) return readUnix(text);
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (clock) {
    const { year, month, day } = fieldsOf(nowMs, zone);
    return readFields([year, month, day, clock[1], clock[2], clock[3]], undefined, text, zone);
  }
  const date = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i.exec(text);
  if (!date) return fail(text);
  const offset = date[8];
  const base = readFields(date.slice(1, 7), date[7], text, offset === undefined ? zone : "utc");
  return base.ok && offset !== undefined ? done(base.value - offsetMs(offset)) : base;
}

function offsetMs(offset: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(offset);
  if (!match) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}

function readFields(parts: readonly (string | number | undefined)[], fraction: string | undefined, text: string, zone: Zone): Read<number> {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  const milli = Number((fraction ?? "").padEnd(3, "0").slice(0, 3));
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > days) return { ok: false, message: `"${text}" names a day that does not exist` };
  if (hour > 23 || minute > 59 || second > 59) return { ok: false, message: `"${text}" names a time of day that does not exist` };
  return done(timeOf({ year, month, day, hour, minute, second, milli }, zone));
}

function readUnix(text: string): Read<number> {
  const value = Number(text);
  if (text.length <= 11) return done(value * 1000);
  if (text.length <= 14) return done(value);
  if (text.length <= 17) return done(Math.floor(value / 1000));
  return done(Math.floor(value / 1_000_000));
}

function readNow(text: string, nowMs: number, zone: Zone): Read<number> {
  const match = /^now((?:\s*[+-]\s*\d{1,9}[smhdw])*)(?:\/([mhdw]))?$/.exec(text);
  if (!match) {
    return { ok: false, message: `"${text}" is not understood; taken are now, now-3h, now-1d/d with the units s, m, h, d and w` };
  }
  let ms = nowMs;
  for (const [, sign, count, unit] of (match[1] ?? "").matchAll(/([+-])\s*(\d+)([smhdw])/g)) {
    ms += (sign === "-" ? -1 : 1) * Number(count) * (UNIT_MS[unit ?? ""] ?? 0);
  }
  return done(match[2] === undefined ? ms : roundDown(ms, match[2], zone));
}

function roundDown(ms: number, unit: string, zone: Zone): number {
  const { year, month, day, minute, second, milli } = fieldsOf(ms, zone);
  // Counted back, not composed: the hour that a change of the clocks repeats has two of each.
  if (unit === "m") return ms - second * 1000 - milli;
  if (unit === "h") return ms - (minute * 60 + second) * 1000 - milli;
  if (unit === "d") return timeOf({ year, month, day }, zone);
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return timeOf({ year, month, day: day - weekday }, zone);
}

/** What a written range means at a moment. */
export function resolveRange(range: WrittenRange, nowMs: number, zone: Zone): Read<ResolvedRange> {
  const from = readInstant(range.from, nowMs, zone);
  if (!from.ok) return from;
  const to = readInstant(range.to, nowMs, zone);
  if (!to.ok) return to;
  if (to.value <= from.value) return { ok: false, message: "the range ends before it starts" };
  return { ok: true, value: { startMs: from.value, endMs: to.value } };
}

const UNIT_WORDS: readonly (readonly [string, string])[] = [
  ["w", "week"], ["d", "day"], ["h", "hour"], ["m", "minute"], ["s", "second"],
];

/** `now-3h` as `3 hours`; `undefined` for anything less plain. */
function plainWords(from: string): string | undefined {
  const match = /^now-(\d+)([smhdw])$/.exec(from);
  const word = UNIT_WORDS.find(([unit]) => unit === match?.[2])?.[1];
  if (!match || word === undefined) return undefined;
  return match[1] === "1" ? word : `${match[1]} ${word}s`;
}

/** What to call a range: `Last 3 hours`, `Today`, or its two ends. */
export function labelOf(range: WrittenRange, nowMs: number, zone: Zone): string {
  if (range.to === "now") {
    const words = plainWords(range.from);
    if (words !== undefined) return `Last ${words}`;
    if (range.from === "now/d") return "Today";
    if (range.from === "now/w") return "This week";
  }
  if (range.from === "now-1d/d" && range.to === "now/d") return "Yesterday";
  const resolved = resolveRange(range, nowMs, zone);
  if (isRelative(range.from) || isRelative(range.to) || !resolved.ok) return `${range.from} to ${range.to}`;
  return spanLabel(resolved.value, nowMs, zone);
}

function spanLabel({ startMs, endMs }: ResolvedRange, nowMs: number, zone: Zone): string {
  const sameDay = formatDate(startMs, zone) === formatDate(endMs, zone);
  const today = sameDay && formatDate(nowMs, zone) === formatDate(endMs, zone);
  const seconds = startMs % 60_000 !== 0 || endMs % 60_000 !== 0;
  const cut = (text: string): string => (seconds ? text : text.slice(0, -3));
  const start = today ? formatTime(startMs, zone) : formatDateTime(startMs, zone);
  const end = sameDay ? formatTime(endMs, zone) : formatDateTime(endMs, zone);
  return `${cut(start)} – ${cut(end)}`;
}
