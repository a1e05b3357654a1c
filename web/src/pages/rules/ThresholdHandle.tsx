// The threshold of a chart as a line to drag: with the pointer, or with arrow keys. It tells the new value when it rests.
import { useEffect, useRef, useState, type PointerEvent, type ReactElement } from "react";
import type { ChartPlace } from "@/charts/uplotEngine";
import { roundedTo, writeNumber } from "@/lib/alerting/threshold";
import { formatterOf } from "@/lib/units";
import classes from "./ThresholdHandle.module.css";

interface ThresholdHandleProps {
  readonly value: number;
  readonly operator: string;
  readonly unit: string | undefined;
  readonly place: ChartPlace;
  readonly onChange: (value: number) => void;
}

const REST_MS = 250;
const HIT_PX = 24;

/** Where a value lies, px from the top of the chart. */
function topOf(value: number, place: ChartPlace): number {
  const share = (value - place.min) / (place.max - place.min || 1);
  return place.top + (1 - Math.min(1, Math.max(0, share))) * place.height;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 0.01, ArrowRight: 0.01, ArrowDown: -0.01, ArrowLeft: -0.01, PageUp: 0.1, PageDown: -0.1 };

/** The value while it moves, and what tells of it once it rests. */
function useMoved(value: number, onChange: (value: number) => void) {
  const [moved, setMoved] = useState<number>();
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => () => clearTimeout(rest.current), []);
  // Another threshold from outside ends what was being moved.
  useEffect(() => setMoved(undefined), [value]);
  const tell = (next: number, afterMs: number): void => {
    setMoved(next);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      if (next === value) setMoved(undefined);
      else latest.current(next);
    }, afterMs);
  };
  const cancel = (): void => {
    clearTimeout(rest.current);
    setMoved(undefined);
  };
  return { moved, setMoved, tell, cancel };
}

/** The line and its grip. */
export function ThresholdHandle({ value, operator, unit, place, onChange }: ThresholdHandleProps): ReactElement {
  const { moved, setMoved, tell, cancel } = useMoved(value, onChange);
  const box = useRef<HTMLDivElement>(null);
  const span = place.max - place.min;
  const shown = moved ?? value;
  const valueAt = (event: PointerEvent): number => {
    const top = box.current?.parentElement?.getBoundingClientRect().top ?? 0;
    const share = 1 - (event.clientY - top - place.top) / place.height;
    return roundedTo(place.min + Math.min(1, Math.max(0, share)) * span, span);
  };
  const text = `${operator} ${formatterOf(unit)(shown)}`;
  return (
    <div
      ref={box}
      className={classes["line"]}
      data-moving={moved !== undefined}
      style={{ top: topOf(shown, place) - HIT_PX / 2, left: place.left, width: place.width }}
      role="slider"
      tabIndex={0}
      aria-label="Threshold"
      aria-orientation="vertical"
      aria-valuemin={place.min}
      aria-valuemax={place.max}
      aria-valuenow={shown}
      aria-valuetext={text}
      title="Drag, or use the arrow keys"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        event.currentTarget.focus();
        setMoved(value);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) setMoved(valueAt(event));
      }}
      onPointerUp={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) tell(valueAt(event), 0);
      }}
      onPointerCancel={cancel}
      onKeyDown={(event) => {
        const share = STEPS[event.key];
        if (event.key === "Escape" && moved !== undefined) cancel();
        else if (share !== undefined) tell(roundedTo(shown + share * span, span), REST_MS);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span className={classes["grip"]} aria-hidden>
        {moved === undefined ? "↕" : `${operator} ${writeNumber(shown)}`}
      </span>
    </div>
  );
}
