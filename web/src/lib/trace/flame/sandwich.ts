// The sandwich of an operation: everything that called it above, everything it called below, wherever it stood.
import { TreeBuilder, type FlameTree } from "./tree";

/** Both halves; node 0 of each is the operation. */
export interface Sandwich {
  readonly callers: FlameTree;
  readonly callees: FlameTree;
}

/** The sandwich of a label. A nested call of the operation by itself counts once, at the outermost. */
export function sandwichOf(tree: FlameTree, label: number): Sandwich {
  const above = new TreeBuilder();
  const below = new TreeBuilder();
  const place = new Int32Array(tree.count).fill(-1);
  for (let node = 1; node < tree.count; node += 1) {
    const parent = place[tree.parent[node] ?? 0] ?? -1;
    if (parent >= 0) {
      const own = below.child(parent, tree.label[node] ?? -1);
      place[node] = own;
      addTo(below, own, tree, node, tree.self[node] ?? 0);
      continue;
    }
    if (tree.label[node] !== label) continue;
    place[node] = 0;
    addTo(below, 0, tree, node, tree.self[node] ?? 0);
    climb(above, tree, node);
  }
  return { callers: above.build(tree.labels), callees: below.build(tree.labels) };
}

/** The way up from a node, with what the node costs hung on its far end. */
function climb(builder: TreeBuilder, tree: FlameTree, node: number): void {
  let at = 0;
  for (let up = tree.parent[node] ?? -1; up > 0; up = tree.parent[up] ?? -1) at = builder.child(at, tree.label[up] ?? -1);
  addTo(builder, at, tree, node, tree.total[node] ?? 0);
}

function addTo(builder: TreeBuilder, to: number, tree: FlameTree, node: number, self: number): void {
  const row = tree.example[node] ?? -1;
  builder.add(to, { self, spans: tree.spans[node] ?? 0, errors: tree.errors[node] ?? 0, row, length: self });
}
