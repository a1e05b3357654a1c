// A canvas that draws itself sharp, follows its width and the theme, and reports pointer and keys.
// Heat map, histogram and scatter plot are made of it; time series go through TimeChart.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import classes from "./CanvasPlot.module.css";
import type { Area } from "./canvasAxes";
import { useFonts } from "./useFonts";
import { usePalette, type Palette } from "./usePalette";
import { useWidth } from "./useSize";

/** A place in the canvas, CSS px. */
export interface Spot {
  x: number;
  y: number;
}

/** What the keyboard stands on, as a slider tells it. */
export interface Standing {
  now: number;
  max: number;
  text: string;
}

interface CanvasPlotProps {
  label: string;
  height: number;
  /** Room for the axes around the drawing, px: top, right, bottom, left. */
  margins: readonly [number, number, number, number];
  /** Draws everything but what follows the pointer; a new function draws anew. */
  draw: (context: CanvasRenderingContext2D, area: Area, palette: Palette) => void;
  standing: Standing;
  /** The pointer moved to (or, undefined, left) the drawing. */
  onHover: (spot: Spot | undefined, area: Area) => void;
  onClick?: ((spot: Spot, area: Area) => void) | undefined;
  /** A rectangle was dragged; `drag` says in which directions it counts. */
  onDrag?: ((from: Spot, to: Spot, area: Area) => void) | undefined;
  drag?: "x" | "xy" | undefined;
  /** True if the key was used. */
  onKey?: ((event: KeyboardEvent, area: Area) => boolean) | undefined;
  onBlur?: (() => void) | undefined;
  /** What lies over the canvas: tips and highlights, placed in the canvas' px. */
  overlay?: ((area: Area, width: number) => ReactNode) | undefined;
}

const DRAG_PX = 5;

function areaOf(width: number, height: number, margins: CanvasPlotProps["margins"]): Area {
  const [top, right, bottom, left] = margins;
  return { left, top, width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
}

/** The canvas with its pointer, brush and keyboard. */
export function CanvasPlot(props: CanvasPlotProps) {
  const { label, height, margins, draw, standing, onHover, onKey, onBlur, overlay, onClick } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const palette = usePalette();
  const fonts = useFonts();
  const area = areaOf(width, height, margins);
  const brush = useBrush(props, area);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d") ?? null;
    if (element === null || context === null || width === 0 || !fonts) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, areaOf(width, height, margins), palette);
  }, [draw, fonts, height, margins, palette, width]);
  return (
    <div
      ref={box}
      className={classes.plot}
      data-pick={onClick !== undefined}
      style={{ height }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, standing.max)}
      aria-valuenow={Math.max(0, standing.now)}
      aria-valuetext={standing.text}
      onPointerDown={brush.down}
      onPointerMove={brush.move}
      onPointerUp={brush.up}
      onPointerCancel={brush.cancel}
      onPointerLeave={() => onHover(undefined, area)}
      onBlur={onBlur}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (onKey?.(event, area) === true) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      <canvas ref={canvas} className={classes.canvas} style={{ height }} />
      {brush.rectangle}
      {width === 0 ? null : overlay?.(area, width)}
    </div>
  );
}

interface Brush {
  down: (event: PointerEvent<HTMLDivElement>) => void;
  move: (event: PointerEvent<HTMLDivElement>) => void;
  up: (event: PointerEvent<HTMLDivElement>) => void;
  cancel: () => void;
  rectangle: ReactNode;
}

function spotOf(event: PointerEvent<HTMLDivElement>): Spot {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function clampSpot(spot: Spot, area: Area): Spot {
  return {
    x: Math.min(area.left + area.width, Math.max(area.left, spot.x)),
    y: Math.min(area.top + area.height, Math.max(area.top, spot.y)),
  };
}

function useBrush({ onHover, onClick, onDrag, drag = "x" }: CanvasPlotProps, area: Area): Brush {
  const [from, setFrom] = useState<Spot>();
  const [to, setTo] = useState<Spot>();
  const moved = from !== undefined && to !== undefined && (Math.abs(to.x - from.x) >= DRAG_PX || (drag === "xy" && Math.abs(to.y - from.y) >= DRAG_PX));
  const cancel = (): void => {
    setFrom(undefined);
    setTo(undefined);
  };
  return {
    cancel,
    down: (event) => {
      if (event.button !== 0) return;
      if (event.pointerType === "mouse") event.currentTarget.setPointerCapture(event.pointerId);
      setFrom(clampSpot(spotOf(event), area));
      setTo(undefined);
    },
    move: (event) => {
      const spot = spotOf(event);
      if (from !== undefined && onDrag !== undefined) setTo(clampSpot(spot, area));
      else onHover(spot, area);
    },
    up: (event) => {
      if (from === undefined) return;
      const end = clampSpot(spotOf(event), area);
      if (moved && onDrag !== undefined) onDrag({ x: Math.min(from.x, end.x), y: Math.min(from.y, end.y) }, { x: Math.max(from.x, end.x), y: Math.max(from.y, end.y) }, area);
      else onClick?.(end, area);
      cancel();
    },
    rectangle: moved ? <Selection from={from} to={to} area={area} both={drag === "xy"} /> : null,
  };
}

function Selection({ from, to, area, both }: { from: Spot; to: Spot; area: Area; both: boolean }) {
  const top = both ? Math.min(from.y, to.y) : area.top;
  const height = both ? Math.abs(to.y - from.y) : area.height;
  return <div className={classes.selection} style={{ left: Math.min(from.x, to.x), width: Math.abs(to.x - from.x), top, height }} />;
}
