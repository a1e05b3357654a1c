// Turns of a rota as bars on a line of some weeks. Pure.
import type { RotaTurn } from "@/api/schema";

/** A turn as a bar: shares of the line's width in percent. */
export interface TurnBar {
  readonly turn: RotaTurn;
  readonly left: number;
  readonly width: number;
  /** Somebody stands in. */
  readonly override: boolean;
}

/** A day's or week's beginning on the line, in percent. */
export interface RotaTick {
  readonly left: number;
  readonly ms: number;
}

export const WEEK_MS = 604_800_000;
const DAY_MS = 86_400_000;

/** Bars of the turns that lie between two times; turns that do not end where the line ends are cut. */
export function turnBars(turns: readonly RotaTurn[], fromMs: number, toMs: number): readonly TurnBar[] {
  const span = toMs - fromMs;
  if (!(span > 0)) return [];
  return turns.flatMap((turn): TurnBar[] => {
    const start = Math.max(fromMs, Date.parse(turn.start));
    const end = Math.min(toMs, Date.parse(turn.end));
    if (!(end > start)) return [];
    return [{ turn, left: ((start - fromMs) / span) * 100, width: ((end - start) / span) * 100, override: turn.overrideId !== undefined }];
  });
}

/** The turn that is now and those that follow, without repeats, in order. */
export function allTurns(now: RotaTurn | undefined, next: readonly RotaTurn[]): readonly RotaTurn[] {
  const turns = now === undefined ? next : [now, ...next.filter((turn) => turn.start !== now.start || turn.member !== now.member)];
  return turns.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
}

function fieldsIn(ms: number, timeZone: string): { readonly weekday: string; readonly day: string; readonly minutes: number } | undefined {
  try {
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(ms);
    const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
    return { weekday: of("weekday"), day: `${of("day")} ${of("month")}`, minutes: Number(of("hour")) * 60 + Number(of("minute")) };
  } catch {
    // A zone that this browser does not know.
    return undefined;
  }
}

/** `Mon 23 Nov 09:00` in a zone, or in UTC where the browser does not know it. */
export function momentIn(ms: number, timeZone: string): string {
  const fields = fieldsIn(ms, timeZone) ?? fieldsIn(ms, "UTC");
  if (fields === undefined) return new Date(ms).toISOString();
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${fields.weekday} ${fields.day} ${two(Math.floor(fields.minutes / 60))}:${two(fields.minutes % 60)}`;
}

/** Midnights of Mondays between two times in a zone. */
export function mondays(fromMs: number, toMs: number, timeZone: string): readonly RotaTick[] {
  const ticks: RotaTick[] = [];
  for (let ms = fromMs; ms < toMs + DAY_MS; ms += DAY_MS / 2) {
    const fields = fieldsIn(ms, timeZone) ?? fieldsIn(ms, "UTC");
    if (fields?.weekday !== "Mon") continue;
    const midnight = Math.floor(ms / 60_000) * 60_000 - fields.minutes * 60_000;
    if (midnight <= fromMs || midnight >= toMs || ticks.at(-1)?.ms === midnight) continue;
    ticks.push({ ms: midnight, left: ((midnight - fromMs) / (toMs - fromMs)) * 100 });
  }
  return ticks;
}
