// Series of the chart and their legend.
import { expect, test } from "vitest";
import { chartContent, drawnIds, hiddenAfter, inKnownColours, marksOf, namingLabel, serviceOf } from "./chartSeries";

const answer = (letter: string, expr: string, count: number) => ({
  letter,
  expr,
  span: { startMs: 0, endMs: 1000, stepS: 1 },
  data: { resultType: "matrix" as const, result: Array.from({ length: count }, (_, index) => ({ metric: { job: "x", agent: `a${index}` }, values: [[1, String(index)]] as const })) },
});

test("names carry the letter where there are several queries, units must agree", () => {
  const both = chartContent([answer("A", "memory_bytes", 2), answer("B", "up", 1)], new Map());
  expect(both.series.map((one) => one.name)).toEqual(["A a0", "A a1", 'B {job="x", agent="a0"}']);
  expect(both.groups.map((group) => `${group.unit} ${group.series.length}`)).toEqual(["By 2", "1 1"]);
  expect(both.series.map((one) => one.slot)).toEqual([0, 1, 2]);
  expect(both.shared.get("A")).toEqual({ job: "x" });
  expect(chartContent([answer("A", "memory_bytes", 2)], new Map()).groups.map((group) => group.unit)).toEqual(["By"]);
});

test("a click shows one alone and all again, Ctrl turns one", () => {
  const { series } = chartContent([answer("A", "up", 3)], new Map());
  const [first = "", second = ""] = series.map((one) => one.id);
  const only = hiddenAfter(series, new Set(), first, false);
  expect([only.size, only.has(first)]).toEqual([2, false]);
  expect(hiddenAfter(series, only, first, false).size).toBe(0);
  expect([...hiddenAfter(series, new Set(), second, true)]).toEqual([second]);
  expect(hiddenAfter(series, new Set([second]), second, true).size).toBe(0);
});

test("at most twenty are drawn, hidden ones make room", () => {
  const { series, groups } = chartContent([answer("A", "up", 25)], new Map());
  expect(drawnIds(groups, new Set()).size).toBe(20);
  expect(drawnIds(groups, new Set(series.slice(5).map((one) => one.id))).size).toBe(5);
});

test("service of a series", () => {
  expect([serviceOf({ service_name: "s" }, []), serviceOf({ job: "ns/api" }, ["api"]), serviceOf({ job: "node" }, ["api"]), serviceOf({}, ["api"])]).toEqual(["s", "api", undefined, undefined]);
});

test("exemplars of another unit than the axis stand at its foot", () => {
  const answers = [answer("A", "rate(x_seconds_count[5m])", 1), answer("B", "histogram_quantile(0.9, x_seconds)", 1)];
  const { groups } = chartContent(answers, new Map());
  const exemplars = answers.map((one) => ({ expr: one.expr, metric: "x_seconds_bucket", ms: 1, value: 2, traceId: "abcdef0123456789", spanId: undefined }));
  expect(groups.map((group) => marksOf(group, answers, exemplars, new Map()).map((mark) => mark.value))).toEqual([[Number.NEGATIVE_INFINITY], [2]]);
  expect(groups[1] === undefined ? "" : marksOf(groups[1], answers, exemplars, new Map())[0]?.label).toBe("Trace abcdef01");
});

test("services, agents and models have their colours of every page, if all have one", () => {
  const content = chartContent([answer("A", "up", 2)], new Map());
  expect(namingLabel(content.series)).toEqual({ label: "agent", kind: "agent" });
  expect(namingLabel(chartContent([answer("A", "up", 1)], new Map()).series)).toBeUndefined();
  expect(inKnownColours(content, "agent", { a0: 4, a1: 13 }).series.map((one) => `${one.slot} ${one.dashed}`)).toEqual(["4 false", "13 true"]);
  expect(inKnownColours(content, "agent", { a0: 4 })).toBe(content);
});
