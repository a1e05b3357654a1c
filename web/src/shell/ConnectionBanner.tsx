// Says that the server is out of reach or still starting, since when, and when it is asked again. Goes away by itself,
// and what the page shows is asked for again.
import { useEffect, useRef, useState, useSyncExternalStore, type ReactElement } from "react";
import { connection, onConnection, tryNow, type Connection } from "@/api/connection";
import { queryClient } from "@/api/queries";
import { toast } from "@/shell/toast";
import { useTimeRange, useZone } from "@/shell/timeRange";
import controls from "./controls.module.css";
import classes from "./ConnectionBanner.module.css";

type Trouble = Exclude<Connection, { state: "up" }>;

function words(trouble: Trouble): string {
  if (trouble.state === "down") return "The server does not answer";
  if (trouble.word === "replaying") {
    const share = trouble.progress === undefined ? "" : `, ${Math.floor(trouble.progress * 100)} %`;
    return `The server is starting: replaying what was written last${share}`;
  }
  return trouble.word === "stopping" ? "The server is stopping" : `The server is not ready: ${trouble.word}`;
}

/** Seconds until a time, counted down. */
function useCountdown(at: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((at - now) / 1000));
}

function Banner({ trouble }: { readonly trouble: Trouble }): ReactElement {
  const { time } = useZone();
  const left = useCountdown(trouble.nextTryAt);
  return (
    <section className={classes["banner"]} aria-label="Connection">
      <p className={classes["words"]} role="alert">
        {words(trouble)}
        <span className={classes["since"]}> since {time(trouble.since)}. What you see is from before.</span>
      </p>
      {trouble.state === "down" ? (
        <>
          <span className={classes["left"]}>{left === 0 ? "Trying…" : `Next try in ${left} s`}</span>
          <button type="button" className={controls["button"]} onClick={tryNow}>
            Try now
          </button>
        </>
      ) : null}
    </section>
  );
}

/** The banner over the page; nothing while all is well. */
export function ConnectionBanner(): ReactElement | null {
  const now = useSyncExternalStore(onConnection, connection);
  const { refresh } = useTimeRange();
  const troubled = useRef(false);
  useEffect(() => {
    if (now.state !== "up") troubled.current = true;
    else if (troubled.current) {
      troubled.current = false;
      toast("The server answers again");
      refresh();
      void queryClient.invalidateQueries({ refetchType: "active" });
    }
  }, [now.state, refresh]);
  return now.state === "up" ? null : <Banner trouble={now} />;
}
