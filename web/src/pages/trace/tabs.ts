// The views of a trace beside the waterfall: each is a chunk of its own and gets the same model, selection and colours.
import type { ComponentType } from "react";
import type { Matches } from "@/lib/trace/find";
import type { TraceModel } from "@/lib/trace/model";
import type { ColourBy } from "@/lib/trace/read";

/** What every view of a trace gets. Rows are rows of `model`; -1 is none. */
export interface TraceTabProps {
  /** All that is known of the spans. A new object when the trace grew or a subtree was loaded; key what you remember by span id. */
  readonly model: TraceModel;
  /** What colours mean; with `slotOf(model, row, colour)` and `slotVar`, the same as in the waterfall. */
  readonly colour: ColourBy;
  /** Row of the span whose panel is open. */
  readonly selected: number;
  /** Opens the panel of a span (it is in the URL); with -1 closes it. */
  readonly select: (row: number) => void;
  /** Row of the span that the page is zoomed to; show this subtree alone. */
  readonly root: number;
  /** Zooms to the subtree of a span; with -1 back to the whole trace. */
  readonly zoomTo: (row: number) => void;
  /** What the search of the page found; undefined without a search. Dim the rest. */
  readonly matches: Matches | undefined;
  /** The trace still runs: the model changes by itself. */
  readonly running: boolean;
  /** The trace to compare with (`with` of the URL); empty without one. */
  readonly compareWith: string;
  readonly setCompareWith: (traceId: string) => void;
}

/** Names of the views, as the URL has them. */
export type TabId = "waterfall" | "flame" | "graph" | "table" | "logs" | "compare";

/** A view beside the waterfall. */
export interface TraceTab {
  readonly id: Exclude<TabId, "waterfall">;
  readonly title: string;
  /** Loads the component. It fills its place (`height: 100%`) and scrolls by itself; the page gives header, minimap-free room and span panel. */
  readonly load: () => Promise<ComponentType<TraceTabProps>>;
}

/** The views that exist, in the order of the tab row. */
export const TRACE_TABS: readonly TraceTab[] = [
  { id: "flame", title: "Flame", load: () => import("./flame/TabFlame").then((module) => module.TabFlame) },
  { id: "graph", title: "Agents and services", load: () => import("./graph/TabGraph").then((module) => module.TabGraph) },
  { id: "table", title: "Table", load: () => import("./table/TabTable").then((module) => module.TabTable) },
  { id: "logs", title: "Logs", load: () => import("./logs/TabLogs").then((module) => module.TabLogs) },
  { id: "compare", title: "Compare", load: () => import("./compare/TabCompare").then((module) => module.TabCompare) },
];
