// New matching traces from the live stream, while the range ends at now: how many and how fast. Told twice a second at most.
import { useCallback, useEffect, useRef, useState } from "react";
import type { TraceSummary } from "@/api/schema";
import { NO_ARRIVALS, withArrivals, type Arrivals } from "@/lib/traces/arrivals";
import type { LiveState } from "@/live/events";
import { useLive } from "@/live/useLive";

const TELL_MS = 500;
/** Ids that wait for the next telling. */
const MOST_WAITING = 5000;

interface Live {
  readonly arrivals: Arrivals;
  readonly state: LiveState;
  /** Forgets what arrived: it is in the list now. */
  clear(): void;
}

/** Follows the traces that match `query` (TraceQL, may be empty); `undefined` follows nothing. */
export function useArrivals(query: string | undefined, rows: readonly TraceSummary[]): Live {
  const [arrivals, setArrivals] = useState(NO_ARRIVALS);
  const waiting = useRef<string[]>([]);
  const lost = useRef(false);
  const timer = useRef<number | undefined>(undefined);
  const known = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    known.current = new Set(rows.map((row) => row.traceId));
    setArrivals((now) => {
      const left = [...now.ids].filter((id) => !known.current.has(id));
      return left.length === now.ids.size ? now : { ...now, ids: new Set(left) };
    });
  }, [rows]);
  const tell = useCallback(() => {
    timer.current = undefined;
    const ids = waiting.current;
    waiting.current = [];
    const gap = lost.current;
    setArrivals((now) => ({ ...withArrivals(now, ids, known.current, Date.now()), lost: now.lost || gap }));
  }, []);
  const clear = useCallback(() => {
    waiting.current = [];
    lost.current = false;
    setArrivals((now) => ({ ...NO_ARRIVALS, seconds: now.seconds }));
  }, []);
  useEffect(() => {
    setArrivals(NO_ARRIVALS);
    waiting.current = [];
    lost.current = false;
    return () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [query]);
  const { state } = useLive(query === undefined ? null : `traces:${query}`, (event) => {
    if (event.type === "trace" && waiting.current.length < MOST_WAITING) waiting.current.push(event.span.traceId);
    else if (event.type === "lost") lost.current = true;
    else return;
    timer.current ??= window.setTimeout(tell, TELL_MS);
  });
  return { arrivals, state, clear };
}
