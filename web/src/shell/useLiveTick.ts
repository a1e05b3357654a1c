// Says when a live range should be resolved again: at news of the server, or every 10 seconds where there is no stream.
import { useEffect, useRef } from "react";
import { useLive } from "@/live/useLive";

const POLL_MS = 10_000;

/** Calls `refresh` when data changed, while `on` and the page is visible. */
export function useLiveTick(on: boolean, refresh: () => void): void {
  const missed = useRef(false);
  const news = useRef(() => {
    if (document.visibilityState === "visible") refresh();
    else missed.current = true;
  });
  const { state } = useLive(on ? "changes" : null, (event) => {
    if (event.type === "change") news.current();
  });
  useEffect(() => {
    if (!on) return undefined;
    const seen = (): void => {
      if (document.visibilityState !== "visible" || !missed.current) return;
      missed.current = false;
      refresh();
    };
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [on, refresh]);
  const polling = on && state !== "live";
  useEffect(() => {
    if (!polling) return undefined;
    const timer = setInterval(() => news.current(), POLL_MS);
    return () => clearInterval(timer);
  }, [polling]);
}
