// Filters over the spans of a trace: matches only, critical path only, a least duration. Ancestors stay.
import type { TraceModel } from "./model";
import type { Span } from "./timeScale";

/** Which filters are on. */
export interface FilterOptions {
  /** 1 for matches; only they are shown. */
  readonly matches: Uint8Array | undefined;
  readonly criticalOnly: boolean;
  /** Milliseconds; 0 for no filter. */
  readonly minMs: number;
  /** Only spans that were at work in this time. */
  readonly within: Span | undefined;
}

/** Whether any filter is on. */
export function isFiltered(options: FilterOptions): boolean {
  return options.matches !== undefined || options.criticalOnly || options.minMs > 0 || options.within !== undefined;
}

/** Rows that pass with their ancestors; undefined where no filter is on. */
export function keptRows(model: TraceModel, options: FilterOptions): Uint8Array | undefined {
  if (!isFiltered(options)) return undefined;
  const { matches, criticalOnly, minMs, within } = options;
  const { first } = model.critical;
  const keep = new Uint8Array(model.count);
  for (let row = model.count - 1; row >= 0; row -= 1) {
    const passes =
      (matches === undefined || matches[row] === 1) &&
      (!criticalOnly || (first[row + 1] ?? 0) > (first[row] ?? 0)) &&
      (minMs <= 0 || (model.duration[row] ?? 0) >= minMs) &&
      (within === undefined || ((model.start[row] ?? 0) <= within.to && (model.end[row] ?? 0) >= within.from));
    if (passes) keep[row] = 1;
    const parent = model.parent[row] ?? -1;
    if (keep[row] === 1 && parent >= 0) keep[parent] = 1;
  }
  return keep;
}
