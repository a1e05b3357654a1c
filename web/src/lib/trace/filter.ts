// Filters over the spans of a trace: matches only, critical path only, a least duration. Ancestors stay.
import type { TraceModel } from "./model";

/** Which filters are on. */
export interface FilterOptions {
  /** 1 for matches; only they are shown. */
  readonly matches: Uint8Array | undefined;
  readonly criticalOnly: boolean;
  /** Milliseconds; 0 for no filter. */
  readonly minMs: number;
}

/** Whether any filter is on. */
export function isFiltered(options: FilterOptions): boolean {
  return options.matches !== undefined || options.criticalOnly || options.minMs > 0;
}

/** Rows that pass with their ancestors; undefined where no filter is on. */
export function keptRows(model: TraceModel, options: FilterOptions): Uint8Array | undefined {
  if (!isFiltered(options)) return undefined;
  const { matches, criticalOnly, minMs } = options;
  const { first } = model.critical;
  const keep = new Uint8Array(model.count);
  for (let row = model.count - 1; row >= 0; row -= 1) {
    const passes =
      (matches === undefined || matches[row] === 1) &&
      (!criticalOnly || (first[row + 1] ?? 0) > (first[row] ?? 0)) &&
      (minMs <= 0 || (model.duration[row] ?? 0) >= minMs);
    if (passes) keep[row] = 1;
    const parent = model.parent[row] ?? -1;
    if (keep[row] === 1 && parent >= 0) keep[parent] = 1;
  }
  return keep;
}
