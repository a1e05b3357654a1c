// Stacks: runs of five and more siblings that do the same, such as `edit_file x 41`, become one row.
import type { TraceModel } from "./model";
import { failed } from "./read";

/** Siblings in a row that make a stack. */
const STACK_FROM = 5;

/** Where stacks are, for one set of rows that are kept. */
export interface Stacks {
  /** The first row of the stack that a row belongs to; -1 without one. */
  readonly head: Int32Array;
  /** By first row: first row after the last member's subtree. */
  readonly after: ReadonlyMap<number, number>;
}

/** Whether two siblings do the same: name, service and agent are equal. */
function same(model: TraceModel, a: number, b: number): boolean {
  return model.name[a] === model.name[b] && model.service[a] === model.service[b] && model.agent[a] === model.agent[b];
}

/** No stacks at all. */
export function noStacks(model: TraceModel): Stacks {
  return { head: new Int32Array(model.count).fill(-1), after: new Map() };
}

/** Finds the stacks among the rows with `keep` 1 (all if absent). */
export function findStacks(model: TraceModel, keep: Uint8Array | undefined): Stacks {
  const head = new Int32Array(model.count).fill(-1);
  const after = new Map<number, number>();
  // By depth: the run that is open there.
  const first: number[] = [];
  const last: number[] = [];
  const size: number[] = [];
  const parent: number[] = [];
  const close = (depth: number): void => {
    const from = first[depth] ?? -1;
    if (from >= 0 && (size[depth] ?? 0) >= STACK_FROM) {
      const end = model.after[last[depth] ?? from] ?? from + 1;
      after.set(from, end);
      for (let row = from; row < end; row = model.after[row] ?? end) if (keep === undefined || keep[row] === 1) head[row] = from;
    }
    first[depth] = -1;
    size[depth] = 0;
  };
  for (let row = 0; row < model.count; row += 1) {
    if (keep !== undefined && keep[row] === 0) continue;
    const depth = model.depth[row] ?? 0;
    const open = first[depth] ?? -1;
    const above = model.parent[row] ?? -1;
    if (open >= 0 && parent[depth] === above && same(model, open, row)) {
      size[depth] = (size[depth] ?? 0) + 1;
    } else {
      close(depth);
      first[depth] = row;
      size[depth] = 1;
      parent[depth] = above;
    }
    last[depth] = row;
  }
  for (let depth = 0; depth < first.length; depth += 1) close(depth);
  return { head, after };
}

/** What a stack row shows. Durations in milliseconds. */
export interface StackFacts {
  readonly rows: readonly number[];
  readonly count: number;
  readonly totalMs: number;
  readonly minMs: number;
  readonly averageMs: number;
  readonly maxMs: number;
  /** Members that failed, and failures below members. */
  readonly errors: number;
  readonly errorsBelow: number;
}

/** The members of a stack and their figures. */
export function stackFacts(model: TraceModel, stacks: Stacks, head: number): StackFacts {
  const end = stacks.after.get(head) ?? head + 1;
  const rows: number[] = [];
  let totalMs = 0;
  let minMs = Number.POSITIVE_INFINITY;
  let maxMs = 0;
  let errors = 0;
  let errorsBelow = 0;
  for (let row = head; row < end; row = model.after[row] ?? end) {
    if (stacks.head[row] !== head) continue;
    rows.push(row);
    const ms = Math.max(0, model.duration[row] ?? 0);
    totalMs += ms;
    minMs = Math.min(minMs, ms);
    maxMs = Math.max(maxMs, ms);
    if (failed(model, row)) errors += 1;
    errorsBelow += model.errorsBelow[row] ?? 0;
  }
  return { rows, count: rows.length, totalMs, minMs: rows.length === 0 ? 0 : minMs, averageMs: totalMs / Math.max(1, rows.length), maxMs, errors, errorsBelow };
}
