// Heat maps and dots.
import { expect, test } from "vitest";
import { cellRange, columnOf, heatMax, heatRamp, heatShare, rowOf, strongestRow, type HeatData } from "@/lib/heat";
import { nearestDot } from "@/lib/scaleDots";

const data: HeatData = { times: [0, 10, 20], stepMs: 10, bounds: [1, 2, 4, 8], counts: [[0, 3, 0], [1, 0, 9], []] };

test("cells by place", () => {
  expect([columnOf(data, -1), columnOf(data, 0), columnOf(data, 29), columnOf(data, 30)]).toEqual([-1, 0, 2, -1]);
  expect([rowOf(data.bounds, 0.5), rowOf(data.bounds, 3), rowOf(data.bounds, 4), rowOf(data.bounds, 100)]).toEqual([0, 1, 2, 2]);
  expect(cellRange(data, { column: 1, row: 2 })).toEqual({ fromMs: 10, toMs: 20, minMs: 4, maxMs: 8 });
  expect(cellRange(data, { column: 9, row: 0 })).toBeUndefined();
  expect(strongestRow(data, 1)).toBe(2);
});

test("strength keeps single events visible", () => {
  expect(heatMax(data)).toBe(9);
  expect([heatShare(0, 9), heatShare(9, 9)]).toEqual([0, 1]);
  expect(heatShare(1, 10_000)).toBeGreaterThan(0.1);
  expect(heatRamp("#000000", "#ffffff", 3)).toEqual(["rgb(0, 0, 0)", "rgb(128, 128, 128)", "rgb(255, 255, 255)"]);
});

test("the nearest dot within reach", () => {
  const dot = (id: string, ms: number, failed = false) => ({ id, ms, durationMs: 1, name: id, failed });
  const dots = [dot("a", 0), dot("b", 10), dot("c", 10, true)];
  const place = (one: { ms: number }) => ({ x: one.ms, y: 0 });
  expect([nearestDot(dots, place, { x: 1, y: 0 }, 5), nearestDot(dots, place, { x: 9, y: 0 }, 5), nearestDot(dots, place, { x: 30, y: 0 }, 5)]).toEqual([0, 2, -1]);
});
