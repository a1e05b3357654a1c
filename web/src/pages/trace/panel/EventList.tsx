// Events of a span by time, and links to other spans.
import type { ReactElement } from "react";
import type { SpanEvent, SpanLink } from "@/api/schema";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import { formatDuration } from "@/lib/units";
import { useZone } from "@/shell/timeRange";
import { AttributeList } from "./AttributeList";
import classes from "./Panel.module.css";

interface EventListProps {
  readonly events: readonly SpanEvent[];
  /** Start of the span, RFC 3339. */
  readonly start: string;
}

/** The events with when they happened after the span's start. */
export function EventList({ events, start }: EventListProps): ReactElement {
  const { timeMs } = useZone();
  const from = Date.parse(start);
  return (
    <ol className={classes.list}>
      {events.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).map((event, index) => (
        <li key={index} className={classes.event}>
          <div className={classes.eventHead}>
            <span className={classes.when} title={timeMs(Date.parse(event.timestamp))}>
              +{formatDuration(Math.max(0, Date.parse(event.timestamp) - from))}
            </span>
            <b>{event.name}</b>
          </div>
          <AttributeList label={`Attributes of ${event.name}`} scope="none" attributes={event.attributes} flat />
        </li>
      ))}
    </ol>
  );
}

interface LinkListProps {
  readonly links: readonly SpanLink[];
  readonly traceId: string;
  /** Opens a span of this trace. */
  readonly onOpen: (spanId: string) => void;
}

/** Links, those to other traces with the way there. */
export function LinkList({ links, traceId, onOpen }: LinkListProps): ReactElement {
  return (
    <ul className={classes.list}>
      {links.map((link, index) => {
        const span = link.spanId ?? "";
        const here = link.traceId === undefined || link.traceId === traceId;
        return (
          <li key={index} className={classes.event}>
            {here ? (
              <button type="button" className={classes.linkish} onClick={() => onOpen(span)}>
                Span {shortId(span)} of this trace
              </button>
            ) : (
              <Go href={hrefs.trace(link.traceId ?? "", { span })}>
                Span {shortId(span)} of trace {shortId(link.traceId ?? "")}
              </Go>
            )}
            {link.attributes === undefined ? null : <AttributeList label="Attributes of the link" scope="none" attributes={link.attributes} flat />}
          </li>
        );
      })}
    </ul>
  );
}
