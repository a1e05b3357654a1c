// What the URL of a trace holds: view, span, zoom, search, colours, filters.
import { parseDuration } from "@/lib/trace/duration";
import type { ColourBy } from "@/lib/trace/read";
import type { Span } from "@/lib/trace/timeScale";
import { flagParam, searchOf, textParam, wordParam, type RawSearch, type SearchCodec } from "@/lib/urlState";
import type { TabId } from "./tabs";

/** The state of the page. */
export interface TraceSearch {
  readonly tab: TabId;
  /** Id of the span whose panel is open; empty for none. */
  readonly span: string;
  /** Id of the span whose subtree is shown alone; empty for the whole trace. */
  readonly root: string;
  /** Text of the search inside the trace. */
  readonly find: string;
  /** Only what the search finds. */
  readonly only: boolean;
  /** Empty: what suits the trace. */
  readonly colour: ColourBy | "";
  /** Only the critical path. */
  readonly critical: boolean;
  /** Only spans that took at least this long, such as `250ms`; empty for all. */
  readonly min: string;
  /** Stretch of time that is looked at, milliseconds from the trace's start. */
  readonly window: Span | undefined;
  /** Only spans that were at work in that time. */
  readonly inside: boolean;
  /** Fold idle gaps. */
  readonly fold: boolean;
  /** Stack repeated siblings. */
  readonly stack: boolean;
  /** Id of the trace to compare with. */
  readonly with: string;
}

const TABS: readonly TabId[] = ["waterfall", "flame", "graph", "table", "logs", "compare"];
const COLOURS: readonly (ColourBy | "")[] = ["", "service", "agent", "kind"];

function parseWindow(text: string): Span | undefined {
  const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/u.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const window = { from: Number(from), to: Number(to) };
  return window.to > window.from ? window : undefined;
}

function formatWindow(window: Span | undefined): string {
  if (window === undefined) return "";
  // As many places as the length of the window makes meaningful.
  const places = Math.min(6, Math.max(0, 4 - Math.floor(Math.log10(window.to - window.from))));
  return `${Number(window.from.toFixed(places))}-${Number(window.to.toFixed(places))}`;
}

/** Reads and writes the state of the page. */
export const traceSearch: SearchCodec<TraceSearch> = {
  parse: (raw: RawSearch) => ({
    tab: wordParam(raw, "tab", TABS, "waterfall"),
    span: textParam(raw, "span").toLowerCase(),
    root: textParam(raw, "root").toLowerCase(),
    find: textParam(raw, "find"),
    only: flagParam(raw, "only"),
    colour: wordParam(raw, "colour", COLOURS, ""),
    critical: flagParam(raw, "critical"),
    min: parseDuration(textParam(raw, "min")) === undefined ? "" : textParam(raw, "min"),
    window: parseWindow(textParam(raw, "window")),
    inside: flagParam(raw, "inside"),
    fold: textParam(raw, "fold") !== "0",
    stack: textParam(raw, "stack") !== "0",
    with: textParam(raw, "with"),
  }),
  format: (value) =>
    searchOf({
      tab: value.tab === "waterfall" ? "" : value.tab,
      span: value.span,
      root: value.root,
      find: value.find,
      only: value.only && value.find !== "",
      colour: value.colour,
      critical: value.critical,
      min: value.min,
      window: formatWindow(value.window),
      inside: value.inside && value.window !== undefined,
      fold: value.fold ? "" : "0",
      stack: value.stack ? "" : "0",
      with: value.with,
    }),
};
