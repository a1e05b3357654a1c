// The whole trace at a glance: all spans, failed ones on top, and the window of time that the waterfall shows.
// Drag chooses a window; its two edges are sliders for the keyboard.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement } from "react";
import { slotColour, usePalette, type Palette } from "@/charts/usePalette";
import { useWidth } from "@/charts/useSize";
import { withAlpha } from "@/lib/colour";
import { formatOffset } from "@/lib/trace/axis";
import { failed, slotOf } from "@/lib/trace/read";
import type { Span } from "@/lib/trace/timeScale";
import classes from "./Minimap.module.css";
import type { TraceView } from "./useTraceView";

/** Height, px. */
const HEIGHT = 52;
/** Shorter drags are clicks. */
const DRAG_PX = 4;

/** The map with its window. */
export function Minimap({ view }: { readonly view: TraceView }): ReactElement {
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const palette = usePalette();
  const { model, whole, window, root, colour, matches } = view;
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width === 0) return;
    const ratio = globalThis.devicePixelRatio || 1;
    element.width = Math.round(width * ratio);
    element.height = Math.round(HEIGHT * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    drawSpans(context, width, palette, { model, whole, root, colour, matches });
  }, [width, palette, model, whole, root, colour, matches]);
  const brush = useBrush(view, width);
  const shown = brush.drag ?? window;
  const place = (ms: number): number => ((ms - whole.from) / (whole.to - whole.from)) * width;
  const left = place(shown.from);
  const right = place(shown.to);
  const full = shown.from <= whole.from && shown.to >= whole.to;
  return (
    <div className={classes.frame}>
      <div
        ref={box}
        className={classes.map}
        style={{ height: HEIGHT }}
        onPointerDown={brush.down}
        onPointerMove={brush.move}
        onPointerUp={brush.up}
        onPointerCancel={brush.cancel}
        onDoubleClick={() => view.setWindow(undefined)}
      >
        <canvas ref={canvas} className={classes.canvas} style={{ height: HEIGHT }} aria-hidden />
        {full || width === 0 ? null : (
          <>
            <div className={classes.shade} style={{ left: 0, width: Math.max(0, left) }} />
            <div className={classes.shade} style={{ left: right, width: Math.max(0, width - right) }} />
            <div className={classes.window} style={{ left, width: Math.max(1, right - left) }} />
          </>
        )}
        <Edge which="from" view={view} left={left} />
        <Edge which="to" view={view} left={right} />
      </div>
    </div>
  );
}

type Drawn = Pick<TraceView, "model" | "whole" | "root" | "colour" | "matches">;

function drawSpans(context: CanvasRenderingContext2D, width: number, palette: Palette, drawn: Drawn): void {
  const { model, whole, root, colour, matches } = drawn;
  const from = Math.max(0, root);
  const to = root < 0 ? model.count : (model.after[root] ?? model.count);
  const rows = Math.max(1, to - from);
  const perMs = width / (whole.to - whole.from);
  const line = Math.max(1, Math.min(6, (HEIGHT - 4) / rows));
  const lines = Math.max(1, Math.floor((HEIGHT - 4) / line));
  const quiet = withAlpha(palette.ink3, 0.45);
  // What was drawn last on each line: spans that would land on the same pixels again are left out.
  const until = new Float64Array(lines).fill(-1);
  const box = (row: number, colourText: string, least: number, skip: boolean): void => {
    const index = Math.min(lines - 1, Math.floor(((row - from) / rows) * lines));
    const x = ((model.start[row] ?? 0) - whole.from) * perMs;
    const w = Math.max(least, ((model.end[row] ?? 0) - (model.start[row] ?? 0)) * perMs);
    if (skip && x + w <= (until[index] ?? -1)) return;
    if (skip) until[index] = Math.floor(x + w) + 0.5;
    context.fillStyle = colourText;
    context.fillRect(x, 2 + index * line, w, Math.max(1, line - (line > 3 ? 1 : 0)));
  };
  const dense = rows > lines * 4;
  for (let row = from; row < to; row += 1) {
    const slot = slotOf(model, row, colour);
    const on = matches === undefined || matches.flags[row] === 1;
    // A long bar of a parent would hide the work below it: on shared lines it is drawn faintly.
    const parent = dense && (model.loaded[row] ?? 0) > 0;
    box(row, on && slot >= 0 ? withAlpha(slotColour(palette, slot), parent ? 0.3 : 0.85) : quiet, 1, dense && !parent);
  }
  for (const row of model.errors) if (row >= from && row < to && failed(model, row)) box(row, palette.tones.red, 2, false);
}

