import { describe, expect, it } from "vitest";
import { roundedTo, withThreshold, writeNumber } from "./threshold";

describe("withThreshold", () => {
  it("exchanges the number and nothing else", () => {
    expect(withThreshold("rate(errors[5m]) > 0.1", 0.1, 0.25)).toBe("rate(errors[5m]) > 0.25");
    expect(withThreshold('sum by (job) (up{job=~"a|b"}) <  1', 1, 2)).toBe('sum by (job) (up{job=~"a|b"}) <  2');
    expect(withThreshold("a >= bool 5\n", 5, 6)).toBe("a >= bool 6\n");
    expect(withThreshold("a > -3", -3, 4)).toBe("a > 4");
    expect(withThreshold("a > 1e3 # many", 1000, 1500)).toBe("a > 1500 # many");
  });

  it("does not look into strings, matchers and parentheses", () => {
    expect(withThreshold('count(x{a="b > 3"} > 3) > 7', 7, 8)).toBe('count(x{a="b > 3"} > 3) > 8');
    expect(withThreshold("x[5m:1m] > 2", 2, 3)).toBe("x[5m:1m] > 3");
  });

  it("opens parentheses around all of it", () => {
    expect(withThreshold("((a) > 5)", 5, 9)).toBe("((a) > 9)");
    expect(withThreshold(" (a > 5) ", 5, 9)).toBe(" (a > 9) ");
  });

  it("takes a number in front", () => {
    expect(withThreshold("5 < errors", 5, 6)).toBe("6 < errors");
  });

  it("finds the number that is in force among several", () => {
    expect(withThreshold("a > 5 and b > 2", 5, 6)).toBe("a > 6 and b > 2");
    expect(withThreshold("a > 5 and b > 2", undefined, 6)).toBeUndefined();
    expect(withThreshold("a > 5 and b > 5", 5, 6)).toBeUndefined();
  });

  it("keeps the unit of short conditions", () => {
    expect(withThreshold("p95(5m) > 60s", 60_000, 45_000)).toBe("p95(5m) > 45s");
    expect(withThreshold("rate(5m) > 10%", 0.1, 0.2)).toBe("rate(5m) > 20%");
    expect(withThreshold("> 5", 5, 7)).toBe("> 7");
    expect(withThreshold("rate(5m) > 0.1 by service", 0.1, 0.2)).toBe("rate(5m) > 0.2 by service");
  });

  it("leaves what is no comparison with a number", () => {
    expect(withThreshold("up == 0 * 3", undefined, 1)).toBeUndefined();
    expect(withThreshold("a > b", undefined, 1)).toBeUndefined();
    expect(withThreshold("a2 > b", undefined, 1)).toBeUndefined();
    expect(withThreshold("absent(up)", undefined, 1)).toBeUndefined();
  });
});

describe("numbers", () => {
  it("are written without noise", () => {
    expect(writeNumber(0.1 + 0.2)).toBe("0.3");
    expect(writeNumber(1500)).toBe("1500");
  });

  it("are rounded to what can be aimed at", () => {
    expect(roundedTo(0.123456, 1)).toBe(0.125);
    expect(roundedTo(1234.5, 2000)).toBe(1230);
    expect(roundedTo(3, 0)).toBe(3);
  });
});
