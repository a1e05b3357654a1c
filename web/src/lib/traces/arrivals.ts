// New traces that match, as the live stream tells of them: how many, how fast. Bounded. Pure.

/** Most ids that are kept; beyond it they are many. */
export const MOST_ARRIVALS = 1000;
/** The rate is that of so many seconds. */
const WINDOW_S = 10;

/** What arrived since the list was loaded. */
export interface Arrivals {
  /** Traces that are not in the list. */
  readonly ids: ReadonlySet<string>;
  /** Spans of the last seconds: second (Unix) and how many. */
  readonly seconds: readonly (readonly [number, number])[];
  /** Something was lost: there may be more. */
  readonly lost: boolean;
}

/** Nothing yet. */
export const NO_ARRIVALS: Arrivals = { ids: new Set(), seconds: [], lost: false };

/** With spans of these traces, which arrived now. `known` are the traces of the list. */
export function withArrivals(before: Arrivals, traceIds: readonly string[], known: ReadonlySet<string>, nowMs: number): Arrivals {
  const fresh = traceIds.filter((id) => !known.has(id) && !before.ids.has(id));
  const room = MOST_ARRIVALS - before.ids.size;
  const ids = fresh.length === 0 || room <= 0 ? before.ids : new Set([...before.ids, ...new Set(fresh)].slice(0, MOST_ARRIVALS));
  const second = Math.floor(nowMs / 1000);
  const last = before.seconds.at(-1);
  const kept = before.seconds.filter(([at]) => at > second - WINDOW_S);
  const seconds: (readonly [number, number])[] = last?.[0] === second ? [...kept.slice(0, -1), [second, last[1] + traceIds.length]] : [...kept, [second, traceIds.length]];
  return { ids, seconds, lost: before.lost };
}

/** Matching spans a second, over the last seconds. */
export function arrivalRate({ seconds }: Arrivals, nowMs: number): number {
  const from = nowMs / 1000 - WINDOW_S;
  return seconds.reduce((sum, [at, count]) => (at > from ? sum + count : sum), 0) / WINDOW_S;
}

/** `14 new traces`, `1,000+ new traces`; after a gap in the stream, that there may be some. */
export function arrivalWords({ ids, lost }: Arrivals): string {
  if (ids.size === 0) return "There may be new traces";
  const many = ids.size >= MOST_ARRIVALS || lost;
  return `${ids.size.toLocaleString("en-GB")}${many ? "+" : ""} new ${ids.size === 1 && !many ? "trace" : "traces"}`;
}
