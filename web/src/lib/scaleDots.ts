// Dots of a scatter plot: their shape, and which one is nearest to a place.

/** One dot: a thing with a start, a duration and a result. */
export interface Dot {
  id: string;
  /** Start, Unix ms. */
  ms: number;
  durationMs: number;
  /** What the thing is called: `planner: plan task`. */
  name: string;
  failed: boolean;
  /** Slot of its colour; grey without. */
  slot?: number;
  /** A second line of the tip. */
  detail?: string;
}

/** Index of the dot nearest to a place and not farther than `reach`; -1 if there is none. Dots at equal distance: the failed one. */
export function nearestDot(dots: readonly Dot[], place: (dot: Dot) => { x: number; y: number }, at: { x: number; y: number }, reach: number): number {
  let best = -1;
  let least = reach * reach;
  dots.forEach((dot, index) => {
    const { x, y } = place(dot);
    const distance = (x - at.x) ** 2 + (y - at.y) ** 2;
    if (distance < least || (distance === least && dot.failed)) {
      least = distance;
      best = index;
    }
  });
  return best;
}
