// Follows the lines of a query: the stream fills a bounded ring, a frame at a time.
import { useEffect, useMemo, useRef, useState } from "react";
import { api } from "@/api/client";
import type { ConditionParams } from "@/lib/logs/conditions";
import { linesOf } from "@/lib/logs/line";
import { Tail, type TailView } from "@/lib/logs/tail";
import type { LiveState } from "@/live/events";
import { useLive } from "@/live/useLive";

/** Lines from before the tail began. */
const SEED = 200;
const EMPTY: TailView = { lines: [], waiting: 0, cut: 0, lost: 0, lostUnknown: false, dropped: 0 };

/** A tail that runs. */
export interface RunningTail {
  readonly view: TailView;
  readonly state: LiveState;
  /** Lines a second. */
  readonly rate: number;
  /** Lines that were cut off at the top so far. */
  readonly cut: number;
  hold(on: boolean): void;
  clear(): void;
}

/** Follows `logql`; what matches `params` and was there before comes first. */
export function useTail(logql: string, params: ConditionParams): RunningTail {
  const tail = useMemo(() => ({ of: logql, ring: new Tail() }).ring, [logql]);
  const [shown, setShown] = useState({ view: EMPTY, cut: 0 });
  const [rate, setRate] = useState(0);
  const frame = useRef(0);
  const draw = (): void => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      const view = tail.frame();
      setShown((before) => ({ view, cut: before.cut + view.cut }));
    });
  };
  const { state } = useLive(`logs:${logql}`, (event) => {
    if (event.type === "log") tail.take(event.log, Date.now());
    else if (event.type === "lost") tail.lose(event.count);
    else return;
    draw();
  });
  useEffect(() => {
    const stop = new AbortController();
    setShown({ view: EMPTY, cut: 0 });
    void api.get("/api/v1/logs", { query: { ...params, limit: SEED, values: "preview" }, signal: stop.signal }).then(
      (page) => {
        tail.seed(linesOf(page).toReversed());
        draw();
      },
      // The stream says itself that something is wrong.
      () => undefined,
    );
    const timer = setInterval(() => setRate(tail.rate(Date.now())), 1000);
    return () => {
      stop.abort();
      clearInterval(timer);
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [tail, params]);
  return {
    ...shown,
    state,
    rate,
    hold: (on) => {
      tail.hold(on);
      draw();
    },
    clear: () => {
      tail.clear();
      draw();
    },
  };
}
