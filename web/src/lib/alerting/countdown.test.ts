import { expect, test } from "vitest";
import { countdown } from "@/lib/alerting/countdown";

test("counts down to the second, and then says now", () => {
  const at = "2026-11-20T12:05:00Z";
  expect(countdown(at, Date.parse("2026-11-20T12:00:48Z"))).toBe("in 4m 12s");
  expect(countdown(at, Date.parse("2026-11-20T12:04:51.5Z"))).toBe("in 9 s");
  expect(countdown(at, Date.parse("2026-11-20T12:05:01Z"))).toBe("now");
});
