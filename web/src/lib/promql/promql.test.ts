// Everything around PromQL that needs no server.
import { describe, expect, test } from "vitest";
import { figuresOf, labelsKey, pointsOf, sampleNumber, writeLabels } from "./data";
import { histogramHeat } from "./heatmap";
import { seriesNames } from "./names";
import { curlOf, labelColumns, linesCsv, linesOf, rangeCsv } from "./results";
import { changeRow, duplicateRow, insertQuery, moveRow, removeRow, rowLetter, rowsFromUrl, runRows, sameAsUrl, urlOfRows } from "./rows";
import { alignedRange, chosenStep, parseStep, rateWindow, usedStep, writeStep } from "./step";
import { metricList, startMetrics, suggestedQueries } from "./suggest";
import { fittingUnit, metricsIn, unitOfExpression, type MetricMeta } from "./unit";

const metadata = new Map<string, MetricMeta>([
  ["http_duration_seconds", { type: "histogram", help: "", unit: "seconds" }],
  ["tokens_total", { type: "counter", help: "Tokens.", unit: "{token}" }],
  ["memory_bytes", { type: "gauge", help: "", unit: "" }],
  ["native_seconds", { type: "histogram", help: "", unit: "s" }],
]);

describe("data", () => {
  test("samples as numbers", () => expect(["1.5", "NaN", "+Inf", "-Inf"].map(sampleNumber)).toEqual([1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]));
  test("points in milliseconds", () => {
    expect(pointsOf({ metric: {}, values: [[1.5, "2"]] })).toEqual({ times: [1500], values: [2] });
    expect(pointsOf({ metric: {}, histograms: [] })).toBeUndefined();
  });
  test("labels as PromQL writes them", () => {
    expect([writeLabels({ __name__: "up", job: 'a"b' }), writeLabels({ __name__: "up" }), writeLabels({}), writeLabels({ "a.b": "x" })]).toEqual(['up{job="a\\"b"}', "up", "{}", '{"a.b"="x"}']);
    expect(labelsKey({ b: "1", a: "2" })).toBe(labelsKey({ a: "2", b: "1" }));
  });
  test("figures leave gaps out", () => {
    expect(figuresOf({ times: [1, 2, 3], values: [1, Number.NaN, 3] })).toEqual({ last: 3, min: 1, max: 3, avg: 2 });
    expect(figuresOf([])).toEqual({ last: null, min: null, max: null, avg: null });
  });
});

describe("names", () => {
  test("one differing label is the name, what is shared is said once", () => {
    expect(seriesNames([{ job: "x", agent: "a" }, { job: "x", agent: "b" }], "q")).toEqual({ names: ["a", "b"], shared: { job: "x" } });
  });
  test("several labels are written out; a lone series has all or the query", () => {
    expect(seriesNames([{ a: "1", b: "1" }, { a: "2", b: "2" }], "q").names).toEqual(['{a="1", b="1"}', '{a="2", b="2"}']);
    expect([seriesNames([{}], "sum(up)").names, seriesNames([{ __name__: "up" }], "q").names, seriesNames([], "q").names]).toEqual([["sum(up)"], ["up"], []]);
    expect(seriesNames([{ a: "1" }, {}], "q").names).toEqual(["1", "(no labels)"]);
  });
});

describe("step", () => {
  test("chosen from range and width", () => {
    expect([chosenStep(3_600_000, 1200), chosenStep(86_400_000, 1200), chosenStep(60_000, 1200), chosenStep(3_600_000, 200)]).toEqual([10, 300, 1, 60]);
  });
  test("typed", () => {
    expect(["30s", "1m30s", "15", "2h", "500ms", "x", "0", ""].map(parseStep)).toEqual([30, 90, 15, 7200, 0.5, undefined, undefined, undefined]);
    expect([writeStep(30), writeStep(90), writeStep(7200), writeStep(0.5), writeStep(86_400)]).toEqual(["30s", "90s", "2h", "500ms", "1d"]);
  });
  test("made longer where there would be too many points", () => {
    expect(usedStep("1s", 86_400_000, 1000)).toEqual({ seconds: 10, lengthened: true });
    expect(usedStep("30s", 3_600_000, 1000)).toEqual({ seconds: 30, lengthened: false });
  });
  test("ranges lie on the step", () => expect(alignedRange(1001, 61_999, 10)).toEqual({ start: 10, end: 60 }));
  test("window of rate", () => expect([rateWindow(3_600_000, 10), rateWindow(600_000, 2), rateWindow(86_400_000 * 7, 1800)]).toEqual(["5m", "1m", "2h"]));
});

