// Which subtrees are closed: the state at first, and how it travels to a newer model of the same trace.
import type { TraceModel } from "./model";
import { ancestors } from "./read";
import { findStacks } from "./stacks";

/** Up to so many spans everything is open at first. */
const ALL_OPEN = 600;
/** Beyond that, levels open while no more rows than this are shown. */
const FIRST_ROWS = 200;
/** Paths to so many failed spans open in any case. */
const FIRST_ERRORS = 8;

/** Closed subtrees at first: 1 for each row that is closed. Whole levels open while about 200 rows show; paths to the first errors are open. */
export function firstCollapsed(model: TraceModel): Uint8Array {
  const collapsed = new Uint8Array(model.count);
  for (let row = 0; row < model.count; row += 1) if (hasBelow(model, row) && (model.loaded[row] ?? 0) === 0) collapsed[row] = 1;
  if (model.count <= ALL_OPEN) return collapsed;
  const depth = openLevels(model);
  for (let row = 0; row < model.count; row += 1) if ((model.depth[row] ?? 0) >= depth && hasBelow(model, row)) collapsed[row] = 1;
  for (const row of model.origins.subarray(0, FIRST_ERRORS)) for (const above of ancestors(model, row)) collapsed[above] = 0;
  return collapsed;
}

/** How many levels open at first: at least the roots' children show. */
function openLevels(model: TraceModel): number {
  const { head } = findStacks(model, undefined);
  const shown: number[] = [];
  // A row inside a stack shows only once the stack is open: it counts for nothing, as does what is below it.
  const hidden = new Uint8Array(model.count);
  for (let row = 0; row < model.count; row += 1) {
    const parent = model.parent[row] ?? -1;
    const stacked = (head[row] ?? -1) >= 0;
    hidden[row] = stacked || (parent >= 0 && hidden[parent] === 1) ? 1 : 0;
    const depth = model.depth[row] ?? 0;
    if (hidden[row] === 0 || head[row] === row) shown[depth] = (shown[depth] ?? 0) + 1;
  }
  let total = 0;
  let levels = 0;
  for (const [depth, rows] of shown.entries()) {
    total += rows ?? 0;
    if (total > FIRST_ROWS && depth > 1) break;
    levels = depth;
  }
  return Math.max(1, levels);
}

/** Whether a span has anything below it, loaded or not. */
export function hasBelow(model: TraceModel, row: number): boolean {
  return (model.loaded[row] ?? 0) > 0 || (model.children[row] ?? 0) > 0;
}

/** The state for a newer model of the trace: known spans keep theirs, new ones are open in small traces and closed in large ones. */
export function carryCollapsed(from: TraceModel, state: Uint8Array, to: TraceModel): Uint8Array {
  const fresh = firstCollapsed(to);
  for (let row = 0; row < to.count; row += 1) {
    const known = from.rowOf.get(to.id[row] ?? "");
    // A leaf that has got children since was never closed by anyone.
    if (known !== undefined && hasBelow(from, known)) fresh[row] = state[known] ?? 0;
    else if (known !== undefined && to.count <= ALL_OPEN) fresh[row] = 0;
  }
  return fresh;
}

/** Opens all ancestors of a span. The same array where all are open. */
export function reveal(model: TraceModel, state: Uint8Array, row: number): Uint8Array {
  const closed = ancestors(model, row).filter((above) => state[above] === 1);
  if (closed.length === 0) return state;
  const next = state.slice();
  for (const above of closed) next[above] = 0;
  return next;
}

/** Opens or closes one subtree. */
export function setCollapsed(state: Uint8Array, row: number, closed: boolean): Uint8Array {
  const next = state.slice();
  next[row] = closed ? 1 : 0;
  return next;
}

/** Opens or closes a span and all below it; of all roots with -1. */
export function setCollapsedBelow(model: TraceModel, state: Uint8Array, root: number, closed: boolean): Uint8Array {
  const next = state.slice();
  const from = Math.max(0, root);
  const to = root < 0 ? model.count : (model.after[root] ?? model.count);
  for (let row = from; row < to; row += 1) {
    // Not loaded children stay behind their parent until they are asked for.
    if (hasBelow(model, row)) next[row] = closed || (model.loaded[row] ?? 0) === 0 ? 1 : 0;
  }
  return next;
}
