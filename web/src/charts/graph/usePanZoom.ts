// Panning and zooming a picture: drag, wheel, two fingers, keys. Holds what is seen.
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import { fitView, panBy, pinch, zoomAt, type Point, type Size, type View } from "@/charts/graph/view";

const STEP = 60;
const ZOOM = 1.25;
/** A press that moves less is a click, px. */
const SLACK = 4;

interface PanZoom {
  readonly view: View;
  readonly set: (change: (view: View) => View) => void;
  /** All of it, again after every change of size until somebody moves it. */
  readonly fit: () => void;
  readonly zoom: (factor: number) => void;
  /** True if the key did something. */
  readonly key: (event: KeyboardEvent) => boolean;
  /** Whether the press that ends now was a drag: then it is no click. */
  readonly dragged: () => boolean;
  readonly pointer: {
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(event: PointerEvent): void;
    onPointerCancel(event: PointerEvent): void;
  };
}

/** Pan and zoom of `content` inside the element of `ref`, which is `pane` large. */
export function usePanZoom(ref: RefObject<HTMLElement | null>, content: Size | undefined, pane: Size): PanZoom {
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const moved = useRef(false);
  const set = useCallback((change: (view: View) => View) => {
    moved.current = true;
    setView(change);
  }, []);
  const width = content?.width ?? 0;
  const height = content?.height ?? 0;
  useEffect(() => {
    moved.current = false;
  }, [width, height]);
  useEffect(() => {
    if (!moved.current && width > 0 && pane.width > 0) setView(fitView({ width, height }, pane));
  }, [width, height, pane]);
  const fit = useCallback(() => {
    moved.current = true;
    setView(fitView({ width, height }, pane, 0));
  }, [width, height, pane]);
  const zoom = useCallback((factor: number) => set((now) => zoomAt(now, factor, { x: pane.width / 2, y: pane.height / 2 })), [set, pane]);
  useWheel(ref, set);
  const drag = useDrag(set);
  return { view, set, fit, zoom, key: (event) => panKey(event, set, zoom, fit), ...drag };
}

function panKey(event: KeyboardEvent, set: PanZoom["set"], zoom: PanZoom["zoom"], fit: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP],
  };
  const move = moves[event.key];
  if (move !== undefined) set((now) => panBy(now, ...move));
  else if (event.key === "+" || event.key === "=") zoom(ZOOM);
  else if (event.key === "-") zoom(1 / ZOOM);
  else if (event.key === "0") fit();
  else return false;
  return true;
}

/** The wheel zooms at the pointer. React's wheel handlers cannot keep the page from scrolling. */
function useWheel(ref: RefObject<HTMLElement | null>, set: PanZoom["set"]): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const lines = event.deltaMode === 1 ? 16 : 1;
      const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016));
      set((now) => zoomAt(now, factor, { x: event.clientX - box.left, y: event.clientY - box.top }));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [ref, set]);
}

function useDrag(set: PanZoom["set"]): Pick<PanZoom, "pointer" | "dragged"> {
  const fingers = useRef(new Map<number, Point>());
  const travelled = useRef(0);
  const placeOf = (event: PointerEvent): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const end = (event: PointerEvent): void => {
    fingers.current.delete(event.pointerId);
  };
  return {
    dragged: () => travelled.current > SLACK,
    pointer: {
      onPointerDown(event) {
        if (event.button !== 0) return;
        if (fingers.current.size === 0) travelled.current = 0;
        fingers.current.set(event.pointerId, placeOf(event));
      },
      onPointerMove(event) {
        const before = fingers.current.get(event.pointerId);
        if (before === undefined) return;
        const now = placeOf(event);
        travelled.current += Math.hypot(now.x - before.x, now.y - before.y);
        // Captured only once it is a drag: a captured press never reaches the node as a click.
        if (travelled.current > SLACK) event.currentTarget.setPointerCapture(event.pointerId);
        const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
        fingers.current.set(event.pointerId, now);
        if (other === undefined) set((view) => panBy(view, now.x - before.x, now.y - before.y));
        else set((view) => pinch(view, [before, other], [now, other]));
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
  };
}
