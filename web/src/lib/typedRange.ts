// What people type into the time range: one time, a width, or two times; and what it becomes in the URL.
import { writeInstant } from "@/lib/rangeSteps";
import { isRelative, readInstant, resolveRange, TAKEN, type Read, type ResolvedRange, type WrittenRange } from "@/lib/timeRange";
import type { Zone } from "@/lib/zone";

/** A typed range: how the URL writes it, and what it means now. */
export interface TypedRange extends WrittenRange, ResolvedRange {}

const DAY_ONLY = /^\d{4}-\d{1,2}-\d{1,2}$/;
const WORDS: Readonly<Record<string, WrittenRange>> = {
  today: { from: "now/d", to: "now" },
  yesterday: { from: "now-1d/d", to: "now/d" },
  "this week": { from: "now/w", to: "now" },
};

/** The ways to write a range, for people. */
export const RANGE_TAKEN = `a width such as 3h, one time (until now), or two with "to" between: ${TAKEN}`;

/** Reads what was typed. A day alone means the whole day; a day as the end means its end. */
export function readTyped(typed: string, nowMs: number, zone: Zone): Read<TypedRange> {
  const text = typed.trim().replace(/\s+/g, " ").replace(/\bnow(?:\s*[+-]\s*\d+[smhdw])+/g, (now) => now.replaceAll(" ", ""));
  if (text === "") return { ok: false, message: `type ${RANGE_TAKEN}` };
  const word = WORDS[text.toLowerCase()];
  if (word) return finish(word, nowMs, zone);
  const width = /^(?:last )?-?(\d{1,9}) ?([smhdw])$/i.exec(text);
  if (width) return finish({ from: `now-${width[1]}${width[2]?.toLowerCase()}`, to: "now" }, nowMs, zone);
  const pair = split(text);
  if (pair === undefined) return finish(DAY_ONLY.test(text) ? { from: text, to: text } : { from: text, to: "now" }, nowMs, zone);
  return finish(pair, nowMs, zone);
}

/** The two ends, where there are two. */
function split(text: string): WrittenRange | undefined {
  const worded = /^(?:from )?(.+?)(?: to | until | - | – | — | ?\.\. ?|, ?| ?→ ?)(.+)$/i.exec(text);
  if (worded?.[1] !== undefined && worded[2] !== undefined) return { from: worded[1].trim(), to: worded[2].trim() };
  // Two times without a word between them; a date and its time of day are one.
  const parts: string[] = [];
  for (const part of text.split(" ")) {
    const before = parts.at(-1);
    if (before !== undefined && DAY_ONLY.test(before) && /^\d{1,2}:/.test(part)) parts[parts.length - 1] = `${before} ${part}`;
    else parts.push(part);
  }
  const [from, to, ...more] = parts;
  return from !== undefined && to !== undefined && more.length === 0 ? { from, to } : undefined;
}

function finish(range: WrittenRange, nowMs: number, zone: Zone): Read<TypedRange> {
  const { from, to } = { from: endOf(range.from, nowMs, zone, false), to: endOf(onDayOf(range, zone, nowMs), nowMs, zone, true) };
  if (!from.ok) return from;
  if (!to.ok) return to;
  const written = { from: from.value, to: to.value };
  const resolved = resolveRange(written, nowMs, zone);
  return resolved.ok ? { ok: true, value: { ...written, ...resolved.value } } : resolved;
}

/** An end that is a time of day alone lies on the day of the start. */
function onDayOf(range: WrittenRange, zone: Zone, nowMs: number): string {
  const day = /^(\d{4}-\d{1,2}-\d{1,2})[ T]/.exec(range.from)?.[1];
  const clock = /^\d{1,2}:\d{2}(:\d{2})?$/.test(range.to);
  return clock && day !== undefined && readInstant(range.from, nowMs, zone).ok ? `${day} ${range.to}` : range.to;
}

function endOf(text: string, nowMs: number, zone: Zone, last: boolean): Read<string> {
  const relative = /^[+-]\d+[smhdw]/.test(text) ? `now${text}` : text;
  const read = readInstant(relative, nowMs, zone);
  if (!read.ok) return read;
  if (isRelative(relative)) return { ok: true, value: relative };
  if (!last || !DAY_ONLY.test(text)) return { ok: true, value: writeInstant(read.value) };
  // The day after, by the calendar: days of 23 and 25 hours exist.
  const [year = 0, month = 1, day = 1] = text.split("-").map(Number);
  const next = zone === "utc" ? Date.UTC(year, month - 1, day + 1) : new Date(year, month - 1, day + 1).getTime();
  return { ok: true, value: writeInstant(next) };
}
