// Units of measure.
import { describe, expect, test } from "vitest";
import { axisFormatterOf, formatAgo, formatBytes, formatDuration, formatterOf, normalUnit, unitOfMetric, unitWord } from "@/lib/units";

describe("durations", () => {
  test.each([
    [0, "0 ms"], [0.000_85, "850 ns"], [0.85, "850 µs"], [12.34, "12.3 ms"], [999.6, "1 s"], [1234, "1.23 s"], [59_960, "1m 00s"], [221_000, "3m 41s"],
    [7_500_000, "2h 05m"], [273_600_000, "3d 4h"], [-1500, "−1.5 s"], [undefined, "–"],
  ])("%s ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

test("bytes", () => expect([formatBytes(512), formatBytes(1536), formatBytes("13000000"), formatBytes(1024 ** 3 * 1.999)]).toEqual(["512 B", "1.5 KiB", "12.4 MiB", "2 GiB"]));

test("how long ago", () => {
  expect([formatAgo(0, 200), formatAgo(0, 40_000), formatAgo(0, 660_000), formatAgo(0, 7_200_000), formatAgo(0, 3 * 86_400_000), formatAgo(300_000, 0)]).toEqual(["now", "40s ago", "11m ago", "2h ago", "3d ago", "in 5m"]);
});

test("units in whatever spelling", () => {
  expect(["seconds", "By", "", "bytes/s", "{token}", "ms"].map(normalUnit)).toEqual(["s", "By", "1", "By/s", "{token}", "ms"]);
});

test("formatters", () => {
  expect(formatterOf("s")(0.25)).toBe("250 ms");
  expect(formatterOf("By/s")(2048)).toBe("2 KiB/s");
  expect(formatterOf("1/s")(3.2)).toBe("3.2/s");
  expect(formatterOf("s/s")(0.4)).toBe("0.4");
  expect(formatterOf("{token}")(1_200_000)).toBe("1.2M");
  expect(formatterOf("%")(97.2)).toBe("97.2%");
  expect(formatterOf("Cel")(21)).toBe("21 Cel");
  expect(formatterOf("s")(null)).toBe("–");
});

test("axis labels are short", () => {
  expect([axisFormatterOf("s")(0.2), axisFormatterOf("s")(16), axisFormatterOf("s")(120), axisFormatterOf("By")(1024), axisFormatterOf("s")(0), axisFormatterOf("By")(0)]).toEqual(["200ms", "16s", "2m", "1 KiB", "0", "0"]);
});

test("words of units stand beside the chart, not on its axis", () => {
  expect([axisFormatterOf("tokens/s")(8000), formatterOf("tokens/s")(8000), axisFormatterOf("{run}")(3)]).toEqual(["8k/s", "8k tokens/s", "3"]);
});

test("units of metrics", () => {
  expect(unitOfMetric("http_request_duration_seconds_bucket")).toBe("1");
  expect(unitOfMetric("http_request_duration_seconds_sum")).toBe("s");
  expect(unitOfMetric("process_memory_bytes")).toBe("By");
  expect(unitOfMetric("llm_tokens_total", "{token}")).toBe("{token}");
  expect(unitOfMetric("queue_size", "1")).toBe("1");
  expect(unitOfMetric("latency_p95_ms")).toBe("ms");
});

test("words", () => expect([unitWord("s"), unitWord("{token}"), unitWord("1/s"), unitWord("By/s"), unitWord("1")]).toEqual(["seconds", "token", "per second", "bytes per second", ""]));
