import { describe, expect, it } from "vitest";
import { axisTicks, formatOffset } from "./axis";
import { boxes, joined, labelPlace, stretch } from "./bars";
import { outlineOf } from "./fixture";
import { buildModel } from "./model";
import { idleGaps, timeScale } from "./timeScale";

describe("timeScale", () => {
  it("is straight without gaps, and goes both ways", () => {
    const scale = timeScale({ from: 100, to: 300 });
    expect([scale.place(100), scale.place(200), scale.place(300), scale.time(0.25)]).toEqual([0, 0.5, 1, 150]);
    expect(scale.place(400)).toBeCloseTo(1.5);
    expect(scale.place(0)).toBeCloseTo(-0.5);
  });
  it("folds gaps to a fixed width", () => {
    const scale = timeScale({ from: 0, to: 1000 }, [{ from: 100, to: 900 }], 0.1);
    expect(scale.place(100)).toBeCloseTo(0.45);
    expect(scale.place(900)).toBeCloseTo(0.55);
    expect(scale.place(1000)).toBeCloseTo(1);
    expect(scale.time(0.5)).toBeCloseTo(500);
    expect(scale.time(scale.place(950))).toBeCloseTo(950);
    expect(scale.folds).toEqual([{ from: 100, to: 900, left: expect.closeTo(0.45) as number, width: 0.1 }]);
  });
});

describe("idleGaps", () => {
  const model = buildModel(outlineOf([{ name: "run", ms: 600_000, spans: [
    { name: "a", at: 0, ms: 10_000, spans: [{ name: "a1", at: 1000, ms: 9000 }] }, { name: "b", at: 400_000, ms: 1000 }, { name: "c", at: 402_500, ms: 197_500 },
  ] }]));
  it("finds long times without leaf work, not the short ones", () => {
    const gaps = idleGaps(model, { from: 0, to: 600_000 }, 0, model.count);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.from).toBeGreaterThanOrEqual(10_000);
    expect(gaps[0]?.from).toBeLessThan(10_200);
    expect(gaps[0]?.to).toBeLessThanOrEqual(400_000);
    expect(gaps[0]?.to).toBeGreaterThan(399_800);
  });
  it("folds nothing in short windows", () => {
    expect(idleGaps(model, { from: 0, to: 900 }, 0, model.count)).toEqual([]);
  });
});

describe("axis", () => {
  it("puts round ticks, fewer where a gap is folded", () => {
    const ticks = axisTicks(timeScale({ from: 0, to: 600_000 }), 800);
    expect(ticks[0]).toEqual({ left: 0, label: "0" });
    expect(ticks.map((tick) => tick.label)).toContain("2m 00s");
    const folded = axisTicks(timeScale({ from: 0, to: 600_000 }, [{ from: 10_000, to: 590_000 }], 0.03), 800);
    expect(folded.length).toBeGreaterThan(2);
    expect(folded.every((tick) => tick.left >= 0 && tick.left <= 1)).toBe(true);
  });
  it("writes offsets as fine as the step", () => {
    expect(formatOffset(428.125, 0.001)).toBe("428.125 ms");
    expect(formatOffset(1250, 250)).toBe("1.25 s");
    expect(formatOffset(65_000, 5000)).toBe("1m 05s");
    expect(formatOffset(65_500, 500)).toBe("1m 05.5s");
    expect(formatOffset(3_723_000, 1000)).toBe("1h 02m 03s");
    expect(formatOffset(-20, 10)).toBe("−20 ms");
    expect(formatOffset(0.25, 0.05)).toBe("250 µs");
  });
});

describe("bars", () => {
  const scale = timeScale({ from: 0, to: 100 });
  it("are at least two pixels and stay inside", () => {
    expect(stretch(scale, 200, 10, 20)).toEqual({ left: 20, width: 20 });
    expect(stretch(scale, 200, 100, 100)).toEqual({ left: 198, width: 2 });
    expect(stretch(scale, 200, 120, 130)).toBeUndefined();
    expect(stretch(scale, 200, -50, 50)).toEqual({ left: 0, width: 100 });
  });
  it("join where they touch", () => {
    expect(joined([{ left: 4, width: 2 }, { left: 0, width: 4 }, { left: 20, width: 2 }])).toEqual([{ left: 0, width: 6 }, { left: 20, width: 2 }]);
    expect(boxes([{ left: 1, width: 2 }], 3, 4)).toBe("M1 3h2v4h-2z");
  });
  it("put their labels where there is room", () => {
    expect(labelPlace({ left: 0, width: 10 }, 5, 200)).toBe("right");
    expect(labelPlace({ left: 150, width: 50 }, 5, 200)).toBe("left");
    expect(labelPlace({ left: 0, width: 200 }, 5, 200)).toBe("inside");
  });
});
