// What happened to the alert, the newest first.
import { useState, type ReactElement } from "react";
import type { AlertEvent } from "@/api/schema";
import { Since } from "@/components/alerting/Since";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { eventTone, eventWord } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import { useZone } from "@/shell/timeRange";
import classes from "./Page.module.css";

interface TimelineProps {
  readonly events: readonly AlertEvent[];
  readonly nowMs: number;
}

const SHOWN = 12;

/** The timeline. */
export function Timeline({ events, nowMs }: TimelineProps): ReactElement {
  const [all, setAll] = useState(false);
  const zone = useZone();
  const shown = all ? events : events.slice(0, SHOWN);
  return (
    <Panel title="What happened" subtitle={events.length === 0 ? undefined : plural(events.length, "event")}>
      {events.length === 0 ? <p className={classes["none"]}>Nothing yet: it is recorded once it fires.</p> : null}
      <ol className={classes["timeline"]}>
        {shown.map((event, place) => (
          <li key={`${event.at} ${event.kind} ${place}`} data-tone={eventTone(event.kind)}>
            <time className={classes["time"]} dateTime={event.at} title={zone.dateTimeNs(event.at)}>
              {zone.time(Date.parse(event.at))}
            </time>
            <span className={classes["kind"]}>{eventWord(event.kind)}</span>
            <span className={`${classes["words"]} ${classes["clamp"]}`} title={event.text}>
              {event.notificationId === undefined ? event.text : <Go href={hrefs.deliveries({ id: event.notificationId, alert: event.alertId })}>{event.text}</Go>}
            </span>
            <span className={classes["ago"]}>
              <Since at={event.at} nowMs={nowMs} />
            </span>
          </li>
        ))}
      </ol>
      {events.length > SHOWN ? (
        <button type="button" className={classes["more"]} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show the newest only" : `${events.length - SHOWN} more`}
        </button>
      ) : null}
    </Panel>
  );
}
