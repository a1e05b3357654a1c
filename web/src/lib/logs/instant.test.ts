import { expect, it } from "vitest";
import { nanosOf, nanosText } from "@/lib/logs/instant";

it("keeps every nanosecond", () => {
  expect(nanosText("2026-11-20T16:42:21.466896404Z", 1)).toBe("1795192941466896405");
  expect(nanosText("2026-11-20T16:42:21Z")).toBe("1795192941000000000");
  expect(nanosOf("2026-11-20T17:42:21.5+01:00")).toBe(1795192941500000000n);
  expect(nanosOf("nonsense")).toBeUndefined();
});
