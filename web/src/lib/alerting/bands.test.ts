import { expect, it } from "vitest";
import { mergedBands } from "./bands";

it("bands that overlap are one; the worse tone stays", () => {
  expect(mergedBands([{ fromMs: 0, toMs: 10, tone: "amber" }, { fromMs: 5, toMs: 20, tone: "amber" }, { fromMs: 30, toMs: 40, tone: "amber" }])).toEqual([{ fromMs: 0, toMs: 20, tone: "amber" }, { fromMs: 30, toMs: 40, tone: "amber" }]);
  expect(mergedBands([{ fromMs: 0, toMs: 20, tone: "amber" }, { fromMs: 5, toMs: 10, tone: "red" }])).toEqual([
    { fromMs: 0, toMs: 5, tone: "amber" }, { fromMs: 5, toMs: 10, tone: "red" }, { fromMs: 10, toMs: 20, tone: "amber" },
  ]);
  expect(mergedBands([{ fromMs: 3, toMs: 3, tone: "red" }])).toEqual([]);
});
