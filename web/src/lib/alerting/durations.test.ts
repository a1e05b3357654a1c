import { describe, expect, it } from "vitest";
import { readDuration, tomorrowAt, writeDuration } from "./durations";

describe("durations", () => {
  it("reads what rules write", () => {
    expect(readDuration("5m")).toBe(300_000);
    expect(readDuration("1h30m")).toBe(5_400_000);
    expect(readDuration("1h 30m")).toBe(5_400_000);
    expect(readDuration("1.5h")).toBe(5_400_000);
    expect(readDuration("250ms")).toBe(250);
    expect(readDuration("2w")).toBe(1_209_600_000);
    expect(readDuration("")).toBe(0);
    expect(readDuration("0")).toBe(0);
    expect(readDuration("5")).toBeUndefined();
    expect(readDuration("soon")).toBeUndefined();
  });

  it("writes them the same way", () => {
    for (const text of ["30s", "5m", "1h30m", "2d", "1w", "250ms", "1d12h"]) expect(writeDuration(readDuration(text) ?? -1)).toBe(text);
    expect(writeDuration(0)).toBe("0s");
  });

  it("knows tomorrow morning", () => {
    expect(tomorrowAt(Date.UTC(2026, 10, 30, 23, 59), "utc", 9)).toBe(Date.UTC(2026, 11, 1, 9));
  });
});
