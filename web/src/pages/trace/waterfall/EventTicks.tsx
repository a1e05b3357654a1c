// Ticks where the events of the open span happened: above its bar, as soon as the panel has fetched them.
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { TraceModel } from "@/lib/trace/model";
import type { TimeScale } from "@/lib/trace/timeScale";
import { spanQuery } from "../panel/useSpan";
import classes from "./Row.module.css";

interface EventTicksProps {
  readonly model: TraceModel;
  readonly row: number;
  readonly scale: TimeScale;
  readonly widthPx: number;
}

/** More ticks than this say no more. */
const MOST = 200;

/** The ticks of one span. */
export function EventTicks({ model, row, scale, widthPx }: EventTicksProps): ReactElement | null {
  const { data } = useQuery(spanQuery(model.traceId, model.id[row] ?? "", "preview", false));
  if (data === undefined || data.span.events.length === 0) return null;
  const path = data.span.events
    .slice(0, MOST)
    .map((event) => scale.place(Date.parse(event.timestamp) - model.originMs))
    .filter((place) => place >= 0 && place <= 1)
    .map((place) => `M${(place * widthPx).toFixed(1)} 1v8`)
    .join("");
  return (
    <svg className={classes.eventTicks} width={widthPx} height={24} aria-hidden>
      <path d={path} />
    </svg>
  );
}
