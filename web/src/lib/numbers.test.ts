// Figures as text.
import { describe, expect, test } from "vitest";
import { formatCount, formatExact, formatMoney, formatPercent, formatRate, plural, significant } from "@/lib/numbers";

describe("counts", () => {
  test.each([
    [0, "0"], [96, "96"], [999, "999"], [999.6, "1k"], [1840, "1.84k"], [402_000, "402k"], [1_840_213, "1.84M"], [1e9, "1B"], [-1500, "−1.5k"],
    [0.25, "0.25"], [0.000_012, "1.2e-5"], ["9007199254740993", "9.01e+15"], [Number.POSITIVE_INFINITY, "+∞"], [null, "–"],
  ])("%s is %s", (value, text) => expect(formatCount(value)).toBe(text));
  test("digits beyond 2^53 stay exact", () => expect(formatExact("9007199254740993")).toBe("9,007,199,254,740,993"));
  test("significant drops zeros behind the point only", () => expect([significant(120, 3), significant(1.2, 3), significant(100, 2)]).toEqual(["120", "1.2", "100"]));
});

describe("shares", () => {
  test.each([
    [1, "100%"], [0, "0%"], [0.972, "97.2%"], [0.99996, "99.996%"], [0.999_999_9, "99.999%"], [0.0004, "0.04%"], [0.000_001, "<0.001%"], [-0.5, "−50%"], [12, "1200%"], [null, "–"],
  ])("%s is %s", (value, text) => expect(formatPercent(value)).toBe(text));
});

test("rates choose seconds, minutes or hours", () => {
  expect([formatRate(3.2), formatRate(47 / 60), formatRate(2 / 3600), formatRate(0)]).toEqual(["3.2/s", "47/min", "2/h", "0/s"]);
});

test("money keeps two digits, more below a cent", () => {
  expect([formatMoney(412.6), formatMoney(0.0042), formatMoney(1204.4), formatMoney(0), formatMoney(2.5e6)]).toEqual(["$412.60", "$0.0042", "$1,204", "$0.00", "$2.5M"]);
});

test("plural", () => expect([plural(1, "span"), plural(2, "match", "matches"), plural("1", "log")]).toEqual(["1 span", "2 matches", "1 log"]));
