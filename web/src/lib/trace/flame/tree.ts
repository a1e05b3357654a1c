// Flame graphs: spans merged by the path of their names, in columns; parents stand before children.
import { ERROR, type TraceModel } from "../model";
import { agentOf, kindOf, serviceOf, slotOf, type ColourBy } from "../read";

/** What the width of a box means: time at work itself (children taken out), the same without what spans spend waiting between their children, or a number of spans. */
export type Measure = "self" | "leaves" | "spans";

/** A merged call tree. A node is an index; node 0 is everything. Children of a node follow each other by size. */
export interface FlameTree {
  readonly count: number;
  readonly parent: Int32Array;
  readonly depth: Uint16Array;
  /** What tells nodes of one parent apart: index into `labels`. */
  readonly label: Int32Array;
  /** Measure of the node and all below. */
  readonly total: Float64Array;
  /** Measure of the node itself. */
  readonly self: Float64Array;
  readonly spans: Uint32Array;
  readonly errors: Uint32Array;
  /** A span that shows it: row of the longest. */
  readonly example: Int32Array;
  /** Where the box begins, in the measure, from the left of the whole. */
  readonly offset: Float64Array;
  readonly children: readonly (readonly number[])[];
  readonly labels: readonly FlameLabel[];
  readonly depthMax: number;
}

/** What a box is called: the operation and whose it is. */
export interface FlameLabel {
  readonly name: string;
  /** Service, agent or kind, whatever colours mean. */
  readonly party: string;
  /** Colour slot of the party; -1 is grey. */
  readonly slot: number;
}

/** Collects nodes one by one; parents first. */
export class TreeBuilder {
  readonly #parent: number[] = [-1];
  readonly #depth: number[] = [0];
  readonly #label: number[] = [-1];
  readonly #self: number[] = [0];
  readonly #spans: number[] = [0];
  readonly #errors: number[] = [0];
  readonly #example: number[] = [-1];
  readonly #longest: number[] = [-1];
  readonly #known = new Map<string, number>();

  /** The child of a node with this label; made if it is new. */
  child(parent: number, label: number): number {
    const key = `${parent} ${label}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const node = this.#parent.length;
    this.#known.set(key, node);
    this.#parent.push(parent);
    this.#depth.push((this.#depth[parent] ?? 0) + 1);
    this.#label.push(label);
    for (const column of [this.#self, this.#spans, this.#errors]) column.push(0);
    this.#example.push(-1);
    this.#longest.push(-1);
    return node;
  }

  /** Adds to a node itself. `length` decides which row becomes the example. */
  add(node: number, part: { readonly self: number; readonly spans: number; readonly errors: number; readonly row: number; readonly length: number }): void {
    this.#self[node] = (this.#self[node] ?? 0) + part.self;
    this.#spans[node] = (this.#spans[node] ?? 0) + part.spans;
    this.#errors[node] = (this.#errors[node] ?? 0) + part.errors;
    if (part.length > (this.#longest[node] ?? -1)) {
      this.#longest[node] = part.length;
      this.#example[node] = part.row;
    }
  }

  /** The finished tree. */
  build(labels: readonly FlameLabel[]): FlameTree {
    const count = this.#parent.length;
    const total = Float64Array.from(this.#self);
    const children: number[][] = Array.from({ length: count }, () => []);
    for (let node = count - 1; node > 0; node -= 1) {
      const parent = this.#parent[node] ?? 0;
      total[parent] = (total[parent] ?? 0) + (total[node] ?? 0);
      children[parent]?.push(node);
    }
    const offset = new Float64Array(count);
    for (let node = 0; node < count; node += 1) {
      const below = children[node] ?? [];
      below.sort((a, b) => (total[b] ?? 0) - (total[a] ?? 0) || a - b);
      let at = offset[node] ?? 0;
      for (const child of below) {
        offset[child] = at;
        at += total[child] ?? 0;
      }
    }
    return {
      count,
      parent: Int32Array.from(this.#parent),
      depth: Uint16Array.from(this.#depth),
      label: Int32Array.from(this.#label),
      total,
      self: Float64Array.from(this.#self),
      spans: Uint32Array.from(this.#spans),
      errors: Uint32Array.from(this.#errors),
      example: Int32Array.from(this.#example),
      offset,
      children,
      labels,
      depthMax: this.#depth.reduce((most, depth) => Math.max(most, depth), 0),
    };
  }
}

/** Labels of spans, each once. */
export class Labels {
  readonly items: FlameLabel[] = [];
  readonly #known = new Map<string, number>();

  /** The index of a label; made if it is new. */
  index(label: FlameLabel): number {
    const key = `${label.party}\u0000${label.name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.items.length);
    this.items.push(label);
    return this.items.length - 1;
  }
}

/** Levels beyond this hang on the last one: nobody can read them, and a canvas is not that high. */
const DEPTH_MAX = 300;

/** How a flame graph is built. */
export interface FlameOptions {
  readonly measure: Measure;
  /** Spans of one name are told apart by this. */
  readonly colour: ColourBy;
  /** Only the subtree of this row; -1 for all. */
  readonly root?: number;
  /** Shared by trees that are joined later. */
  readonly labels?: Labels;
}

/** Merges the spans of a trace by the path of their names. */
export function flameOf(model: TraceModel, { measure, colour, root = -1, labels = new Labels() }: FlameOptions): FlameTree {
  const builder = new TreeBuilder();
  const from = Math.max(0, root);
  const to = root < 0 ? model.count : (model.after[root] ?? model.count);
  const nodes = new Int32Array(to - from);
  const depths = new Uint16Array(to - from);
  for (let row = from; row < to; row += 1) {
    const above = (model.parent[row] ?? -1) - from;
    const hangs = above >= 0 && row !== root;
    const parent = hangs ? (nodes[above] ?? 0) : 0;
    const depth = hangs ? (depths[above] ?? 0) + 1 : 1;
    const label = labels.index({ name: model.names[model.name[row] ?? -1] ?? "", party: partyOf(model, row, colour), slot: slotOf(model, row, colour) });
    const node = depth > DEPTH_MAX ? parent : builder.child(parent, label);
    nodes[row - from] = node;
    depths[row - from] = Math.min(depth, DEPTH_MAX);
    builder.add(node, {
      self: measureOf(model, row, measure),
      spans: 1,
      errors: model.status[row] === ERROR ? 1 : 0,
      row,
      length: model.duration[row] ?? 0,
    });
  }
  return builder.build(labels.items);
}

function measureOf(model: TraceModel, row: number, measure: Measure): number {
  if (measure === "spans") return 1;
  const self = model.self[row] ?? 0;
  return Number.isNaN(self) || (measure === "leaves" && (model.children[row] ?? 0) > 0) ? 0 : self;
}

/** The share of the time at work that spans spend between their children, 0 to 1: in runs of agents mostly waiting. */
export function waitingShare(model: TraceModel): number {
  let all = 0;
  let between = 0;
  for (let row = 0; row < model.count; row += 1) {
    const self = measureOf(model, row, "self");
    all += self;
    if ((model.children[row] ?? 0) > 0) between += self;
  }
  return all === 0 ? 0 : between / all;
}

function partyOf(model: TraceModel, row: number, by: ColourBy): string {
  if (by === "service") return serviceOf(model, row);
  return by === "agent" ? agentOf(model, row) || serviceOf(model, row) : kindOf(model, row);
}
