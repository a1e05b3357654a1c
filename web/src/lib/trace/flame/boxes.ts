// Which boxes of a flame graph are drawn: those of the node that is zoomed to; crumbs too small to see become one box.
import type { FlameTree } from "./tree";

/** A box, in pixels from the left; `level` counts rows from the top. */
export interface FlameBox {
  /** The node; of a heap of crumbs the first. */
  readonly node: number;
  readonly level: number;
  readonly x: number;
  readonly width: number;
  /** Nodes in a heap of crumbs; 0 for a box of its own. */
  readonly crumbs: number;
}

/** Boxes thinner than this are heaped, px. */
const THIN_PX = 1;

/** Boxes of the tree zoomed to `focus` in so many pixels: the way to it over the whole width, then what is below. */
export function boxesOf(tree: FlameTree, focus: number, width: number): FlameBox[] {
  const boxes: FlameBox[] = [];
  const way: number[] = [];
  for (let node = focus; node >= 0; node = tree.parent[node] ?? -1) way.push(node);
  way.reverse();
  for (const [level, node] of way.entries()) boxes.push({ node, level, x: 0, width, crumbs: 0 });
  const whole = tree.total[focus] ?? 0;
  if (whole <= 0 || width <= 0) return boxes;
  const scale = width / whole;
  const from = tree.offset[focus] ?? 0;
  const waiting = [focus];
  const base = way.length - 1 - (tree.depth[focus] ?? 0);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    let heap: { node: number; x: number; width: number; crumbs: number } | undefined;
    const level = (tree.depth[node] ?? 0) + 1 + base;
    for (const child of tree.children[node] ?? []) {
      const x = ((tree.offset[child] ?? 0) - from) * scale;
      const size = (tree.total[child] ?? 0) * scale;
      if (size >= THIN_PX) {
        boxes.push({ node: child, level, x, width: size, crumbs: 0 });
        waiting.push(child);
      } else if (heap === undefined) heap = { node: child, x, width: size, crumbs: 1 };
      else heap = { ...heap, width: heap.width + size, crumbs: heap.crumbs + 1 };
    }
    if (heap !== undefined && heap.width >= THIN_PX / 2) boxes.push({ ...heap, level, width: Math.max(THIN_PX, heap.width) });
  }
  return boxes;
}

/** The box at a place. */
export function boxAt(boxes: readonly FlameBox[], x: number, level: number): FlameBox | undefined {
  return boxes.find((box) => box.level === level && x >= box.x && x < box.x + box.width);
}

/** Nodes whose name or party has the text in it, whatever its case; none for an empty text. */
export function matchesOf(tree: FlameTree, find: string): Uint8Array {
  const text = find.trim().toLowerCase();
  const hits = new Uint8Array(tree.count);
  if (text === "") return hits;
  const labels = tree.labels.map((label) => `${label.name} ${label.party}`.toLowerCase().includes(text));
  for (let node = 1; node < tree.count; node += 1) if (labels[tree.label[node] ?? -1] === true) hits[node] = 1;
  return hits;
}

/** The measure of all that matches, nested matches counted once. */
export function totalOfMatches(tree: FlameTree, hits: Uint8Array): number {
  let sum = 0;
  const inside = new Uint8Array(tree.count);
  for (let node = 1; node < tree.count; node += 1) {
    const above = inside[tree.parent[node] ?? 0] === 1;
    if (!above && hits[node] === 1) sum += tree.total[node] ?? 0;
    inside[node] = above || hits[node] === 1 ? 1 : 0;
  }
  return sum;
}

/** Where the keyboard goes from a node: its parent, biggest child, or a neighbour; the node itself where there is none. */
export function stepFrom(tree: FlameTree, node: number, key: "up" | "down" | "left" | "right"): number {
  const parent = tree.parent[node] ?? -1;
  if (key === "up") return parent < 0 ? node : parent;
  if (key === "down") return tree.children[node]?.[0] ?? node;
  const siblings = parent < 0 ? [] : (tree.children[parent] ?? []);
  return siblings[siblings.indexOf(node) + (key === "left" ? -1 : 1)] ?? node;
}
