// The spans of a trace in typed columns, from the server's outline and from pages of subtrees that were loaded later.
import type { OutlineParty, OutlineSpans, TraceOutline } from "@/api/schema";

/** The parent of a root. */
export const NO_PARENT = -1;
/** The parent of a span whose parent has not arrived. */
export const PARENT_MISSING = -2;

/** A subtree that was loaded after the outline. */
export interface Page {
  readonly outline: TraceOutline;
  /** Set where the page's first span was fetched out of order: the id of its parent. Its siblings before it may be missing. */
  readonly under?: string | undefined;
}

/** Spans in columns of equal length, parents first, depth first. Times in milliseconds from the start of the trace. */
export interface Columns {
  id: readonly string[];
  parent: Int32Array;
  start: Float64Array;
  duration: Float64Array;
  name: Int32Array;
  service: Int32Array;
  agent: Int32Array;
  kind: Uint8Array;
  status: Uint8Array;
  events: Uint32Array;
  children: Uint32Array;
  below: Uint32Array;
  errorsBelow: Uint32Array;
  role: Uint8Array;
  detail: readonly string[];
  /** 1 for spans that were fetched out of order: siblings before them may be missing. */
  grafted: Uint8Array;
}

/** Columns with what their indices point at. */
export interface Spans {
  readonly columns: Columns;
  readonly names: readonly string[];
  readonly services: readonly OutlineParty[];
  readonly agents: readonly OutlineParty[];
}

function columnsOf(spans: OutlineSpans): Columns {
  return {
    id: spans.id,
    parent: new Int32Array(spans.parent),
    start: new Float64Array(spans.startMs),
    duration: new Float64Array(spans.durationMs),
    name: new Int32Array(spans.name),
    service: new Int32Array(spans.service),
    agent: new Int32Array(spans.agent),
    kind: new Uint8Array(spans.kind),
    status: new Uint8Array(spans.status),
    events: new Uint32Array(spans.events),
    children: new Uint32Array(spans.children),
    below: new Uint32Array(spans.below),
    errorsBelow: new Uint32Array(spans.errorsBelow),
    role: new Uint8Array(spans.role),
    detail: spans.detail,
    grafted: new Uint8Array(spans.id.length),
  };
}

/** A list of distinct things by name, with the place of each. */
class Dictionary<T> {
  readonly items: T[];
  readonly #places = new Map<string, number>();
  readonly #nameOf: (item: T) => string;

  constructor(items: readonly T[], nameOf: (item: T) => string) {
    this.items = [...items];
    this.#nameOf = nameOf;
    for (const [place, item] of items.entries()) this.#places.set(nameOf(item), place);
  }

  place(item: T | undefined): number {
    if (item === undefined) return -1;
    const name = this.#nameOf(item);
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.items.push(item);
    this.#places.set(name, this.items.length - 1);
    return this.items.length - 1;
  }
}

/** A span in a list that grows: which outline it is from, its row there, and its parent's place in the list. */
interface Entry {
  readonly source: number;
  readonly row: number;
  parent: number;
  grafted: boolean;
}

function gather(sources: readonly TraceOutline[], pages: readonly Page[]): Entry[] {
  const entries: Entry[] = [];
  const places = new Map<string, number>();
  for (const [source, outline] of sources.entries()) {
    const page = pages[source - 1];
    const local: number[] = [];
    for (const [row, id] of outline.spans.id.entries()) {
      const known = source === 0 ? undefined : places.get(id);
      const above = outline.spans.parent[row] ?? NO_PARENT;
      const graft = row === 0 && page?.under !== undefined;
      if (known !== undefined) {
        local.push(known);
        const entry = entries[known];
        // It came again as part of a page in order: nothing before it is missing any more.
        if (entry !== undefined && row > 0) entry.grafted = false;
        continue;
      }
      const under = page?.under === undefined ? undefined : places.get(page.under);
      const parent = graft ? (under ?? PARENT_MISSING) : above >= 0 ? (local[above] ?? PARENT_MISSING) : above;
      places.set(id, entries.length);
      local.push(entries.length);
      entries.push({ source, row, parent, grafted: graft });
    }
  }
  return entries;
}

