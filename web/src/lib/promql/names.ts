// Short names for series: only what tells them apart; what they share is said once.
import { writeLabels, type Labels } from "./data";

/** Names in the order of the series, and the labels that all share. */
export interface SeriesNames {
  names: string[];
  shared: Labels;
}

/** Names of the series of one query. `whole` is what a lone series is called where it has no labels: the query. */
export function seriesNames(all: readonly Labels[], whole: string): SeriesNames {
  const first = all[0];
  if (first === undefined) return { names: [], shared: {} };
  if (all.length === 1) return { names: [Object.keys(first).length === 0 ? whole : writeLabels(first)], shared: {} };
  const shared: Record<string, string> = {};
  for (const [key, value] of Object.entries(first)) if (all.every((labels) => labels[key] === value)) shared[key] = value;
  const keys = [...new Set(all.flatMap((labels) => Object.keys(labels)))].filter((key) => !(key in shared));
  const names = all.map((labels) => {
    const told = keys.filter((key) => labels[key] !== undefined);
    const only = told[0];
    if (keys.length === 1 && only !== undefined) return labels[only] === "" ? "(empty)" : (labels[only] ?? "");
    const own = Object.fromEntries(told.map((key) => [key, labels[key] ?? ""]));
    return told.length === 0 ? "(no labels)" : writeLabels(own);
  });
  return { names, shared };
}
