// The line under the pointer, over the whole height of the timeline, with its time. Moves without drawing rows anew.
import { useImperativeHandle, useRef, type ReactElement, type Ref } from "react";
import { formatOffset } from "@/lib/trace/axis";
import type { TimeScale } from "@/lib/trace/timeScale";
import classes from "./Waterfall.module.css";

/** How the rows tell where the pointer is. */
export interface CrosshairHandle {
  /** Place in the window, px. */
  move(clientX: number): void;
  hide(): void;
}

interface CrosshairProps {
  readonly scale: TimeScale;
  readonly widthPx: number;
  readonly ref: Ref<CrosshairHandle>;
}

/** The line; stands in the frame of the timeline. */
export function Crosshair({ scale, widthPx, ref }: CrosshairProps): ReactElement {
  const line = useRef<HTMLDivElement | null>(null);
  const text = useRef<HTMLSpanElement | null>(null);
  useImperativeHandle(
    ref,
    () => ({
      hide: () => {
        if (line.current !== null) line.current.hidden = true;
      },
      move: (clientX) => {
        const element = line.current;
        const frame = element?.parentElement?.getBoundingClientRect();
        if (element === null || frame === undefined) return;
        const x = clientX - frame.left;
        element.hidden = x < 0 || x > widthPx;
        if (element.hidden) return;
        element.style.transform = `translateX(${Math.round(x)}px)`;
        element.dataset["side"] = x > widthPx - 90 ? "left" : "right";
        if (text.current !== null) text.current.textContent = formatOffset(scale.time(x / widthPx), scale.drawnMs / 1000);
      },
    }),
    [scale, widthPx],
  );
  return (
    <div ref={line} className={classes.cross} hidden>
      <span ref={text} className={classes.crossText} />
    </div>
  );
}
