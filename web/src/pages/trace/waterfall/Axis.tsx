// The head of the waterfall: column names, ticks, lengths of folded gaps. A drag over the ticks chooses a window of time.
import { useState, type PointerEvent, type ReactElement } from "react";
import { axisTicks } from "@/lib/trace/axis";
import type { TimeScale } from "@/lib/trace/timeScale";
import { formatDuration } from "@/lib/units";
import type { TraceView } from "../useTraceView";
import classes from "./Waterfall.module.css";

interface AxisProps {
  readonly view: TraceView;
  readonly scale: TimeScale;
  readonly widthPx: number;
}

/** The ticks of the timeline. */
export function Axis({ view, scale, widthPx }: AxisProps): ReactElement {
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>();
  const xOf = (event: PointerEvent<HTMLDivElement>): number => Math.max(0, Math.min(widthPx, event.clientX - event.currentTarget.getBoundingClientRect().left));
  const stop = (): void => {
    if (drag !== undefined && Math.abs(drag.to - drag.from) >= 4) {
      const [a, b] = [scale.time(Math.min(drag.from, drag.to) / widthPx), scale.time(Math.max(drag.from, drag.to) / widthPx)];
      if (b > a) view.setWindow({ from: a, to: b });
    }
    setDrag(undefined);
  };
  return (
    <div
      className={classes.axis}
      title="Drag to choose a time, double click for all of it"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const x = xOf(event);
        setDrag({ from: x, to: x });
      }}
      onPointerMove={(event) => {
        if (drag !== undefined) setDrag({ from: drag.from, to: xOf(event) });
      }}
      onPointerUp={stop}
      onPointerCancel={() => setDrag(undefined)}
      onDoubleClick={() => view.setWindow(undefined)}
    >
      {axisTicks(scale, widthPx).map((tick) => (
        <span key={tick.left} className={classes.tick} style={{ left: tick.left * widthPx }}>
          {tick.label}
        </span>
      ))}
      {scale.folds.map((fold) => (
        <span key={fold.from} className={classes.foldLabel} data-edge={fold.left * widthPx < 24 ? "left" : (1 - fold.left - fold.width) * widthPx < 24 ? "right" : undefined} style={{ left: (fold.left + fold.width / 2) * widthPx }} title={`${formatDuration(fold.to - fold.from)} in which no leaf span was at work, folded`}>
          {formatDuration(fold.to - fold.from)}
        </span>
      ))}
      {drag === undefined ? null : <span className={classes.drag} style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }} />}
    </div>
  );
}

/** Lines and breaks behind the bars, over the whole height of the timeline. */
export function Backdrop({ scale, widthPx }: Omit<AxisProps, "view">): ReactElement {
  return (
    <>
      {axisTicks(scale, widthPx).map((tick) => (
        <span key={tick.left} className={classes.gridLine} style={{ left: tick.left * widthPx }} />
      ))}
      {scale.folds.map((fold) => (
        <span key={fold.from} className={classes.fold} style={{ left: fold.left * widthPx, width: fold.width * widthPx }}>
          <svg className={classes.zigzag} width="10" height="100%" aria-hidden>
            <defs>
              <pattern id={`zig-${Math.round(fold.from)}`} width="10" height="12" patternUnits="userSpaceOnUse">
                <path d="M5 0L8 3L2 9L5 12" className={classes.zigzagLine} />
              </pattern>
            </defs>
            <rect width="10" height="100%" fill={`url(#zig-${Math.round(fold.from)})`} />
          </svg>
        </span>
      ))}
    </>
  );
}
