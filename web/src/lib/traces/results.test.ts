// Rows, the line above them, bars and arrivals.
import { describe, expect, it } from "vitest";
import type { QueryStats, TraceList, TraceSummary } from "@/api/schema";
import { MOST_ARRIVALS, NO_ARRIVALS, arrivalRate, arrivalWords, withArrivals } from "@/lib/traces/arrivals";
import { fittingColumns, templateOf } from "@/lib/traces/columns";
import { barsOf } from "@/lib/traces/histogram";
import { COLUMNS } from "@/lib/traces/search";
import { MOST_ROWS, blocksFailed, dotsOf, fewServices, fullBar, nameOfTrace, rangeWords, resultLine, rowsOf, together } from "@/lib/traces/results";

const stats: QueryStats = { durationMs: 34, blocksFailed: 0, blocksRead: 0, blocksSkipped: 0, bytesRead: 0, rowsMatched: 0, rowsScanned: 0 };
const trace = (traceId: string, patch: Partial<TraceSummary> = {}): TraceSummary => ({
  traceId, rootName: `run ${traceId}`, rootService: "api", startTime: "2026-11-20T10:00:00Z", durationMs: 10, spanCount: 3, errorCount: 0, services: ["api"], ...patch,
});
const list = (traces: readonly TraceSummary[], patch: Partial<TraceList> = {}): TraceList => ({ traces, stats, ...patch });
const newest = { key: "start", down: true };

describe("rows", () => {
  it("hold each trace once and no more than the bound", () => {
    expect(rowsOf([list([trace("a"), trace("b")]), list([trace("b"), trace("c")])], newest).map((one) => one.traceId)).toEqual(["a", "b", "c"]);
    const many = Array.from({ length: MOST_ROWS + 5 }, (_, index) => trace(`${index}`));
    expect(rowsOf([list(many)], newest)).toHaveLength(MOST_ROWS);
  });

  it("are sorted here only where the server does not", () => {
    const page = list([trace("b", { durationMs: 5 }), trace("a", { durationMs: 9 })]);
    expect(rowsOf([page], { key: "duration", down: true }).map((one) => one.traceId)).toEqual(["b", "a"]);
    expect(rowsOf([page], { key: "name", down: false }).map((one) => one.traceId)).toEqual(["a", "b"]);
  });

  it("have a name before their root arrives", () => {
    const { rootName: _, rootService: __, ...rest } = trace("a");
    expect(nameOfTrace({ ...rest, firstName: "step", firstService: "agent" })).toEqual({ name: "step", service: "agent", rooted: false });
    expect(nameOfTrace({ ...rest, services: [] })).toEqual({ name: "(unnamed)", service: "", rooted: false });
  });

  it("show few services, that of the root first", () => {
    expect(fewServices(["a", "b", "c"], "c", 2)).toEqual({ shown: ["c", "a"], more: 1 });
  });

  it("measure their bars by what most of them take", () => {
    const rows = Array.from({ length: 100 }, (_, index) => trace(`${index}`, { durationMs: index === 0 ? 1e6 : index }));
    expect(fullBar(rows)).toBe(95);
    expect(fullBar(rows.slice(0, 1))).toBe(1e6);
    expect(fullBar([])).toBe(0);
    expect(together(rows.slice(0, 2), rows.slice(1, 3)).map((one) => one.traceId)).toEqual(["0", "1", "2"]);
  });

  it("become dots", () => {
    const [dot] = dotsOf([trace("a", { errorCount: "2" })], (service) => (service === "api" ? 3 : undefined));
    expect(dot).toMatchObject({ id: "a", failed: true, slot: 3, name: "api: run a", detail: "3 spans, 2 errors" });
    expect(dotsOf([trace("a")], () => undefined)[0]).not.toHaveProperty("slot");
  });
});

