import { expect, it } from "vitest";
import { saidWith } from "./saidTimes";

it("times in sentences are written for the reader", () => {
  const write = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  expect(saidWith("it fired since 2026-11-20T21:45:12.371Z, then at 2026-11-20T23:00:00+01:00", write)).toBe("It fired since 21:45, then at 22:00");
  expect(saidWith("2026-11-20 is a day", write)).toBe("2026-11-20 is a day");
});
