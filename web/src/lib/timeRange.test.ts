// What the URL and people write for a time, in both zones and across changes of the clocks.
import { beforeAll, describe, expect, test } from "vitest";
import { isRelative, labelOf, readInstant, resolveRange } from "@/lib/timeRange";
import type { Zone } from "@/lib/zone";

beforeAll(() => {
  process.env["TZ"] = "Europe/Berlin";
});

const now = Date.UTC(2026, 10, 20, 16, 35, 42, 500); // Friday, 17:35:42 in Berlin

function read(text: string, zone: Zone = "utc", at = now): string {
  const result = readInstant(text, at, zone);
  return result.ok ? new Date(result.value).toISOString() : result.message;
}

describe("readInstant", () => {
  test("now and what is counted from it", () => {
    expect(read("now")).toBe("2026-11-20T16:35:42.500Z");
    expect(read("now-3h")).toBe("2026-11-20T13:35:42.500Z");
    expect(read("now+15m")).toBe("2026-11-20T16:50:42.500Z");
    expect(read("now-1d-2h")).toBe("2026-11-19T14:35:42.500Z");
    expect(read("now-1w")).toBe("2026-11-13T16:35:42.500Z");
  });

  test("rounding down follows the zone", () => {
    expect(read("now/d")).toBe("2026-11-20T00:00:00.000Z");
    expect(read("now/d", "local")).toBe("2026-11-19T23:00:00.000Z");
    expect(read("now-1d/d", "local")).toBe("2026-11-18T23:00:00.000Z");
    expect(read("now/w", "local")).toBe("2026-11-15T23:00:00.000Z");
    expect(read("now/h", "local")).toBe("2026-11-20T16:00:00.000Z");
    expect(read("now/m")).toBe("2026-11-20T16:35:00.000Z");
  });

  test("the start of a day that has 25 hours", () => {
    expect(read("now/d", "local", Date.UTC(2026, 9, 25, 12))).toBe("2026-10-24T22:00:00.000Z");
    // Both hours that are called 02: the second one starts where it starts.
    expect(read("now/h", "local", Date.UTC(2026, 9, 25, 1, 30))).toBe("2026-10-25T01:00:00.000Z");
    expect(read("now/h", "local", Date.UTC(2026, 9, 25, 0, 30))).toBe("2026-10-25T00:00:00.000Z");
  });

  test("dates and times are those of the zone, unless they name another", () => {
    expect(read("2026-11-20")).toBe("2026-11-20T00:00:00.000Z");
    expect(read("2026-11-20", "local")).toBe("2026-11-19T23:00:00.000Z");
    expect(read("2026-07-01 14:05", "local")).toBe("2026-07-01T12:05:00.000Z");
    expect(read("2026-11-20T14:05:09.123456789Z", "local")).toBe("2026-11-20T14:05:09.123Z");
    expect(read("2026-11-20T14:05:09+05:30", "local")).toBe("2026-11-20T08:35:09.000Z");
    expect(read("2026-11-20 14:05 UTC", "local")).toBe("2026-11-20T14:05:00.000Z");
    expect(read("14:05", "local")).toBe("2026-11-20T13:05:00.000Z");
  });

  test("Unix times are told apart by their length", () => {
    const same = "2026-11-20T16:34:39.000Z";
    expect(read("1795192479")).toBe(same);
    expect(read("1795192479000")).toBe(same);
    expect(read("1795192479000000")).toBe(same);
    expect(read("1795192479000000000")).toBe(same);
  });

  test("what is wrong is named, and what is taken", () => {
    expect(read("yesterday")).toContain('"yesterday" is no time; taken are now-3h');
    expect(read("now-3y")).toContain("units s, m, h, d and w");
    expect(read("2026-02-30")).toBe('"2026-02-30" names a day that does not exist');
    expect(read("2026-02-03 25:00")).toBe('"2026-02-03 25:00" names a time of day that does not exist');
    expect(read("now-9999999w")).toBe("the time is before 1970 or after 2200");
  });
});

test("a range must end after it starts", () => {
  expect(resolveRange({ from: "now-1h", to: "now" }, now, "utc")).toEqual({ ok: true, value: { startMs: now - 3_600_000, endMs: now } });
  expect(resolveRange({ from: "now", to: "now-1h" }, now, "utc")).toMatchObject({ ok: false, message: "the range ends before it starts" });
});

test("only what counts from now moves with the clock", () => {
  expect(["now", "now-3h", "now/d"].every(isRelative)).toBe(true);
  expect(["2026-11-20", "nowhere", "1795192479"].some(isRelative)).toBe(false);
});

test("labels", () => {
  const label = (from: string, to = "now", zone: Zone = "utc"): string => labelOf({ from, to }, now, zone);
  expect(label("now-1h")).toBe("Last hour");
  expect(label("now-3h")).toBe("Last 3 hours");
  expect(label("now/d")).toBe("Today");
  expect(label("now-1d/d", "now/d")).toBe("Yesterday");
  expect(label("now-3h", "now-1h")).toBe("now-3h to now-1h");
  expect(label("2026-11-20T13:05:00Z", "2026-11-20T14:00:00Z")).toBe("13:05 – 14:00");
  expect(label("2026-11-20T13:05:00Z", "2026-11-20T14:00:00Z", "local")).toBe("14:05 – 15:00");
  expect(label("2026-11-19T13:05:00Z", "2026-11-19T14:00:30Z")).toBe("2026-11-19 13:05:00 – 14:00:30");
  expect(label("2026-11-18T13:05:00Z", "2026-11-19T14:00:00Z")).toBe("2026-11-18 13:05 – 2026-11-19 14:00");
});
