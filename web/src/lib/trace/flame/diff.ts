// Two flame graphs in one: boxes as wide as both sides together, coloured by which side has more.
import { TreeBuilder, type FlameTree } from "./tree";

/** The joined tree with the measure of each side, by node. */
export interface FlameDiff {
  readonly tree: FlameTree;
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/** Joins two trees that were built with the same `Labels`. */
export function diffOf(before: FlameTree, after: FlameTree): FlameDiff {
  const builder = new TreeBuilder();
  const left: number[] = [];
  const right: number[] = [];
  join(builder, before, left);
  join(builder, after, right);
  const labels = after.labels.length > before.labels.length ? after.labels : before.labels;
  const tree = builder.build(labels);
  return { tree, before: spread(tree, left, before), after: spread(tree, right, after) };
}

function join(builder: TreeBuilder, tree: FlameTree, places: number[]): void {
  for (let node = 0; node < tree.count; node += 1) {
    const place = node === 0 ? 0 : builder.child(places[tree.parent[node] ?? 0] ?? 0, tree.label[node] ?? -1);
    places.push(place);
    builder.add(place, {
      self: tree.self[node] ?? 0,
      spans: tree.spans[node] ?? 0,
      errors: tree.errors[node] ?? 0,
      row: tree.example[node] ?? -1,
      length: tree.total[node] ?? 0,
    });
  }
}

function spread(joined: FlameTree, places: readonly number[], tree: FlameTree): Float64Array {
  const totals = new Float64Array(joined.count);
  places.forEach((place, node) => (totals[place] = (totals[place] ?? 0) + (tree.total[node] ?? 0)));
  return totals;
}

/** How much more the second side has, -1 (all on the first) to 1 (all on the second). */
export function leaning(diff: FlameDiff, node: number): number {
  const before = diff.before[node] ?? 0;
  const after = diff.after[node] ?? 0;
  return before + after === 0 ? 0 : (after - before) / (before + after);
}
