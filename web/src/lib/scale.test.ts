// Axes.
import { describe, expect, test } from "vitest";
import { linearScale, linearTicks, logDurationTicks, logScale, momentLabel, niceStep, timeTicks } from "@/lib/scale";

const NOON = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;

test("scales go there and back", () => {
  const linear = linearScale(0, 10, 100, 0);
  expect([linear.place(0), linear.place(10), linear.value(50)]).toEqual([100, 0, 5]);
  const log = logScale(1, 1000, 0, 300);
  expect(log.place(10)).toBeCloseTo(100);
  expect(log.value(200)).toBeCloseTo(100);
  expect(log.place(0)).toBe(0);
});

test("steps are round in their unit", () => {
  expect([niceStep(0.3), niceStep(17), niceStep(400)]).toEqual([0.5, 20, 500]);
  expect([niceStep(17, "s"), niceStep(400, "s"), niceStep(0.03, "s"), niceStep(90_000, "ms")]).toEqual([30, 600, 0.05, 120_000]);
  expect(niceStep(300, "By")).toBe(512);
  expect(niceStep(0)).toBe(1);
});

test("linear ticks lie within", () => {
  expect(linearTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(linearTicks(3, 3, 4)).toEqual([3]);
});

test("logarithmic ticks thin out", () => {
  expect(logDurationTicks(1, 10_000, 10)).toEqual([1, 10, 100, 1000, 10_000]);
  expect(logDurationTicks(1, 10_000, 3).length).toBeLessThanOrEqual(3);
  expect(logDurationTicks(10, 60, 6)).toEqual([10, 20, 50]);
  expect(logDurationTicks(15_000, 400_000, 8)).toEqual([30_000, 60_000, 120_000, 300_000]);
});

describe("time ticks", () => {
  test("clock within a day", () => {
    expect(timeTicks(NOON, NOON + HOUR, 4, "utc").map((tick) => tick.label)).toEqual(["12:00", "12:15", "12:30", "12:45", "13:00"]);
  });
  test("seconds and below", () => {
    expect(timeTicks(NOON, NOON + 10_000, 2, "utc").map((tick) => tick.label)).toEqual(["12:00:00", "12:00:05", "12:00:10"]);
    expect(timeTicks(NOON, NOON + 1, 2, "utc").map((tick) => tick.label)[1]).toBe("12:00:00.001");
  });
  test("dates above a day, never the same clock over and over", () => {
    const labels = timeTicks(NOON - 72 * HOUR, NOON, 6, "utc").map((tick) => tick.label);
    expect(labels).toEqual(["12:00", "18 Nov", "12:00", "19 Nov", "12:00", "20 Nov", "12:00"]);
    expect(timeTicks(NOON - 60 * 24 * HOUR, NOON, 5, "utc").every((tick) => /^\d+ [A-Z]/u.test(tick.label))).toBe(true);
  });
  test("bounded, and nothing of an empty range", () => {
    expect(timeTicks(NOON, NOON, 5, "utc")).toEqual([]);
    expect(timeTicks(0, NOON, 8, "local").length).toBeLessThan(20);
  });
});

test("moments are as fine as the step", () => {
  expect(momentLabel(NOON, 60_000, HOUR, "utc")).toBe("12:00");
  expect(momentLabel(NOON, 5000, HOUR, "utc")).toBe("12:00:00");
  expect(momentLabel(NOON, 60_000, 48 * HOUR, "utc")).toBe("20 Nov 12:00");
});