interface Brush {
  readonly drag: Span | undefined;
  readonly down: (event: PointerEvent<HTMLDivElement>) => void;
  readonly move: (event: PointerEvent<HTMLDivElement>) => void;
  readonly up: (event: PointerEvent<HTMLDivElement>) => void;
  readonly cancel: () => void;
}

/** A drag beside the window chooses a new one; a drag inside moves it. */
function useBrush(view: TraceView, width: number): Brush {
  const { whole, window } = view;
  const [start, setStart] = useState<{ readonly x: number; readonly moves: boolean }>();
  const [drag, setDrag] = useState<Span>();
  const perPx = (whole.to - whole.from) / Math.max(1, width);
  const xOf = (event: PointerEvent<HTMLDivElement>): number => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const cancel = (): void => {
    setStart(undefined);
    setDrag(undefined);
  };
  return {
    drag,
    cancel,
    down: (event) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const x = xOf(event);
      const at = whole.from + x * perPx;
      const whole100 = window.from <= whole.from && window.to >= whole.to;
      setStart({ x, moves: !whole100 && at > window.from && at < window.to });
    },
    move: (event) => {
      if (start === undefined) return;
      const x = xOf(event);
      if (Math.abs(x - start.x) < DRAG_PX && drag === undefined) return;
      if (start.moves) {
        const by = Math.max(whole.from - window.from, Math.min(whole.to - window.to, (x - start.x) * perPx));
        setDrag({ from: window.from + by, to: window.to + by });
      } else {
        const [a, b] = [Math.min(x, start.x), Math.max(x, start.x)];
        setDrag({ from: Math.max(whole.from, whole.from + a * perPx), to: Math.min(whole.to, whole.from + b * perPx) });
      }
    },
    up: () => {
      if (drag !== undefined && drag.to > drag.from) view.setWindow(drag);
      cancel();
    },
  };
}

interface EdgeProps {
  readonly which: "from" | "to";
  readonly view: TraceView;
  readonly left: number;
}

/** One end of the window, for the keyboard: arrows a hundredth, with Shift a tenth. */
function Edge({ which, view, left }: EdgeProps): ReactElement {
  const { whole, window } = view;
  const length = whole.to - whole.from;
  const value = window[which];
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    const step = steps[event.key];
    let next: number;
    if (step !== undefined) next = value + (step * length * (event.shiftKey ? 10 : 1)) / 100;
    else if (event.key === "Home") next = whole.from;
    else if (event.key === "End") next = whole.to;
    else return;
    event.preventDefault();
    event.stopPropagation();
    const least = length / 1000;
    const moved = which === "from" ? { from: Math.min(Math.max(whole.from, next), window.to - least), to: window.to } : { from: window.from, to: Math.max(Math.min(whole.to, next), window.from + least) };
    view.setWindow(moved.from <= whole.from && moved.to >= whole.to ? undefined : moved);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      className={classes.edge}
      style={{ left: left - 12 }}
      aria-label={which === "from" ? "Start of the time that is shown" : "End of the time that is shown"}
      aria-valuemin={Math.round(whole.from)}
      aria-valuemax={Math.round(whole.to)}
      aria-valuenow={Math.round(value)}
      aria-valuetext={formatOffset(value, length / 200)}
      onKeyDown={onKeyDown}
    />
  );
}
