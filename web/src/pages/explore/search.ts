// The URL of Explore: queries, which are hidden, the view, the step and the metric that is looked at.
import { searchOf, textParam, textsParam, wordParam, type SearchCodec } from "@/lib/urlState";

/** What the URL of Explore holds. */
export interface ExploreSearch {
  /** PromQL, one a query. */
  readonly expr: readonly string[];
  /** Places in `expr` of queries that are not drawn. */
  readonly hide: readonly number[];
  readonly view: "chart" | "table";
  /** As typed (`30s`); empty: chosen from the range. */
  readonly step: string;
  /** The metric that the browser shows; empty: none. */
  readonly metric: string;
}

/** Reads and writes it. */
export const exploreCodec: SearchCodec<ExploreSearch> = {
  parse: (raw) => ({
    expr: textsParam(raw, "expr"),
    hide: textsParam(raw, "hide").filter((text) => /^\d{1,2}$/u.test(text)).map(Number),
    view: wordParam(raw, "view", ["chart", "table"], "chart"),
    step: textParam(raw, "step"),
    metric: textParam(raw, "metric"),
  }),
  format: ({ expr, hide, view, step, metric }) => searchOf({ expr, hide, view: view === "chart" ? "" : view, step, metric }),
};
