// Fitting, zooming and revealing.
import { describe, expect, it } from "vitest";
import { fitView, panBy, pinch, reveal, zoomAt } from "@/charts/graph/view";

const pane = { width: 800, height: 400 };

describe("fitView", () => {
  it("puts a small graph into the middle, not magnified", () => {
    expect(fitView({ width: 200, height: 100 }, pane)).toEqual({ x: 300, y: 150, scale: 1 });
  });

  it("shrinks a large graph until it fits", () => {
    const view = fitView({ width: 1000, height: 300 }, pane);
    expect(view.scale).toBeCloseTo(0.768);
    expect(view.x).toBeCloseTo(16);
  });

  it("starts at the beginning where all would be too small to read", () => {
    expect(fitView({ width: 8000, height: 300 }, pane)).toEqual({ x: 16, y: 110, scale: 0.6 });
    expect(fitView({ width: 8000, height: 300 }, pane, 0).scale).toBe(0.15);
  });
});

describe("zoomAt", () => {
  it("keeps the point under the pointer and stays within bounds", () => {
    const view = zoomAt({ x: 10, y: 20, scale: 1 }, 2, { x: 110, y: 120 });
    expect(view).toEqual({ x: -90, y: -80, scale: 2 });
    expect(zoomAt(view, 100, { x: 0, y: 0 }).scale).toBe(3);
  });

  it("follows two fingers", () => {
    const view = pinch({ x: 0, y: 0, scale: 1 }, [{ x: 0, y: 0 }, { x: 100, y: 0 }], [{ x: 0, y: 10 }, { x: 200, y: 10 }]);
    expect(view).toEqual({ x: 0, y: 10, scale: 2 });
  });
});

describe("reveal", () => {
  const view = { x: 0, y: 0, scale: 1 };
  it("moves no more than it must", () => {
    expect(reveal(view, { x: 100, y: 100, width: 50, height: 50 }, pane)).toBe(view);
    expect(reveal(view, { x: 900, y: 100, width: 50, height: 50 }, pane)).toEqual(panBy(view, -166, 0));
    expect(reveal(view, { x: -30, y: -10, width: 50, height: 50 }, pane)).toEqual(panBy(view, 46, 26));
  });
});
