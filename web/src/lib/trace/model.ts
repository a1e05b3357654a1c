// The model of a trace that all its views share: spans in rows (parents first, depth first) with what follows from them.
import type { CriticalSegment, OutlineParty, TraceOutline } from "@/api/schema";
import { spansOf, type Columns, type Page } from "./columns";

/** Bits of `TraceModel.marks`. */
export const MARK = {
  /** Ends after its parent. */
  outlives: 1,
  /** Starts before its parent: clocks differ. */
  early: 2,
  /** Its end is before its start. */
  backwards: 4,
} as const;

/** `TraceModel.status` of a failed span. */
export const ERROR = 2;

/** What a span is to an agent system, by `TraceModel.role`. */
export const ROLE_WORDS = ["", "model call", "tool call", "agent", "workflow"] as const;
/** Kinds of spans, by `TraceModel.kind`. */
export const KIND_WORDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;

/** A trace ready for drawing. A span is a row: an index into the columns. Times are milliseconds from the trace's start. */
export interface TraceModel extends Columns {
  /** The server's outline, for facts of the whole trace. Its columns are not the model's once pages were loaded. */
  readonly outline: TraceOutline;
  readonly traceId: string;
  /** Start of the trace, Unix milliseconds. */
  readonly originMs: number;
  readonly durationMs: number;
  /** Rows. Fewer than the trace's spans while the outline is cut. */
  readonly count: number;
  readonly names: readonly string[];
  readonly services: readonly OutlineParty[];
  readonly agents: readonly OutlineParty[];
  readonly rowOf: ReadonlyMap<string, number>;
  readonly depth: Uint16Array;
  /** First row after the subtree: the next sibling, if there is one. */
  readonly after: Int32Array;
  readonly end: Float64Array;
  /** Earliest start and latest end within the subtree. */
  readonly treeStart: Float64Array;
  readonly treeEnd: Float64Array;
  /** Time in which no child was at work; NaN while children are not loaded. */
  readonly self: Float64Array;
  readonly marks: Uint8Array;
  /** Direct children that are loaded, and those of them that came in order from the first on. */
  readonly loaded: Uint32Array;
  readonly inOrder: Uint32Array;
  /** Spans below that are loaded. */
  readonly loadedBelow: Uint32Array;
  readonly critical: CriticalIndex;
  /** Rows of failed spans. */
  readonly errors: Int32Array;
  /** Those of them below which nothing failed: where failures began. */
  readonly origins: Int32Array;
}

/** The critical path by row: the segments of row r are `segments[of[first[r] .. first[r + 1]]]`; those of a subtree follow each other. */
export interface CriticalIndex {
  readonly segments: readonly CriticalSegment[];
  readonly of: Int32Array;
  readonly first: Int32Array;
  /** Milliseconds on the path, by row. */
  readonly ms: Float64Array;
}

/** Builds the model from the outline and the pages loaded since. */
export function buildModel(outline: TraceOutline, pages: readonly Page[] = []): TraceModel {
  const { columns, names, services, agents } = spansOf(outline, pages);
  const count = columns.id.length;
  const rowOf = new Map<string, number>();
  for (let row = count - 1; row >= 0; row -= 1) rowOf.set(columns.id[row] ?? "", row);
  const tree = shapeOf(columns, count);
  const times = timesOf(columns, count, tree.loaded);
  const errors: number[] = [];
  for (let row = 0; row < count; row += 1) if (columns.status[row] === ERROR) errors.push(row);
  return {
    ...columns,
    outline,
    traceId: outline.traceId,
    originMs: Date.parse(outline.startTime),
    durationMs: outline.durationMs,
    count,
    names,
    services,
    agents,
    rowOf,
    ...tree,
    ...times,
    critical: criticalOf(outline, pages.length === 0 ? undefined : rowOf, count),
    errors: Int32Array.from(errors),
    origins: Int32Array.from(errors.filter((row, index) => (errors[index + 1] ?? count) >= (tree.after[row] ?? count))),
  };
}

