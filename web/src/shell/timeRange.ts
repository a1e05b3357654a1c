// The time range and the zone, for every page: what the providers of the shell hold.
import { createContext, use } from "react";
import type { Zone } from "@/lib/zone";

/** The range of the URL, resolved once a refresh. */
export interface TimeRange {
  /** As the URL writes them: `now-1h`, RFC 3339, Unix milliseconds. */
  readonly from: string;
  readonly to: string;
  /** Unix milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** RFC 3339 in UTC: what the API takes, and what query keys hold. */
  readonly start: string;
  readonly end: string;
  /** `Last hour`, or the two ends. */
  readonly label: string;
  /** Whether it moves with the clock. */
  readonly relative: boolean;
  /** Whether it is resolved again by itself when data arrive. */
  readonly live: boolean;
  /** Goes to another range. */
  set(from: string, to: string): void;
  setLive(on: boolean): void;
  /** Resolves the range again now. */
  refresh(): void;
  /** When it was resolved, Unix milliseconds. */
  readonly refreshedAt: number;
}

/** Times for people in the zone that the user chose. */
export interface ZoneTimes {
  readonly zone: Zone;
  setZone(zone: Zone): void;
  /** `14:05:09` */
  time(ms: number): string;
  /** `14:05:09.250` */
  timeMs(ms: number): string;
  /** `2026-11-20 14:05:09` */
  dateTime(ms: number): string;
  /** `2026-11-20 14:05:09.123456789` of an RFC 3339 time. */
  dateTimeNs(rfc3339: string): string;
}

/** Held by `TimeRangeProvider`. */
export const TimeRangeContext = createContext<TimeRange | undefined>(undefined);
/** Held by `ZoneProvider`. */
export const ZoneContext = createContext<ZoneTimes | undefined>(undefined);

/** The time range that is open. */
export function useTimeRange(): TimeRange {
  const range = use(TimeRangeContext);
  if (range === undefined) throw new Error("useTimeRange is used outside of the shell");
  return range;
}

/** The zone that times are shown in, and how to write them. */
export function useZone(): ZoneTimes {
  const zone = use(ZoneContext);
  if (zone === undefined) throw new Error("useZone is used outside of the shell");
  return zone;
}
