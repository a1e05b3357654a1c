// Times in both zones, across a change of the clocks. Berlin goes from +01:00 to +02:00 on 2026-03-29 and back on 2026-10-25.
import { beforeAll, describe, expect, test } from "vitest";
import { fieldsOf, formatDate, formatDateTime, formatDateTimeNs, formatTime, formatTimeMs, timeOf, zoneName } from "@/lib/zone";

beforeAll(() => {
  process.env["TZ"] = "Europe/Berlin";
});

const summer = Date.UTC(2026, 6, 1, 12, 5, 9, 250);

describe("formats", () => {
  test("are the same in both zones but for the hour", () => {
    expect(formatDateTime(summer, "utc")).toBe("2026-07-01 12:05:09");
    expect(formatDateTime(summer, "local")).toBe("2026-07-01 14:05:09");
    expect(formatTime(summer, "utc")).toBe("12:05:09");
    expect(formatTimeMs(summer, "local")).toBe("14:05:09.250");
    expect(formatDate(Date.UTC(2026, 6, 1, 23, 0), "local")).toBe("2026-07-02");
  });

  test("nanoseconds are kept as they came", () => {
    expect(formatDateTimeNs("2026-07-01T12:05:09.123456789Z", "local")).toBe("2026-07-01 14:05:09.123456789");
    expect(formatDateTimeNs("2026-07-01T12:05:09Z", "utc")).toBe("2026-07-01 12:05:09");
    expect(formatDateTimeNs("never", "utc")).toBe("never");
  });

  test("the name of the zone follows the clocks", () => {
    expect(zoneName(summer, "local")).toBe("UTC+02:00");
    expect(zoneName(Date.UTC(2026, 0, 1), "local")).toBe("UTC+01:00");
    expect(zoneName(summer, "utc")).toBe("UTC");
  });
});

describe("fields", () => {
  test("go there and back in both zones", () => {
    for (const zone of ["utc", "local"] as const) expect(timeOf(fieldsOf(summer, zone), zone)).toBe(summer);
  });

  test("an hour that the clocks skip lies after the gap", () => {
    expect(new Date(timeOf({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 }, "local")).toISOString()).toBe("2026-03-29T01:30:00.000Z");
  });
});
