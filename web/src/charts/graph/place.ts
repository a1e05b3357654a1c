// Where nodes stand: their boxes, and which one lies in a direction. Pure, without the layout itself.
import { failingText, subOf, type DrawnNode } from "@/charts/graph/model";
import type { Point, Size } from "@/charts/graph/view";

/** A node's box; `x` and `y` are its upper left corner, px. */
export interface PlacedNode extends Point, Size {
  readonly node: DrawnNode;
}

/** A graph with places. */
export interface Layout extends Size {
  readonly nodes: readonly PlacedNode[];
  /** Points of each edge by its key, from caller to callee. */
  readonly routes: ReadonlyMap<string, readonly Point[]>;
}

/** Layers from left to right, or from top to bottom where the pane is narrow. */
export type Direction = "LR" | "TB";

/** Most characters of a node's label. */
export const LABEL_CHARS = 26;

/** The width that a node's two lines need, px. */
export function nodeWidth(node: DrawnNode): number {
  const label = Math.min(node.label.length, LABEL_CHARS) * 7.1;
  const failing = failingText(node);
  const sub = (subOf(node).length + (failing === "" ? 0 : failing.length + 2)) * 5.7;
  return Math.round(Math.min(280, Math.max(112, 48 + Math.max(label, sub))));
}

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

/** The node that an arrow key leads to: the nearest that way; undefined if there is none. */
export function nodeAfterKey(nodes: readonly PlacedNode[], from: PlacedNode, key: string): PlacedNode | undefined {
  const way = WAYS[key];
  if (way === undefined) return undefined;
  const middle = (one: PlacedNode): Point => ({ x: one.x + one.width / 2, y: one.y + one.height / 2 });
  const here = middle(from);
  let best: PlacedNode | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of nodes) {
    const there = middle(one);
    const along = (there.x - here.x) * way[0] + (there.y - here.y) * way[1];
    const across = Math.abs((there.x - here.x) * way[1]) + Math.abs((there.y - here.y) * way[0]);
    // What lies straight ahead beats what is near but aside.
    const cost = along + across * 2;
    if (one !== from && along > 1 && cost < least) [best, least] = [one, cost];
  }
  return best;
}
