// Moving a time range.
import { expect, test } from "vitest";
import { formatDuration, shiftRange, writeInstant, zoomOut } from "@/lib/rangeSteps";
import { resolveRange } from "@/lib/timeRange";

const now = Date.UTC(2026, 10, 20, 16, 0, 0);
const hour = 3_600_000;

function range(from: string, to: string): { from: string; to: string; startMs: number; endMs: number } {
  const read = resolveRange({ from, to }, now, "utc");
  if (!read.ok) throw new Error(read.message);
  return { from, to, ...read.value };
}

test("widths in the largest unit that is exact", () => {
  expect([1000, 90_000, 60_000, 5_400_000, hour, 24 * hour, 25 * hour, 7 * 24 * hour, 400].map(formatDuration)).toEqual([
    "1s", "90s", "1m", "90m", "1h", "1d", "25h", "7d", "1s",
  ]);
});

test("times without a fraction of zeros", () => {
  expect(writeInstant(now)).toBe("2026-11-20T16:00:00Z");
  expect(writeInstant(now + 5)).toBe("2026-11-20T16:00:00.005Z");
});

test("back by half, and forward again until now", () => {
  const back = shiftRange(range("now-1h", "now"), -1, now);
  expect(back).toEqual({ from: "2026-11-20T14:30:00Z", to: "2026-11-20T15:30:00Z" });
  expect(shiftRange(range(back.from, back.to), 1, now)).toEqual({ from: "now-1h", to: "now" });
  expect(shiftRange(range(back.from, back.to), 1, now + 60_000)).toEqual({ from: "now-1h", to: "now" });
  expect(shiftRange(range(back.from, back.to), 1, now + 600_000)).toEqual({ from: "2026-11-20T15:00:00Z", to: "2026-11-20T16:00:00Z" });
  expect(shiftRange(range("now-1h", "now"), 1, now)).toEqual({ from: "now-1h", to: "now" });
});

test("never before 1970", () => {
  const back = shiftRange({ startMs: 10 * 60_000, endMs: 70 * 60_000 }, -1, now);
  expect(back).toEqual({ from: "1970-01-01T00:00:00Z", to: "1970-01-01T01:00:00Z" });
});

test("out to twice the width: around the middle, ending now where it did", () => {
  expect(zoomOut(range("now-1h", "now"), now)).toEqual({ from: "now-2h", to: "now" });
  expect(zoomOut(range("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"), now)).toEqual({ from: "2026-11-20T09:30:00Z", to: "2026-11-20T11:30:00Z" });
  expect(zoomOut(range("2026-11-20T14:50:00Z", "2026-11-20T15:50:00Z"), now)).toEqual({ from: "2026-11-20T14:00:00Z", to: "2026-11-20T16:00:00Z" });
});
