// Series on one row of times.
import { expect, test } from "vitest";
import { alignSeries, nearestIndex, stackValues, stepOf, topSeries } from "@/lib/scaleAlign";
import { chartModel, valuesAt } from "@/lib/scaleChart";

test("series of different times meet on their union, NaN is a gap", () => {
  const all = alignSeries([[[1, 5], [3, Number.NaN]], { times: [2, 3], values: [7, 8] }]);
  expect(all).toEqual({ times: [1, 2, 3], values: [[5, null, null], [null, 7, 8]] });
});

test("holes open where points are missing", () => {
  expect(alignSeries([[[0, 1], [10, 1], [50, 1]]], 10)).toEqual({ times: [0, 10, 20, 50], values: [[1, 1, null, 1]] });
  expect(alignSeries([])).toEqual({ times: [], values: [] });
});

test("stacks stand on each other, gaps as nothing", () => {
  expect(stackValues([[1, null], [2, 3]])).toEqual([[1, 0], [3, 3]]);
});

test("the top series are kept in their order", () => {
  const series = [1, 9, 5].map((value) => ({ points: [[0, value]] as const }));
  expect(topSeries(series, 2)).toEqual([series[1], series[2]]);
});

test("nearest and step", () => {
  expect([nearestIndex([0, 10, 20], 14), nearestIndex([0, 10, 20], 16), nearestIndex([], 1), nearestIndex([5], 99)]).toEqual([1, 2, -1, 0]);
  expect([stepOf([0, 10, 15]), stepOf([1])]).toEqual([5, 60_000]);
});

test("a chart of more than twenty series says how many it leaves out", () => {
  const series = Array.from({ length: 23 }, (_, index) => ({ name: `s${index}`, points: [[0, index]] as const }));
  const model = chartModel(series, "line");
  expect([model.series.length, model.more, model.series[0]?.name, model.min]).toEqual([20, 3, "s3", 0]);
  expect(chartModel(series, "line", { hidden: new Set(["s22"]) }).more).toBe(2);
});

test("a lone series is grey, several have slots by order, tones stay", () => {
  const one = { name: "a", points: [[0, 1]] as const };
  expect(chartModel([one], "line").series[0]?.tone).toBe("steady");
  expect(chartModel([one, { ...one, name: "b" }, { ...one, name: "c", tone: "red" }], "line").series.map((series) => series.tone ?? series.slot)).toEqual([0, 1, "red"]);
});

test("the range of values: from zero, but near where a line hardly moves", () => {
  const near = { name: "a", points: [[0, 1000], [1, 1010]] as const };
  expect(chartModel([near], "line").min).toBeGreaterThan(900);
  expect(chartModel([near], "area").min).toBe(0);
  expect(chartModel([], "line")).toMatchObject({ min: 0, max: 1 });
  expect(chartModel([near], "line", { thresholds: [{ value: 2000, tone: "red" }] }).max).toBeGreaterThanOrEqual(2000);
});

test("values at a time, greatest first", () => {
  const model = chartModel([1, 3, 2].map((value) => ({ name: `s${value}`, points: [[0, value]] as const })), "stacked");
  const at = valuesAt(model, 0, 2);
  expect([at.rows.map((row) => row.value), at.left, at.total]).toEqual([[3, 2], 1, 6]);
  expect(valuesAt(model, 0, 1, "s1").rows.map((row) => row.value)).toEqual([3, 1]);
  expect(model.drawn.map((row) => row[0])).toEqual([1, 4, 6]);
});
