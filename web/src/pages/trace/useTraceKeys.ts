// The keyboard of the trace page. What moves rows with arrows is in the waterfall itself.
import { hasBelow } from "@/lib/trace/collapse";
import { copyText } from "@/lib/copy";
import { hrefs } from "@/lib/href";
import { useGo } from "@/components/Go";
import { useShortcuts } from "@/shell/shortcuts";
import { toast } from "@/shell/toast";
import { FIND_INPUT } from "./header/FindBox";
import type { TraceSearch } from "./search";
import { rowOfKey } from "./useMoves";
import type { TraceView } from "./useTraceView";
import { moveCursor } from "./waterfall/moves";

/** Registers the shortcuts of the page. */
export function useTraceKeys(view: TraceView, search: TraceSearch, set: (patch: Partial<TraceSearch>) => void): void {
  const go = useGo();
  const { model, expansion } = view;
  // The span that keys are about: where the cursor is, else the open panel's, else the first shown.
  const at = (): number => {
    const row = view.cursor === "" ? view.selected : rowOfKey(model, view.cursor);
    return row >= 0 ? row : (view.rows.at(0)?.row ?? -1);
  };
  const toFind = (): void => {
    const input = document.getElementById(FIND_INPUT);
    if (input instanceof HTMLInputElement) {
      input.focus();
      input.select();
    }
  };
  const toggleBelow = (): void => {
    const row = at();
    if (row < 0 || !hasBelow(model, row)) return;
    expansion.setClosedBelow(row, expansion.collapsed[row] === 0);
  };
  useShortcuts([
    { keys: "j", what: "next row", run: () => moveCursor(view, 1) },
    { keys: "k", what: "previous row", run: () => moveCursor(view, -1) },
    { keys: "e", what: "next error, where it began", run: () => stepOr(view.stepError(1), "No error among the spans shown.") },
    { keys: "shift+e", what: "previous error", run: () => stepOr(view.stepError(-1), "No error among the spans shown.") },
    { keys: "n", what: "next match of the search", run: () => stepOr(view.stepMatch(1), "No match: search with f first.") },
    { keys: "shift+n", what: "previous match", run: () => stepOr(view.stepMatch(-1), "No match: search with f first.") },
    { keys: "f", what: "search in the trace", run: toFind },
    { keys: "/", what: "search in the trace", run: toFind },
    { keys: "c", what: "critical path only, on and off", run: () => set({ critical: !search.critical }) },
    { keys: "z", what: "zoom to the subtree", run: () => view.zoomTo(at()) },
    { keys: "shift+z", what: "zoom out", run: () => (search.window === undefined ? view.zoomTo(model.parent[view.root] ?? -1) : view.setWindow(undefined)) },
    { keys: "m", what: "open or close everything below", run: toggleBelow },
    { keys: "l", what: "logs of the span", run: () => go(hrefs.logs({ trace_id: model.traceId, span_id: model.id[at()] ?? "", ...rangeOf(view) })) },
    { keys: "y", what: "copy the link to this view", run: () => void copyText(location.href).then((done) => toast(done ? "The link is copied." : "The browser refused to copy.", done ? "done" : "failed")) },
    { keys: "escape", what: "close the span, leave the zoom", run: () => leave(view, search, set) },
  ]);
}

function stepOr(done: boolean, words: string): void {
  if (!done) toast(words);
}

/** The time of the trace with a minute around it: where its logs are. */
export function rangeOf(view: Pick<TraceView, "model">): { from: string; to: string } {
  const { originMs, durationMs } = view.model;
  const around = 60_000;
  return { from: new Date(originMs - around).toISOString(), to: new Date(originMs + durationMs + around).toISOString() };
}

function leave(view: TraceView, search: TraceSearch, set: (patch: Partial<TraceSearch>) => void): void {
  if (search.span !== "") view.select(-1);
  else if (search.window !== undefined) view.setWindow(undefined);
  else if (search.only || search.critical || search.min !== "") set({ only: false, critical: false, min: "" });
  else if (search.root !== "") view.zoomTo(-1);
}