/** The order of entries, depth first, siblings by start; equal starts keep the order in which they came. */
function depthFirst(entries: readonly Entry[], startOf: (entry: Entry) => number): Int32Array {
  const children: number[][] = entries.map(() => []);
  const roots: number[] = [];
  for (const [place, entry] of entries.entries()) (children[entry.parent] ?? roots).push(place);
  const key = entries.map(startOf);
  const byStart = (a: number, b: number): number => (key[a] ?? 0) - (key[b] ?? 0) || a - b;
  const order = new Int32Array(entries.length);
  const waiting = roots.sort(byStart).toReversed();
  let filled = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    order[filled] = next;
    filled += 1;
    const below = (children[next] ?? []).sort(byStart);
    for (let index = below.length - 1; index >= 0; index -= 1) waiting.push(below[index] ?? 0);
  }
  return order.subarray(0, filled);
}

/** Puts the outline of a trace and pages that were loaded since into one set of columns. */
export function spansOf(outline: TraceOutline, pages: readonly Page[]): Spans {
  if (pages.length === 0) {
    return { columns: columnsOf(outline.spans), names: outline.names, services: outline.services, agents: outline.agents };
  }
  const sources = [outline, ...pages.map((page) => page.outline)];
  const names = new Dictionary(outline.names, (name) => name);
  const services = new Dictionary(outline.services, (party) => party.name);
  const agents = new Dictionary(outline.agents, (party) => party.name);
  const maps = sources.map((source) => ({
    names: source.names.map((name) => names.place(name)),
    services: source.services.map((party) => services.place(party)),
    agents: source.agents.map((party) => agents.place(party)),
  }));
  const entries = gather(sources, pages);
  const order = depthFirst(entries, (entry) => sources[entry.source]?.spans.startMs[entry.row] ?? 0);
  const placeToRow = new Int32Array(entries.length);
  order.forEach((place, row) => (placeToRow[place] = row));
  const columns = emptyColumns(order.length);
  const ids: string[] = [];
  const details: string[] = [];
  order.forEach((place, row) => {
    const entry = entries[place];
    const source = entry && sources[entry.source];
    const map = entry && maps[entry.source];
    if (!entry || !source || !map) return;
    ids.push(source.spans.id[entry.row] ?? "");
    details.push(source.spans.detail[entry.row] ?? "");
    copyRow(columns, row, source.spans, entry.row);
    columns.parent[row] = entry.parent >= 0 ? (placeToRow[entry.parent] ?? PARENT_MISSING) : entry.parent;
    columns.name[row] = map.names[source.spans.name[entry.row] ?? -1] ?? 0;
    columns.service[row] = map.services[source.spans.service[entry.row] ?? -1] ?? 0;
    columns.agent[row] = map.agents[source.spans.agent[entry.row] ?? -1] ?? -1;
    columns.grafted[row] = entry.grafted ? 1 : 0;
  });
  return { columns: { ...columns, id: ids, detail: details }, names: names.items, services: services.items, agents: agents.items };
}

function emptyColumns(size: number): Columns {
  return {
    id: [],
    parent: new Int32Array(size),
    start: new Float64Array(size),
    duration: new Float64Array(size),
    name: new Int32Array(size),
    service: new Int32Array(size),
    agent: new Int32Array(size),
    kind: new Uint8Array(size),
    status: new Uint8Array(size),
    events: new Uint32Array(size),
    children: new Uint32Array(size),
    below: new Uint32Array(size),
    errorsBelow: new Uint32Array(size),
    role: new Uint8Array(size),
    detail: [],
    grafted: new Uint8Array(size),
  };
}

function copyRow(to: Columns, row: number, from: OutlineSpans, at: number): void {
  to.start[row] = from.startMs[at] ?? 0;
  to.duration[row] = from.durationMs[at] ?? 0;
  to.kind[row] = from.kind[at] ?? 0;
  to.status[row] = from.status[at] ?? 0;
  to.events[row] = from.events[at] ?? 0;
  to.children[row] = from.children[at] ?? 0;
  to.below[row] = from.below[at] ?? 0;
  to.errorsBelow[row] = from.errorsBelow[at] ?? 0;
  to.role[row] = from.role[at] ?? 0;
}
