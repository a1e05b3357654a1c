// Keeps everything that is known of alerts up to date: all queries whose key begins with `alerts` are asked again when the
// server tells that something changed, or every 15 seconds where there is no stream.
import { useCallback, useEffect, useRef } from "react";
import { queryClient } from "@/api/queries";
import type { AlertCounts, AlertList } from "@/api/schema";
import type { LiveEvent } from "@/live/events";
import { useLive } from "@/live/useLive";

/** A storm of alerts brings news faster than anybody reads. */
const PAUSE_MS = 1_500;
const BUSY_MS = 300;
const POLL_MS = 15_000;
const KEY = ["alerts"] as const;
const COUNTED = ["firing", "pending", "acknowledged", "hidden", "critical", "resolved"] as const;

/** Whether the newest list of alerts has these counts already. */
function isKnown(counts: AlertCounts): boolean {
  const lists = queryClient.getQueriesData<AlertList>({ queryKey: KEY });
  const known = lists.map(([, list]) => list?.counts).filter((one) => one !== undefined);
  return known.length > 0 && known.every((one) => COUNTED.every((name) => one[name] === counts[name]));
}

/** Held by the shell once; pages only give their queries keys that begin with `alerts`. */
export function useAlertsLive(): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = useRef(0);
  const missed = useRef(false);
  const refreshSoon = useCallback((): void => {
    if (timer.current !== undefined) return;
    const run = (): void => {
      timer.current = undefined;
      if (document.visibilityState !== "visible") missed.current = true;
      else if (queryClient.isFetching({ queryKey: KEY }) > 0) timer.current = setTimeout(run, BUSY_MS);
      else {
        last.current = Date.now();
        void queryClient.invalidateQueries({ queryKey: KEY });
      }
    };
    timer.current = setTimeout(run, Math.max(0, last.current + PAUSE_MS - Date.now()));
  }, []);
  // The first notice tells how things stand when the stream opens: mostly as the page has just asked.
  const opened = useRef(false);
  const onNotice = useCallback((event: LiveEvent): void => {
    const first = !opened.current;
    opened.current = true;
    if (first && event.type === "alerts" && isKnown(event.counts)) return;
    refreshSoon();
  }, [refreshSoon]);
  const { state } = useLive("alerts", onNotice);
  useEffect(() => {
    const seen = (): void => {
      if (document.visibilityState !== "visible" || !missed.current) return;
      missed.current = false;
      refreshSoon();
    };
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [refreshSoon]);
  // What happened while the stream was away is not told again.
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "lost" && state === "live") refreshSoon();
    before.current = state;
    if (state === "live" || state === "connecting") return undefined;
    const poll = setInterval(refreshSoon, POLL_MS);
    return () => clearInterval(poll);
  }, [state, refreshSoon]);
}
