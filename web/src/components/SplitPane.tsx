// Two panes with a border that moves: by pointer, or with the arrow keys when it has the focus.
import { useRef, useState, type ReactNode } from "react";
import { remember, remembered } from "@/lib/storage";
import classes from "./SplitPane.module.css";

interface SplitPaneProps {
  /** Under this name the browser remembers the size. */
  name: string;
  /** What the second pane is, for the border's name: `span details`. */
  label: string;
  /** `row`: side by side; `column`: one above the other. */
  direction?: "row" | "column";
  /** Size of the second pane at first, px. */
  initial: number;
  min?: number;
  max?: number;
  first: ReactNode;
  /** Without it the first pane takes all. */
  second: ReactNode | undefined;
}

const STEP = 24;

/** Two panes; the second has a size, the first takes the rest. */
export function SplitPane({ name, label, direction = "row", initial, min = 200, max = 1200, first, second }: SplitPaneProps) {
  const box = useRef<HTMLDivElement | null>(null);
  const [size, setSize] = useState(() => clamp(Number(remembered(`split.${name}`) ?? initial) || initial, min, max));
  const row = direction === "row";
  const change = (next: number): void => {
    const room = row ? box.current?.clientWidth : box.current?.clientHeight;
    const kept = Math.round(clamp(next, min, Math.min(max, (room ?? max) - 120)));
    setSize(kept);
    remember(`split.${name}`, String(kept));
  };
  // The first pane stays the same element whether there is a second or not: it keeps its scroll and focus.
  return (
    <div ref={box} className={classes.split} data-direction={direction}>
      <div className={classes.first}>{first}</div>
      {second === undefined ? null : (
        <>
          <div
            role="separator"
            tabIndex={0}
            aria-label={`Size of ${label}`}
            aria-orientation={row ? "vertical" : "horizontal"}
            aria-valuemin={min}
            aria-valuemax={max}
            aria-valuenow={size}
            className={classes.border}
            onPointerDown={(event) => {
              event.preventDefault();
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
              const area = box.current?.getBoundingClientRect();
              if (area === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
              change(row ? area.right - event.clientX : area.bottom - event.clientY);
            }}
            onDoubleClick={() => change(initial)}
            onKeyDown={(event) => {
              const steps: Readonly<Record<string, number>> = { ArrowLeft: STEP, ArrowUp: STEP, ArrowRight: -STEP, ArrowDown: -STEP };
              const step = steps[event.key];
              if (step !== undefined) change(size + step);
              else if (event.key === "Home") change(min);
              else if (event.key === "End") change(max);
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
          <div className={classes.second} style={row ? { width: size } : { height: size }}>
            {second}
          </div>
        </>
      )}
    </div>
  );
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
