// What people type into the time range.
import { beforeAll, expect, test } from "vitest";
import { readTyped } from "@/lib/typedRange";
import type { Zone } from "@/lib/zone";

beforeAll(() => {
  process.env["TZ"] = "Europe/Berlin";
});

const now = Date.UTC(2026, 10, 20, 16, 35, 42);

function typed(text: string, zone: Zone = "utc"): string {
  const read = readTyped(text, now, zone);
  return read.ok ? `${read.value.from} ${read.value.to}` : `! ${read.message}`;
}

test("widths and words", () => {
  expect(typed("3h")).toBe("now-3h now");
  expect(typed("last 15 m")).toBe("now-15m now");
  expect(typed("-2d")).toBe("now-2d now");
  expect(typed("today")).toBe("now/d now");
  expect(typed("Yesterday")).toBe("now-1d/d now/d");
});

test("one time means until now, a day alone the whole day", () => {
  expect(typed("now-3h")).toBe("now-3h now");
  expect(typed("14:05")).toBe("2026-11-20T14:05:00Z now");
  expect(typed("2026-11-19 14:05", "local")).toBe("2026-11-19T13:05:00Z now");
  expect(typed("2026-11-19", "local")).toBe("2026-11-18T23:00:00Z 2026-11-19T23:00:00Z");
  expect(typed("1795190000")).toBe("2026-11-20T15:53:20Z now");
});

test("two times, with and without a word between", () => {
  const pair = "2026-11-20T13:00:00Z 2026-11-20T14:30:00Z";
  expect(typed("2026-11-20 13:00 to 2026-11-20 14:30")).toBe(pair);
  expect(typed("from 13:00 to 14:30")).toBe(pair);
  expect(typed("13:00 - 14:30")).toBe(pair);
  expect(typed("13:00 – 14:30")).toBe(pair);
  expect(typed("13:00, 14:30")).toBe(pair);
  expect(typed("2026-11-20 13:00 2026-11-20 14:30")).toBe(pair);
  expect(typed("2026-11-20 13:00 14:30")).toBe(pair);
  expect(typed("2026-11-20 13:00 to 14:30")).toBe(pair);
  expect(typed("now-3h now-1h")).toBe("now-3h now-1h");
  expect(typed("now - 3h to now")).toBe("now-3h now");
  expect(typed("1795190000 1795190100000")).toBe("2026-11-20T15:53:20Z 2026-11-20T15:55:00Z");
});

test("a day that ends a range is in it, also when it has 25 hours", () => {
  expect(typed("2026-11-18 to 2026-11-19")).toBe("2026-11-18T00:00:00Z 2026-11-20T00:00:00Z");
  expect(typed("2026-10-25", "local")).toBe("2026-10-24T22:00:00Z 2026-10-25T23:00:00Z");
  expect(typed("2026-03-29", "local")).toBe("2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
});

test("what is wrong says what is taken", () => {
  expect(typed("")).toContain("! type a width such as 3h");
  expect(typed("soon")).toContain("taken are");
  expect(typed("14:00 to 13:00")).toBe("! the range ends before it starts");
  expect(typed("2026-13-01 to now")).toContain("does not exist");
});
