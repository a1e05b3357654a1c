// What arrived since the list was loaded: how many, how fast; taken in by a click or `u`, or followed.
import { IconArrowUp, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState, type ReactElement } from "react";
import { arrivalRate, arrivalWords, type Arrivals } from "@/lib/traces/arrivals";
import { formatRate } from "@/lib/numbers";
import type { LiveState } from "@/live/events";
import { useShortcuts } from "@/shell/shortcuts";
import classes from "./Page.module.css";

interface NewTracesProps {
  readonly arrivals: Arrivals;
  readonly state: LiveState;
  readonly follow: boolean;
  /** The list is not there yet: what is new cannot be told. */
  readonly loading: boolean;
  /** Follows, but not while somebody scrolls. */
  readonly paused: boolean;
  readonly onFollow: (on: boolean) => void;
  readonly onTake: () => void;
}

/** The bar above the list. */
export function NewTraces({ arrivals, state, loading, follow, paused, onFollow, onTake }: NewTracesProps): ReactElement {
  useShortcuts([{ keys: "u", what: "show new traces", run: onTake }]);
  const waiting = !loading && (arrivals.ids.size > 0 || arrivals.lost) && (!follow || paused);
  const rate = arrivalRate(arrivals, useNow());
  const Icon = follow ? IconPlayerPause : IconPlayerPlay;
  return (
    <div className={classes["live"]} data-waiting={waiting || undefined}>
      <span role="status" className={classes["liveText"]}>
        {waiting ? arrivalWords(arrivals) : told(state, follow, paused)}
      </span>
      {waiting ? (
        <button type="button" className={classes["take"]} onClick={onTake}>
          <IconArrowUp size={14} aria-hidden />
          Show <kbd>u</kbd>
        </button>
      ) : null}
      {paused && waiting ? <span className={classes["quiet"]}>paused while you read</span> : null}
      {state === "live" && rate > 0 ? <span className={classes["quiet"]}>{`${formatRate(rate)} spans match`}</span> : null}
      <button type="button" className={classes["follow"]} aria-pressed={follow} onClick={() => onFollow(!follow)} title={follow ? "Stop following: new traces wait to be shown" : "Follow: new traces come in at the top"}>
        <Icon size={14} aria-hidden />
        {follow ? "Following" : "Follow"}
      </button>
    </div>
  );
}

/** The time, twice in five seconds: a rate falls while nothing arrives. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 2500);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function told(state: LiveState, follow: boolean, paused: boolean): string {
  if (state === "lost") return "Live connection lost: trying again";
  if (state === "connecting") return "Connecting …";
  if (state === "off") return "Live";
  if (follow) return paused ? "Following: paused while you read" : "New traces come in at the top";
  return "Live: no new traces yet";
}
