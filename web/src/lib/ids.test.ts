// Telling ids apart; counts beyond 2^53; waits between tries.
import { expect, test } from "vitest";
import { backoffMs } from "@/lib/backoff";
import { toNumber } from "@/lib/counts";
import { formOfId, normalId, shortId } from "@/lib/ids";

test("ids by their form", () => {
  expect(formOfId(" 4065C6C449C19C7C823C2E20BBCD2098 ")).toBe("trace");
  expect(formOfId("550e8400-e29b-41d4-a716-446655440000")).toBe("trace");
  expect(formOfId("d9c302c62eed1c9b")).toBe("span");
  expect(formOfId("run-7")).toBe("other");
  expect(normalId(" 4065C6C4-49C19C7C823C2E20BBCD2098")).toBe("4065c6c449c19c7c823c2e20bbcd2098");
  expect(normalId(" run-7 ")).toBe("run-7");
  expect(shortId("d9c302c62eed1c9b")).toBe("d9c302c6");
});

test("counts", () => {
  expect(toNumber(7)).toBe(7);
  expect(toNumber("18446744073709551615")).toBe(2 ** 64);
  expect(toNumber("")).toBe(0);
  expect(toNumber("x")).toBe(0);
  expect(toNumber(undefined)).toBe(0);
});

test("waits double up to a bound, and are spread", () => {
  expect([0, 1, 2, 3, 4, 50].map((attempt) => backoffMs(attempt, 0.5))).toEqual([1000, 2000, 4000, 8000, 15000, 15000]);
  expect(backoffMs(0, 0)).toBe(750);
  expect(backoffMs(0, 1)).toBe(1250);
});
