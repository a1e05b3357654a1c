// The figures of the overview: how they are written and compared, and which of them call.
import { describe, expect, it } from "vitest";
import { compare, showFigure, wholeBuckets } from "./figures";

describe("compare", () => {
  it("says how much more or less", () => {
    expect(compare(112, 100, false)).toBe("12 % more than before");
    expect(compare(50, 100, false)).toBe("50 % less than before");
    expect(compare(101, 100, false)).toBe("as before");
    expect(compare(420, 100, false)).toBe("4.2 times before");
    expect(compare(4, 0, false)).toBe("none before");
    expect(compare(4, undefined, false)).toBe("nothing to compare with");
  });
  it("compares shares in points", () => {
    expect(compare(0.026, 0.02, true)).toBe("0.6 points above before");
    expect(compare(0.02, 0.0201, true)).toBe("as before");
  });
});

describe("showFigure", () => {
  const shown = (value: number | undefined, before?: number) =>
    showFigure({ id: "error_rate", trend: [], ...(value === undefined ? {} : { value }), ...(before === undefined ? {} : { before }) }, 0.05);
  it("has a colour only where somebody should act", () => {
    expect(shown(0.001).tone).toBe("steady");
    expect(shown(0.02).tone).toBe("amber");
    expect(shown(0.05).tone).toBe("red");
  });
  it("says that nothing was told yet", () => {
    expect(shown(undefined)).toMatchObject({ value: "–", note: "nothing told yet", tone: "steady" });
  });
  it("does not round little to nothing", () => {
    const text = (value: number) => showFigure({ id: "requests_per_minute", value, trend: [] }, 0.05).value;
    expect([text(0.0333), text(4.86), text(0), text(1840)]).toEqual(["0.033", "4.9", "0", "1.84k"]);
  });
  it("calls when answers take twice as long as before", () => {
    expect(showFigure({ id: "p95_ms", value: 900, before: 400, trend: [] }, 0.05).tone).toBe("amber");
    expect(showFigure({ id: "p95_ms", value: 90, before: 4, trend: [] }, 0.05).tone).toBe("steady");
  });
});

describe("wholeBuckets", () => {
  it("leaves out the one that is still filling", () => {
    expect(wholeBuckets([1, 2, 3], 0, 10, 25)).toEqual([1, 2]);
    expect(wholeBuckets([1, 2, 3], 0, 10, 30)).toEqual([1, 2, 3]);
    expect(wholeBuckets([1], 0, 10, 5)).toEqual([1]);
  });
});
