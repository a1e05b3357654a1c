// Says when a live range should be resolved again: at news of the server, or every 10 seconds where there is no stream.
import { useCallback, useEffect, useRef } from "react";
import { queryClient } from "@/api/queries";
import { useLive } from "@/live/useLive";

const POLL_MS = 10_000;
/** Wait for answers that are still under way. */
const BUSY_MS = 500;

/**
 * Calls `refresh` when data changed, while `on`: no more often than the server's interval, never while answers are under
 * way (a slow query would be thrown away again and again), and for a hidden page once it is seen.
 */
export function useLiveTick(on: boolean, refresh: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const missed = useRef(false);
  const last = useRef(0);

  const tryIn = useCallback(
    (ms: number): void => {
      if (timer.current !== undefined) return;
      const run = (): void => {
        timer.current = undefined;
        if (document.visibilityState !== "visible") missed.current = true;
        else if (queryClient.isFetching() > 0) timer.current = setTimeout(run, BUSY_MS);
        else {
          last.current = Date.now();
          refresh();
        }
      };
      timer.current = setTimeout(run, ms);
    },
    [refresh],
  );

  const { state } = useLive(on ? "changes" : null, (event) => {
    // A gap may have swallowed news.
    const intervalMs = event.type === "change" ? event.intervalMs : POLL_MS;
    tryIn(Math.max(0, last.current + intervalMs - Date.now()));
  });
  useEffect(() => {
    if (!on) return undefined;
    last.current = Date.now();
    const seen = (): void => {
      if (document.visibilityState !== "visible" || !missed.current) return;
      missed.current = false;
      tryIn(0);
    };
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [on, tryIn]);

  const polling = on && state !== "live";
  useEffect(() => {
    if (!polling) return undefined;
    const poll = setInterval(() => tryIn(0), POLL_MS);
    return () => clearInterval(poll);
  }, [polling, tryIn]);
}
