// Axes: positions, nice steps and labels for linear, logarithmic and time scales. No drawing.
import { unitInBytes, unitInMs, type Unit } from "@/lib/units";

/** A tick of an axis: where (in the axis' own unit) and what it says. */
export interface Tick {
  at: number;
  label: string;
}

/** The zone that times are written in. */
export type Zone = "local" | "utc";

/** From a value to a place and back, in one direction. */
export interface Scale {
  place(value: number): number;
  value(place: number): number;
}

/** A straight scale from `[min, max]` onto `[from, to]` (pixels). */
export function linearScale(min: number, max: number, from: number, to: number): Scale {
  const span = max - min || 1;
  return {
    place: (value) => from + ((value - min) / span) * (to - from),
    value: (place) => min + ((place - from) / (to - from || 1)) * span,
  };
}

/** A logarithmic scale; values below `min` land on `from`. `min` and `max` are above zero. */
export function logScale(min: number, max: number, from: number, to: number): Scale {
  const low = Math.log(min);
  const span = Math.log(max) - low || 1;
  return {
    place: (value) => from + ((Math.log(Math.max(value, min)) - low) / span) * (to - from),
    value: (place) => Math.exp(low + ((place - from) / (to - from || 1)) * span),
  };
}

const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];

function decimalStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

/** A round step not below `rough`, round in the unit's own way: 1-2-5, sixty for times, 1024 for bytes. */
export function niceStep(rough: number, unit: Unit = "1"): number {
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const ms = unitInMs(unit);
  if (ms !== undefined && rough * ms > 1000) {
    const seconds = (rough * ms) / 1000;
    const found = TIME_STEPS_S.find((step) => step >= seconds);
    return ((found ?? decimalStep(seconds / 86_400) * 86_400) * 1000) / ms;
  }
  const bytes = unitInBytes(unit.replace(/\/s$/u, ""));
  if (bytes !== undefined && rough * bytes >= 1) return 2 ** Math.ceil(Math.log2(rough * bytes)) / bytes;
  return decimalStep(rough);
}

/** Places of about `count` round ticks within `[min, max]`. */
export function linearTicks(min: number, max: number, count: number, unit?: Unit): number[] {
  if (!(max > min)) return [min];
  const step = niceStep((max - min) / Math.max(1, count), unit);
  const ticks: number[] = [];
  for (let index = Math.ceil(min / step - 1e-9); index * step <= max + step * 1e-9 && ticks.length < 100; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

const LOG_MS = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000, 1e4, 6e4, 6e5, 3.6e6, 3.6e7, 8.64e7, 8.64e8];

/** Round durations from ten seconds up: sixty rules there, not ten. */
const LONG_MS = [10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 259_200, 864_000].map((seconds) => seconds * 1000);

/** Places of round durations (milliseconds) on a logarithmic axis, at most `count`. */
export function logDurationTicks(minMs: number, maxMs: number, count: number): number[] {
  let ticks = LOG_MS.filter((tick) => tick >= minMs * 0.999 && tick <= maxMs * 1.001);
  if (ticks.length < 3 && count >= 3) {
    const fine: number[] = [];
    for (let power = -4; power < 4; power += 1) for (const lead of [1, 2, 5]) fine.push(Number((lead * 10 ** power).toPrecision(3)));
    ticks = [...fine, ...LONG_MS].filter((tick) => tick >= minMs && tick <= maxMs);
  }
  while (ticks.length > Math.max(1, count)) ticks = ticks.filter((_, index) => index % 2 === 0);
  return ticks;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY,
];

/** Round ticks of a time axis, at most about `count`, in the zone; days are named once the range is above 24 h. */
export function timeTicks(fromMs: number, toMs: number, count: number, zone: Zone): Tick[] {
  const span = toMs - fromMs;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const rough = span / Math.max(1, count);
  const step = TIME_STEPS.find((candidate) => candidate >= rough) ?? 365 * DAY * Math.ceil(rough / (365 * DAY));
  const ticks: Tick[] = [];
  for (const at of timePlaces(fromMs, toMs, step, zone)) ticks.push({ at, label: timeLabel(at, step, span, zone) });
  return ticks;
}

function timePlaces(fromMs: number, toMs: number, step: number, zone: Zone): number[] {
  const places: number[] = [];
  let at = firstPlace(fromMs, step, zone);
  while (at <= toMs && places.length < 200) {
    if (at >= fromMs) places.push(at);
    // Above an hour the wall clock counts, not the length of the step: days of 23 and 25 hours.
    const next = zone === "local" && step > HOUR ? wallStep(at, step) : at + step;
    at = next > at ? next : at + step;
  }
  return places;
}

function firstPlace(fromMs: number, step: number, zone: Zone): number {
  if (zone === "utc") return Math.ceil(fromMs / step) * step;
  if (step <= HOUR) {
    const offset = new Date(fromMs).getTimezoneOffset() * MINUTE;
    return Math.ceil((fromMs - offset) / step) * step + offset;
  }
  return new Date(fromMs).setHours(0, 0, 0, 0);
}

function wallStep(at: number, step: number): number {
  const date = new Date(at);
  return step >= DAY
    ? new Date(date.getFullYear(), date.getMonth(), date.getDate() + Math.round(step / DAY)).getTime()
    : new Date(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours() + step / HOUR).getTime();
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

interface Wall {
  year: number;
  month: string;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
}

function wall(ms: number, zone: Zone): Wall {
  const date = new Date(ms);
  const utc = zone === "utc";
  return {
    year: utc ? date.getUTCFullYear() : date.getFullYear(),
    month: MONTHS[utc ? date.getUTCMonth() : date.getMonth()] ?? "",
    day: utc ? date.getUTCDate() : date.getDate(),
    hour: utc ? date.getUTCHours() : date.getHours(),
    minute: utc ? date.getUTCMinutes() : date.getMinutes(),
    second: utc ? date.getUTCSeconds() : date.getSeconds(),
    ms: utc ? date.getUTCMilliseconds() : date.getMilliseconds(),
  };
}

function timeLabel(at: number, step: number, span: number, zone: Zone): string {
  const time = wall(at, zone);
  const midnight = time.hour === 0 && time.minute === 0 && time.second === 0 && time.ms === 0;
  if (step >= 365 * DAY) return String(time.year);
  if (step >= DAY || (span > DAY && midnight)) return `${time.day} ${time.month}`;
  const clock = `${two(time.hour)}:${two(time.minute)}`;
  if (step >= MINUTE) return clock;
  const seconds = `${clock}:${two(time.second)}`;
  return step >= 1000 ? seconds : `${seconds}.${String(time.ms).padStart(3, "0")}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A moment for a tooltip: clock with as many places as the step asks for, with its day where the range is above 24 h. */
export function momentLabel(ms: number, stepMs: number, spanMs: number, zone: Zone): string {
  const time = wall(ms, zone);
  const clock = `${two(time.hour)}:${two(time.minute)}`;
  const fine = stepMs >= MINUTE ? clock : stepMs >= 1000 ? `${clock}:${two(time.second)}` : `${clock}:${two(time.second)}.${String(time.ms).padStart(3, "0")}`;
  return spanMs > DAY ? `${time.day} ${time.month} ${fine}` : fine;
}
