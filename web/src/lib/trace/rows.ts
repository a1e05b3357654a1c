// The rows that a waterfall shows: after collapsing, zoom, filters and stacking.
import type { TraceModel } from "./model";
import type { Stacks } from "./stacks";

/** What decides which rows are shown. */
export interface RowOptions {
  /** Row of the span that the view is zoomed to; -1 for the whole trace. */
  readonly root: number;
  /** 1 for closed subtrees. */
  readonly collapsed: Uint8Array;
  /** Repeated siblings that are one row, found with the same `keep`. */
  readonly stacks: Stacks;
  /** First rows of stacks that are open. */
  readonly openStacks: ReadonlySet<number>;
  /** 1 for rows that pass the filters, ancestors included; all if absent. */
  readonly keep: Uint8Array | undefined;
}

/** What a row of the waterfall is: a span, a stack (with its first span) or the place of children that are not loaded (with their parent). */
export type RowKind = "span" | "stack" | "more";

const KINDS: readonly RowKind[] = ["span", "stack", "more"];
const SPAN = 0;
const STACK = 1;
const MORE = 2;

/** One row of the waterfall. */
export interface VisibleRow {
  readonly kind: RowKind;
  readonly row: number;
  /** Levels below the root of the view. */
  readonly level: number;
  /** The same for the same row however much is shown around it. */
  readonly key: string;
}

/** The rows in order. */
export class VisibleRows {
  readonly stacks: Stacks;
  readonly #model: TraceModel;
  readonly #kinds: Uint8Array;
  readonly #rows: Int32Array;
  readonly #levels: Uint16Array;
  readonly length: number;
  /** By span row: its place + 1; 0 for those not shown. */
  readonly #places: Int32Array;
  #stackPlaces: Map<number, number> | undefined;

  constructor(model: TraceModel, stacks: Stacks, built: Builder) {
    this.#model = model;
    this.stacks = stacks;
    this.length = built.length;
    this.#kinds = built.kinds;
    this.#rows = built.rows;
    this.#levels = built.levels;
    this.#places = new Int32Array(model.count);
    for (let place = 0; place < built.length; place += 1) {
      if (built.kinds[place] === SPAN) this.#places[built.rows[place] ?? 0] = place + 1;
    }
  }

  /** The row at a place, undefined beyond the ends. */
  at(place: number): VisibleRow | undefined {
    if (place < 0 || place >= this.length) return undefined;
    const kind = KINDS[this.#kinds[place] ?? SPAN] ?? "span";
    const row = this.#rows[place] ?? 0;
    return { kind, row, level: this.#levels[place] ?? 0, key: keyOf(kind, this.#model.id[row] ?? "") };
  }

  /** The place of a span; -1 where it is not shown. */
  placeOf(row: number): number {
    return (this.#places[row] ?? 0) - 1;
  }

  /** The place of a stack by its first row; -1 where it is not shown. */
  placeOfStack(head: number): number {
    this.#stackPlaces ??= this.#placesOf(STACK);
    return this.#stackPlaces.get(head) ?? -1;
  }

  /** The place of a key; -1 where it is not shown. */
  placeOfKey(key: string): number {
    const [kind, id = ""] = key.split(":", 2);
    const row = this.#model.rowOf.get(id) ?? -1;
    if (row < 0) return -1;
    if (kind === "stack") return this.placeOfStack(row);
    return kind === "more" ? (this.#placesOf(MORE).get(row) ?? -1) : this.placeOf(row);
  }

  /** The place that stands for a span: its own, that of the stack it is in, or of the nearest shown ancestor. */
  placeFor(row: number): number {
    for (let at = row; at >= 0; at = this.#model.parent[at] ?? -1) {
      const place = this.placeOf(at);
      if (place >= 0) return place;
      const head = this.stacks.head[at] ?? -1;
      const stack = head < 0 ? -1 : this.placeOfStack(head);
      if (stack >= 0) return stack;
    }
    return -1;
  }

  #placesOf(kind: number): Map<number, number> {
    const places = new Map<number, number>();
    for (let place = 0; place < this.length; place += 1) if (this.#kinds[place] === kind) places.set(this.#rows[place] ?? 0, place);
    return places;
  }
}

/** The key of a row. */
export function keyOf(kind: RowKind, id: string): string {
  return `${kind}:${id}`;
}

/** Rows while they are gathered. */
class Builder {
  kinds = new Uint8Array(1024);
  rows = new Int32Array(1024);
  levels = new Uint16Array(1024);
  length = 0;

  push(kind: number, row: number, level: number): void {
    if (this.length === this.rows.length) this.#grow();
    this.kinds[this.length] = kind;
    this.rows[this.length] = row;
    this.levels[this.length] = Math.max(0, level);
    this.length += 1;
  }

  #grow(): void {
    const size = this.length * 2;
    const kinds = new Uint8Array(size);
    const rows = new Int32Array(size);
    const levels = new Uint16Array(size);
    kinds.set(this.kinds);
    rows.set(this.rows);
    levels.set(this.levels);
    this.kinds = kinds;
    this.rows = rows;
    this.levels = levels;
  }
}

/** Works out the rows to show. */
export function visibleRows(model: TraceModel, options: RowOptions): VisibleRows {
  const { root, collapsed, stacks, openStacks, keep } = options;
  const built = new Builder();
  const from = Math.max(0, root);
  const to = root < 0 ? model.count : (model.after[root] ?? model.count);
  const base = root < 0 ? 0 : (model.depth[root] ?? 0);
  // Ends of open stacks around the row, and parents whose missing children come after their last loaded one.
  const open: number[] = [];
  const missing: { readonly parent: number; readonly around: number }[] = [];
  const flush = (until: number): void => {
    for (let last = missing.at(-1); last !== undefined && (model.after[last.parent] ?? 0) <= until; last = missing.at(-1)) {
      missing.pop();
      open.length = last.around;
      built.push(MORE, last.parent, (model.depth[last.parent] ?? 0) + 1 - base + open.length);
    }
    while ((open.at(-1) ?? Number.POSITIVE_INFINITY) <= until) open.pop();
  };
  let row = from;
  while (row < to) {
    flush(row);
    const after = model.after[row] ?? to;
    if (keep !== undefined && keep[row] === 0) {
      row = after;
      continue;
    }
    const level = (model.depth[row] ?? 0) - base + open.length;
    if (stacks.head[row] === row && row !== root) {
      built.push(STACK, row, level);
      const end = stacks.after.get(row) ?? after;
      if (!openStacks.has(row)) {
        row = end;
        continue;
      }
      open.push(end);
      built.push(SPAN, row, level + 1);
    } else {
      built.push(SPAN, row, level);
    }
    if (collapsed[row] === 1) {
      row = after;
      continue;
    }
    if ((model.children[row] ?? 0) > (model.loaded[row] ?? 0)) missing.push({ parent: row, around: open.length });
    row += 1;
  }
  flush(to);
  return new VisibleRows(model, stacks, built);
}
