// The figures of a flame graph as a table: operations by what they cost themselves.
import type { ChartTable } from "@/charts/ChartFrame";
import { formatCount } from "@/lib/numbers";
import type { FlameTree } from "@/lib/trace/flame/tree";

/** One row an operation. An operation below itself counts once in the column with what it calls. */
export function flameTable(tree: FlameTree, write: (value: number) => string): ChartTable {
  const self = new Map<number, number>();
  const total = new Map<number, number>();
  const spans = new Map<number, number>();
  const errors = new Map<number, number>();
  const bump = (map: Map<number, number>, key: number, value: number): void => void map.set(key, (map.get(key) ?? 0) + value);
  for (let node = 1; node < tree.count; node += 1) {
    const label = tree.label[node] ?? -1;
    bump(self, label, tree.self[node] ?? 0);
    bump(spans, label, tree.spans[node] ?? 0);
    bump(errors, label, tree.errors[node] ?? 0);
    if (!isBelowItself(tree, node)) bump(total, label, tree.total[node] ?? 0);
  }
  const labels = [...self.keys()].toSorted((a, b) => (self.get(b) ?? 0) - (self.get(a) ?? 0) || a - b);
  return {
    columns: ["Operation", "Of", "Itself", "With what it calls", "Spans", "Failed"],
    rows: labels.map((label) => [
      tree.labels[label]?.name ?? "",
      tree.labels[label]?.party ?? "",
      write(self.get(label) ?? 0),
      write(total.get(label) ?? 0),
      formatCount(spans.get(label) ?? 0),
      formatCount(errors.get(label) ?? 0),
    ]),
  };
}

function isBelowItself(tree: FlameTree, node: number): boolean {
  for (let up = tree.parent[node] ?? -1; up > 0; up = tree.parent[up] ?? -1) if (tree.label[up] === tree.label[node]) return true;
  return false;
}
