// What of a row is drawn on the timeline: bars, failed ones, the critical path, as SVG paths in pixels, and where the label stands.
import { boxes, broken, joined, labelPlace, stretch, type LabelPlace, type Stretch } from "@/lib/trace/bars";
import type { TraceModel } from "@/lib/trace/model";
import { failed } from "@/lib/trace/read";
import type { VisibleRow } from "@/lib/trace/rows";
import type { StackFacts } from "@/lib/trace/stacks";
import type { TimeScale } from "@/lib/trace/timeScale";
import { formatDuration } from "@/lib/units";

/** Paths of one row. Empty texts where there is nothing. */
export interface RowDrawing {
  readonly bars: string;
  readonly failedBars: string;
  readonly critical: string;
  readonly label: string;
  /** Of a stack: how long a member takes on average. Else empty. */
  readonly average: string;
  readonly place: LabelPlace;
  /** Pixels: where the label stands, from the left (right, inside) or from the right edge (left). */
  readonly at: number;
  /** The row's time lies before or after the window. */
  readonly beyond: "" | "before" | "after";
}

const BAR_TOP = 6;
const BAR_HEIGHT = 10;
const CRITICAL_TOP = 18;
const CRITICAL_HEIGHT = 2;
/** Segments of the path that one row draws at most; more are thinner than a pixel anyway. */
const MOST_SEGMENTS = 4000;

/** Draws one row. `closed`: what is below it is not shown, so its part of the critical path is drawn here. */
export function drawRow(model: TraceModel, scale: TimeScale, widthPx: number, row: VisibleRow, stack: StackFacts | undefined, closed: boolean): RowDrawing {
  const members = stack?.rows ?? [row.row];
  const good: Stretch[] = [];
  const bad: Stretch[] = [];
  for (const member of members) {
    const bar = stretch(scale, widthPx, model.start[member] ?? 0, model.end[member] ?? 0);
    if (bar !== undefined) (failed(model, member) ? bad : good).push(...broken(bar, scale, widthPx));
  }
  const from = model.start[members[0] ?? 0] ?? 0;
  const label = formatDuration(stack === undefined ? (model.duration[row.row] ?? 0) : stack.totalMs);
  const all = joined([...good, ...bad], Number.POSITIVE_INFINITY)[0];
  const average = stack === undefined ? "" : formatDuration(stack.averageMs);
  // The label with what stands beside it: average, marks, events.
  const characters = label.length + (average === "" ? 0 : average.length + 3) + (stack === undefined && ((model.events[row.row] ?? 0) > 0 || (model.marks[row.row] ?? 0) > 0) ? 4 : 0);
  const place = all === undefined ? "right" : labelPlace(all, characters, widthPx);
  const critical = criticalOf(model, scale, widthPx, members, closed || stack !== undefined);
  return {
    bars: boxes(stack === undefined ? good : joined(good), BAR_TOP, BAR_HEIGHT),
    failedBars: boxes(stack === undefined ? bad : joined(bad), BAR_TOP, BAR_HEIGHT),
    critical: boxes(critical, CRITICAL_TOP, CRITICAL_HEIGHT),
    label,
    average,
    place,
    at: all === undefined ? 0 : place === "left" ? widthPx - all.left + 6 : place === "right" ? all.left + all.width + 6 : insideOf([...good, ...bad], characters) + 6,
    beyond: all !== undefined ? "" : from < scale.from ? "before" : "after",
  };
}

/** Left edge of the first piece that has room for a label of so many characters. */
function insideOf(pieces: readonly Stretch[], characters: number): number {
  const sorted = pieces.toSorted((a, b) => a.left - b.left);
  return (sorted.find((piece) => piece.width >= characters * 6.6 + 12) ?? sorted[0])?.left ?? 0;
}

function criticalOf(model: TraceModel, scale: TimeScale, widthPx: number, rows: readonly number[], closed: boolean): readonly Stretch[] {
  const { first, of, segments } = model.critical;
  const found: Stretch[] = [];
  for (const row of rows) {
    const end = first[closed ? (model.after[row] ?? row + 1) : row + 1] ?? 0;
    for (let at = first[row] ?? 0; at < end && found.length < MOST_SEGMENTS; at += 1) {
      const segment = segments[of[at] ?? -1];
      const one = segment === undefined ? undefined : stretch(scale, widthPx, segment.startMs, segment.endMs, 1);
      if (one !== undefined) found.push(...broken(one, scale, widthPx));
    }
  }
  return joined(found);
}
