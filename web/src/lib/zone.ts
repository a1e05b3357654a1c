// Times for people, in the browser's zone or in UTC: always 24 hours, always year-month-day.

/** Which zone times are shown and typed in. */
export type Zone = "local" | "utc";

/** The fields of a time in a zone; `month` from 1. */
export interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly milli: number;
}

/** The fields of a time (Unix milliseconds). */
export function fieldsOf(ms: number, zone: Zone): Fields {
  const date = new Date(ms);
  return zone === "utc"
    ? {
        year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours(),
        minute: date.getUTCMinutes(), second: date.getUTCSeconds(), milli: date.getUTCMilliseconds(),
      }
    : {
        year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate(), hour: date.getHours(),
        minute: date.getMinutes(), second: date.getSeconds(), milli: date.getMilliseconds(),
      };
}

/** The time of fields, in Unix milliseconds. Days and hours beyond their month or day carry over. */
export function timeOf(fields: Partial<Fields> & Pick<Fields, "year" | "month" | "day">, zone: Zone): number {
  const { year, month, day, hour = 0, minute = 0, second = 0, milli = 0 } = fields;
  return zone === "utc"
    ? Date.UTC(year, month - 1, day, hour, minute, second, milli)
    : new Date(year, month - 1, day, hour, minute, second, milli).getTime();
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `14:05:09` */
export function formatTime(ms: number, zone: Zone): string {
  const { hour, minute, second } = fieldsOf(ms, zone);
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `14:05:09.250` */
export function formatTimeMs(ms: number, zone: Zone): string {
  return `${formatTime(ms, zone)}.${String(fieldsOf(ms, zone).milli).padStart(3, "0")}`;
}

/** `2026-11-20` */
export function formatDate(ms: number, zone: Zone): string {
  const { year, month, day } = fieldsOf(ms, zone);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** `2026-11-20 14:05:09` */
export function formatDateTime(ms: number, zone: Zone): string {
  return `${formatDate(ms, zone)} ${formatTime(ms, zone)}`;
}

/** `2026-11-20 14:05:09.123456789` of an RFC 3339 time, with as many digits as it has; what is no time stays as it is. */
export function formatDateTimeNs(rfc3339: string, zone: Zone): string {
  const ms = Date.parse(rfc3339);
  if (Number.isNaN(ms)) return rfc3339;
  const fraction = /\.(\d+)/.exec(rfc3339)?.[1];
  return formatDateTime(ms, zone) + (fraction === undefined ? "" : `.${fraction}`);
}

/** `UTC`, or the offset of the browser's zone at that time, such as `UTC+01:00`. */
export function zoneName(ms: number, zone: Zone): string {
  const minutes = zone === "utc" ? 0 : -new Date(ms).getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
