// The heat map of the overview: bounds on both sides of each row, empty rows cut off.
import { describe, expect, it } from "vitest";
import { heatDataOf } from "./latency";

describe("heatDataOf", () => {
  it("gives every row both bounds and every column its start", () => {
    const data = heatDataOf({ boundsMs: [10, 20, 40], columns: [[1, 0, 0, 2], []] }, 1000, 60);
    expect(data.times).toEqual([1000, 1060]);
    expect(data.bounds).toEqual([5, 10, 20, 40, 100]);
    expect(data.counts).toEqual([[1, 0, 0, 2], [0, 0, 0, 0]]);
  });
  it("cuts off rows that nothing lies in, but keeps a few", () => {
    const boundsMs = Array.from({ length: 20 }, (_, row) => 2 ** row);
    const column = Array.from({ length: 21 }, (_, row) => (row === 10 ? 5 : 0));
    const data = heatDataOf({ boundsMs, columns: [column] }, 0, 1);
    expect(data.counts[0]).toHaveLength(6);
    expect(data.bounds).toHaveLength(7);
    expect(data.counts[0]?.reduce((sum, count) => sum + count, 0)).toBe(5);
    const row = data.counts[0]?.indexOf(5) ?? -1;
    expect(data.bounds.slice(row, row + 2)).toEqual([512, 1024]);
  });
  it("stands an empty map", () => {
    expect(heatDataOf({ boundsMs: [], columns: [] }, 0, 1).counts).toEqual([]);
  });
});