describe("units", () => {
  test("metrics of a query", () => {
    expect(metricsIn('sum by (le, job) (rate(http_duration_seconds_bucket{job="up"}[5m])) / on (a) count(up offset 5m)')).toEqual(["http_duration_seconds_bucket", "up"]);
    expect(metricsIn('{__name__="a.b"} or {"c.d", x="y"}')).toEqual(["a.b", "c.d"]);
  });
  test.each([
    ["memory_bytes", "By"],
    ["rate(tokens_total[5m])", "{token}/s"],
    ["sum(increase(tokens_total[1h]))", "{token}"],
    ["histogram_quantile(0.95, sum by (le) (rate(http_duration_seconds_bucket[5m])))", "s"],
    ["histogram_quantile(0.9, rate(native_seconds[5m]))", "s"],
    ["sum(rate(http_duration_seconds_sum[5m])) / sum(rate(http_duration_seconds_count[5m]))", "s"],
    ["rate(http_duration_seconds_count[5m])", "1/s"],
    ["count(memory_bytes)", "1"],
    ["sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))", "ratio"],
    ["100 * sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))", "%"],
    ["sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) * 100", "%"],
    ["time() - process_start_time_seconds", "s"],
    ["1 + 1", "1"],
  ])("%s is in %s", (expr, unit) => expect(unitOfExpression(expr, metadata)).toBe(unit));
});

test("a share of thousands of percent is a count", () => expect([fittingUnit("ratio", 50), fittingUnit("ratio", 0.9), fittingUnit("s", 99)]).toEqual(["1", "ratio", "s"]));

describe("metrics", () => {
  const list = metricList([{ name: "http_duration_seconds_bucket", count: 10 }, { name: "http_duration_seconds_sum", count: "1" }, { name: "http_duration_seconds_count", count: 1 }, { name: "tokens_total", count: 2 }, { name: "native_seconds", count: 1 }, { name: "queue_count", count: 1 }], metadata);
  test("parts of a histogram are one", () => {
    expect(list.map((entry) => `${entry.name} ${entry.type} ${entry.series} ${entry.classic}`)).toEqual(["http_duration_seconds histogram 12 true", "native_seconds histogram 1 false", "queue_count unknown 1 false", "tokens_total counter 2 false"]);
  });
  test("first queries", () => {
    const first = (name: string): string | undefined => {
      const entry = list.find((one) => one.name === name);
      return entry === undefined ? undefined : suggestedQueries(entry, "5m")[0]?.expr;
    };
    expect(first("tokens_total")).toBe("sum(rate(tokens_total[5m]))");
    expect(first("http_duration_seconds")).toBe("histogram_quantile(0.95, sum by (le) (rate(http_duration_seconds_bucket[5m])))");
    expect(first("native_seconds")).toBe("histogram_quantile(0.95, sum(rate(native_seconds[5m])))");
    expect(first("queue_count")).toBe("queue_count");
    expect(suggestedQueries({ name: "a.b", type: "gauge", unit: "", help: "", series: 1, classic: false }, "5m")[0]?.expr).toBe('{"a.b"}');
  });
  test("to begin with: telling ones", () => expect(startMetrics(list, 2).map((entry) => entry.name)).toEqual(["http_duration_seconds", "tokens_total"]));
});

