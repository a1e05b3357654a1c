// The range that the list was asked for. While the page is live the shell's range moves on, but rows only change when
// somebody asks for it, or follows.
import { useCallback, useEffect, useState } from "react";
import { resolveRange } from "@/lib/timeRange";
import { useTimeRange, useZone, type TimeRange } from "@/shell/timeRange";

/** A range that stands still. */
export interface HeldRange {
  /** RFC 3339. */
  readonly start: string;
  readonly end: string;
  /** Unix milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
}

interface Held {
  readonly key: string;
  readonly range: HeldRange;
  readonly at: number;
}

function hold({ start, end, startMs, endMs }: HeldRange): HeldRange {
  return { start, end, startMs, endMs };
}

/** A range that moves with `range`, but at most every `pauseMs`; at once when `key` changes. */
function usePaced(range: HeldRange, key: string, flows: boolean, pauseMs: number): readonly [HeldRange, (range: HeldRange) => void] {
  const [held, setHeld] = useState<Held>(() => ({ key, range: hold(range), at: Date.now() }));
  const { start, end, startMs, endMs } = range;
  if (held.key !== key) setHeld({ key, range: hold(range), at: Date.now() });
  useEffect(() => {
    if (!flows) return undefined;
    const next = { key, range: { start, end, startMs, endMs } };
    const timer = setTimeout(() => setHeld({ ...next, at: Date.now() }), Math.max(0, held.at + pauseMs - Date.now()));
    return () => clearTimeout(timer);
    // `held.at` only says how long to wait: when it changes there is nothing new to wait for.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [flows, key, start, end, startMs, endMs, pauseMs]);
  const take = useCallback((next: HeldRange) => setHeld({ key, range: hold(next), at: Date.now() }), [key]);
  return [held.range, take];
}

/** Rows follow at most once a second. */
const ROWS_MS = 1000;
/** Counts and pictures cost more. */
const FIGURES_MS = 5000;
/** A live range that was resolved longer ago is resolved again for a new search. */
const STALE_MS = 3000;

interface HeldRanges {
  /** Range of the rows. */
  readonly rows: HeldRange;
  /** Range of counts and pictures: it follows more slowly. */
  readonly figures: HeldRange;
  /** Moves both to now. */
  take(): void;
}

function nowOf(range: TimeRange, zone: "local" | "utc"): HeldRange {
  const read = resolveRange({ from: range.from, to: range.to }, Date.now(), zone);
  if (!read.ok) return range;
  const { startMs, endMs } = read.value;
  return { startMs, endMs, start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() };
}

/** The ranges of a search; `search` names it: another search starts at the range of now. */
export function useHeldRanges(search: string, follow: boolean): HeldRanges {
  const range = useTimeRange();
  const { zone } = useZone();
  const key = JSON.stringify([search, range.from, range.to]);
  const [rows, takeRows] = usePaced(range, key, follow || !range.live, ROWS_MS);
  const [figures, takeFigures] = usePaced(rows, key, true, FIGURES_MS);
  const take = useCallback(() => {
    const now = nowOf(range, zone);
    takeRows(now);
    takeFigures(now);
  }, [range, zone, takeRows, takeFigures]);
  useEffect(() => {
    // Another search while the shell's range is old (the tab was in the background): not what was new back then.
    if (range.live && Date.now() - range.refreshedAt > STALE_MS) take();
    // oxlint-disable-next-line react/exhaustive-deps -- only another search counts
  }, [key]);
  return { rows, figures, take };
}
