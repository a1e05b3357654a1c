// Edges as SVG paths: smooth through their points, as thick as they are busy. Pure.
import type { Point } from "@/charts/graph/view";

const round = (value: number): number => Math.round(value * 10) / 10;

/** A smooth path: curves whose joints are the middles between points, straight at both ends. */
export function edgePath(points: readonly Point[]): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return "";
  const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`;
  let path = `M${at(first)}`;
  for (let index = 1; index < points.length - 1; index += 1) {
    const control = points[index];
    const next = points[index + 1];
    if (control === undefined || next === undefined) break;
    const end = index === points.length - 2 ? next : { x: (control.x + next.x) / 2, y: (control.y + next.y) / 2 };
    path += `Q${at(control)} ${at(end)}`;
  }
  return points.length === 2 ? `${path}L${at(last)}` : path;
}

/** The point in the middle of an edge, for its words. */
export function middleOf(points: readonly Point[]): Point {
  const middle = (points.length - 1) / 2;
  const low = points[Math.floor(middle)] ?? { x: 0, y: 0 };
  const high = points[Math.ceil(middle)] ?? low;
  return { x: (low.x + high.x) / 2, y: (low.y + high.y) / 2 };
}

/** Thickness of an edge, px: 1 for a single call, 6 for the busiest. */
export function edgeWidth(count: number, most: number): number {
  if (count <= 1 || most <= 1) return 1;
  return round(1 + 5 * (Math.log(count) / Math.log(most)) ** 2);
}