function shapeOf(columns: Columns, count: number): Pick<TraceModel, "depth" | "after" | "loaded" | "inOrder" | "loadedBelow"> {
  const depth = new Uint16Array(count);
  const after = new Int32Array(count);
  const loaded = new Uint32Array(count);
  const inOrder = new Uint32Array(count);
  const loadedBelow = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    const parent = columns.parent[row] ?? -1;
    if (parent < 0) continue;
    depth[row] = (depth[parent] ?? 0) + 1;
    loaded[parent] = (loaded[parent] ?? 0) + 1;
    if (columns.grafted[row] === 0) inOrder[parent] = (inOrder[parent] ?? 0) + 1;
  }
  for (let row = count - 1; row >= 0; row -= 1) {
    after[row] = row + 1 + (loadedBelow[row] ?? 0);
    const parent = columns.parent[row] ?? -1;
    if (parent >= 0) loadedBelow[parent] = (loadedBelow[parent] ?? 0) + 1 + (loadedBelow[row] ?? 0);
  }
  return { depth, after, loaded, inOrder, loadedBelow };
}

function timesOf(columns: Columns, count: number, loaded: Uint32Array): Pick<TraceModel, "end" | "treeStart" | "treeEnd" | "self" | "marks"> {
  const { parent, start, duration } = columns;
  const end = new Float64Array(count);
  const marks = new Uint8Array(count);
  const self = new Float64Array(count);
  // How far the children seen so far cover each parent.
  const covered = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    const from = start[row] ?? 0;
    const length = duration[row] ?? 0;
    const to = from + Math.max(0, length);
    end[row] = to;
    self[row] = Math.max(0, length);
    covered[row] = from;
    if (length < 0) marks[row] = MARK.backwards;
    const above = parent[row] ?? -1;
    if (above < 0) continue;
    const aboveEnd = end[above] ?? 0;
    const slack = Math.max(0.05, Math.max(0, duration[above] ?? 0) * 0.001);
    if (to > aboveEnd + slack) marks[row] = (marks[row] ?? 0) | MARK.outlives;
    if (from < (start[above] ?? 0) - slack) marks[row] = (marks[row] ?? 0) | MARK.early;
    const fresh = Math.max(from, covered[above] ?? 0);
    const until = Math.min(to, aboveEnd);
    if (until > fresh) {
      self[above] = Math.max(0, (self[above] ?? 0) - (until - fresh));
      covered[above] = until;
    }
  }
  const treeStart = start.slice();
  const treeEnd = end.slice();
  for (let row = count - 1; row >= 0; row -= 1) {
    const above = parent[row] ?? -1;
    if ((columns.children[row] ?? 0) > (loaded[row] ?? 0)) self[row] = Number.NaN;
    if (above < 0) continue;
    treeStart[above] = Math.min(treeStart[above] ?? 0, treeStart[row] ?? 0);
    treeEnd[above] = Math.max(treeEnd[above] ?? 0, treeEnd[row] ?? 0);
  }
  return { end, treeStart, treeEnd, self, marks };
}

function criticalOf(outline: TraceOutline, rowOf: ReadonlyMap<string, number> | undefined, count: number): CriticalIndex {
  const segments = outline.criticalPath;
  const first = new Int32Array(count + 1);
  const ms = new Float64Array(count);
  const rows = new Int32Array(segments.length);
  segments.forEach((segment, index) => {
    const row = rowOf === undefined ? segment.span : (rowOf.get(outline.spans.id[segment.span] ?? "") ?? -1);
    rows[index] = row;
    if (row < 0 || row >= count) return;
    first[row + 1] = (first[row + 1] ?? 0) + 1;
    ms[row] = (ms[row] ?? 0) + (segment.endMs - segment.startMs);
  });
  for (let row = 0; row < count; row += 1) first[row + 1] = (first[row + 1] ?? 0) + (first[row] ?? 0);
  const next = first.slice();
  const of = new Int32Array(first[count] ?? 0);
  rows.forEach((row, index) => {
    if (row < 0 || row >= count) return;
    of[next[row] ?? 0] = index;
    next[row] = (next[row] ?? 0) + 1;
  });
  return { segments, of, first, ms };
}