describe("rows", () => {
  const rows = rowsFromUrl({ expr: ["a", "b"], hide: [1] }, []);
  test("there and back", () => {
    expect(urlOfRows(rows)).toEqual({ expr: ["a", "b"], hide: [1] });
    expect([sameAsUrl(rows, { expr: ["a", "b"], hide: [1] }), sameAsUrl(rows, { expr: ["a"], hide: [] })]).toEqual([true, false]);
    expect(rowsFromUrl({ expr: [], hide: [] }, rows)).toEqual([{ key: rows[0]?.key, typed: "", run: "", hidden: false }]);
  });
  test("typing changes nothing until it is run", () => {
    const typed = changeRow(rows, rows[0]?.key ?? 0, { typed: " c " });
    expect(urlOfRows(typed).expr).toEqual(["a", "b"]);
    expect(urlOfRows(runRows(typed)).expr).toEqual(["c", "b"]);
  });
  test("duplicate, move, remove, insert", () => {
    const key = rows[0]?.key ?? 0;
    expect(duplicateRow(rows, key).map((row) => row.run)).toEqual(["a", "a", "b"]);
    expect(new Set(duplicateRow(rows, key).map((row) => row.key)).size).toBe(3);
    expect(moveRow(rows, key, 1).map((row) => row.run)).toEqual(["b", "a"]);
    expect(moveRow(rows, key, -1)).toEqual(rows);
    expect(removeRow(removeRow(rows, key), rows[1]?.key ?? 0).map((row) => row.typed)).toEqual([""]);
    expect(insertQuery(rows, "n").map((row) => row.run)).toEqual(["a", "b", "n"]);
    expect(insertQuery(rowsFromUrl({ expr: [], hide: [] }, []), "n").map((row) => row.run)).toEqual(["n"]);
  });
  test("letters", () => expect([rowLetter(0), rowLetter(25), rowLetter(26)]).toEqual(["A", "Z", "A1"]));
});

test("native histograms become a heat map", () => {
  const heat = histogramHeat([{ metric: {}, histograms: [[10, { count: "3", sum: "1", buckets: [[0, "0.5", "1", "2"], [0, "1", "2", "1"]] }], [20, { count: "1", sum: "1", buckets: [[0, "1", "2", "1"]] }]] }], 10_000, 1000);
  expect(heat).toEqual({ times: [0, 10_000], stepMs: 10_000, bounds: [500, 1000, 2000], counts: [[2, 1], [0, 1]] });
  expect(histogramHeat([{ metric: {}, values: [] }], 1000)).toBeUndefined();
});

describe("results", () => {
  const lines = linesOf("A", { resultType: "vector", result: [{ metric: { job: "x", __name__: "up" }, value: [1, "1"] }, { metric: { zone: "z" }, histogram: [1, { count: "5", sum: "2" }] }] });
  test("lines and columns", () => {
    expect(lines.map((one) => one.value)).toEqual([1, 5]);
    expect(labelColumns(lines)).toEqual(["__name__", "job", "zone"]);
    expect(linesOf("A", { resultType: "scalar", result: [1, "2"] })[0]?.value).toBe(2);
    expect(linesOf("A", { resultType: "string", result: [1, "hi"] })[0]?.text).toBe("hi");
  });
  test("CSV", () => {
    expect(linesCsv(lines)).toBe("query,__name__,job,zone,value\r\nA,up,x,,1\r\nA,,,z,5");
    expect(rangeCsv([{ query: "A", data: { resultType: "matrix", result: [{ metric: { a: "b" }, values: [[0, "1"]] }] } }])).toBe("query,time,a,value\r\nA,1970-01-01T00:00:00.000Z,b,1");
  });
  test("curl", () => {
    expect(curlOf("http://h/x", { query: "a{b='c'}" }, true)).toBe("curl -sG 'http://h/x' \\\n  --data-urlencode 'query=a{b='\\''c'\\''}' \\\n  -H \"Authorization: Bearer $TACHO_TOKEN\"");
  });
});
