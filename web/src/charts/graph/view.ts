// Panning and zooming: what part of a graph is seen. Pure.

/** How the graph is shown: `screen = graph * scale + (x, y)`, px. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Width and height, px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point, px. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const LEAST_SCALE = 0.15;
const MOST_SCALE = 3;
const MARGIN = 16;
/** At the start text is never drawn smaller than this share of its size. */
const LEAST_FIT = 0.6;
const LEAST_FIT_NARROW = 0.8;
/** Panes narrower than this are narrow, px. */
export const NARROW_PANE = 620;

function clampScale(scale: number): number {
  return Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
}

/** All of the graph in the middle, never magnified; where it would be too small to read, its start. */
export function fitView(graph: Size, pane: Size, least = pane.width < NARROW_PANE ? LEAST_FIT_NARROW : LEAST_FIT): View {
  const room = { width: Math.max(1, pane.width - 2 * MARGIN), height: Math.max(1, pane.height - 2 * MARGIN) };
  const whole = Math.min(1, room.width / Math.max(1, graph.width), room.height / Math.max(1, graph.height));
  const scale = clampScale(Math.max(least, whole));
  const place = (length: number, inside: number): number => (length * scale <= inside ? (inside - length * scale) / 2 : MARGIN);
  return { x: place(graph.width, pane.width), y: place(graph.height, pane.height), scale };
}

/** Zooms so that the graph's point under `at` stays there. */
export function zoomAt(view: View, factor: number, at: Point): View {
  const scale = clampScale(view.scale * factor);
  const by = scale / view.scale;
  return { x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by, scale };
}

/** Moves what is seen. */
export function panBy(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** The least move that brings a box of the graph into the pane. */
export function reveal(view: View, box: Point & Size, pane: Size): View {
  const shift = (start: number, length: number, inside: number): number => {
    if (start < MARGIN) return MARGIN - start;
    return start + length > inside - MARGIN ? Math.max(MARGIN - start, inside - MARGIN - start - length) : 0;
  };
  const dx = shift(box.x * view.scale + view.x, box.width * view.scale, pane.width);
  const dy = shift(box.y * view.scale + view.y, box.height * view.scale, pane.height);
  return dx === 0 && dy === 0 ? view : panBy(view, dx, dy);
}

/** The zoom that two fingers make: how far apart they were and are, and where their middle is. */
export function pinch(view: View, before: readonly [Point, Point], after: readonly [Point, Point]): View {
  const apart = ([a, b]: readonly [Point, Point]): number => Math.hypot(a.x - b.x, a.y - b.y) || 1;
  const middle = ([a, b]: readonly [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const from = middle(before);
  const to = middle(after);
  return zoomAt(panBy(view, to.x - from.x, to.y - from.y), apart(after) / apart(before), to);
}