describe("columns", () => {
  it("give way where there is too little room", () => {
    expect(fittingColumns(COLUMNS, 1000, false)).toEqual(COLUMNS);
    expect(fittingColumns(COLUMNS, 0, true)).toEqual(COLUMNS);
    expect(fittingColumns(COLUMNS, 640, false)).toEqual(["start", "name", "duration", "spans", "errors"]);
    expect(fittingColumns(["id", "name"], 900, false)).toEqual(["id", "name"]);
    expect(templateOf(["start", "id"], true)).toBe("28px 140px 76px");
  });
});

describe("the line above", () => {
  const rows = [trace("a", { errorCount: 2 }), trace("b")];
  it("says how many, how many failed, how long it took", () => {
    expect(resultLine({ rows, pages: [list(rows)], sort: newest, more: false, range: "in 3 h" })).toBe("2 traces in 3 h, 1 with errors, answered in 34 ms");
    expect(resultLine({ rows: [], pages: [list([])], sort: newest, more: false, range: "in 3 h" })).toBe("0 traces in 3 h, answered in 34 ms");
    expect(resultLine({ rows, pages: [list(rows), list([])], sort: { key: "name", down: false }, more: true, range: "in 3 h" })).toBe("first 2 traces in 3 h, 1 with errors, sorted among those loaded, answered in 68 ms");
  });

  it("says how far an order reaches", () => {
    const pages = [list(rows, { scannedTraces: 10_000, partial: true })];
    expect(resultLine({ rows, pages, sort: { key: "duration", down: true }, more: false, range: "in 3 h" })).toContain("slowest of the newest 10,000,");
    expect(resultLine({ rows, pages: [list(rows, { scannedTraces: 432 })], sort: { key: "errors", down: true }, more: false, range: "" })).toContain("most errors of 432,");
  });

  it("knows ranges and failed blocks", () => {
    const min = 60_000;
    expect([45, 180, 90, 60 * 24 * 7, 0].map((minutes) => rangeWords(0, minutes * min))).toEqual(["in 45 min", "in 3 h", "in 1.5 h", "in 7 d", "in 1 min"]);
    expect(blocksFailed([list([]), { stats: { blocksFailed: "2" } }])).toBe(2);
  });
});

describe("bars", () => {
  it("add up groups", () => {
    const latency = { p50: 0, p95: 0, p99: 0, max: 0 };
    const group = { counts: [3, "4"], errors: [1, 0], latency };
    const bars = barsOf({ start: "1970-01-01T00:00:01Z", stepMs: 1000, count: 14, errorCount: 2, latency, groups: [group, group], cut: false, durations: { boundsMs: [], columns: [] }, stats });
    expect(bars).toEqual([{ ms: 1000, counts: [2, 4] }, { ms: 2000, counts: [0, 8] }]);
  });
});

describe("arrivals", () => {
  it("count new traces once and not those that are shown", () => {
    const once = withArrivals(NO_ARRIVALS, ["a", "b", "a"], new Set(["b"]), 5000);
    expect([...once.ids]).toEqual(["a"]);
    expect(arrivalWords(once)).toBe("1 new trace");
    expect(arrivalWords(withArrivals(once, ["c"], new Set(), 5000))).toBe("2 new traces");
  });

  it("keep a bounded number and say so", () => {
    const ids = Array.from({ length: MOST_ARRIVALS + 9 }, (_, index) => String(index));
    const many = withArrivals(NO_ARRIVALS, ids, new Set(), 0);
    expect(many.ids.size).toBe(MOST_ARRIVALS);
    expect(arrivalWords(withArrivals(many, ["x"], new Set(), 1))).toBe("1,000+ new traces");
  });

  it("tell their rate over ten seconds", () => {
    let all = NO_ARRIVALS;
    for (let second = 0; second < 30; second += 1) all = withArrivals(all, ["a", "b"], new Set(), second * 1000);
    expect(all.seconds.length).toBeLessThanOrEqual(10);
    expect(arrivalRate(all, 29_000)).toBe(2);
    expect(arrivalRate(all, 60_000)).toBe(0);
  });
});
