// Layers, routes and paths.
import { describe, expect, it } from "vitest";
import { layoutGraph } from "@/charts/graph/layout";
import { drawnGraph, edgeKey, type GraphNode } from "@/charts/graph/model";
import { edgePath, edgeWidth, middleOf } from "@/charts/graph/path";
import { nodeAfterKey, nodeWidth } from "@/charts/graph/place";

const node = (id: string): GraphNode => ({ id, label: id, kind: "service", slot: 0, count: 1, errors: 0 });
const edge = (from: string, to: string) => ({ from, to, count: 1, errors: 0 });
const x = (layout: ReturnType<typeof layoutGraph>, id: string) => layout.nodes.find((one) => one.node.id === id)?.x ?? -1;

describe("layoutGraph", () => {
  it("puts callees right of their callers and boxes inside the size", () => {
    const graph = drawnGraph(["a", "b", "c"].map(node), [edge("a", "b"), edge("b", "c")], new Set());
    const layout = layoutGraph(graph, "LR");
    expect(x(layout, "a")).toBeLessThan(x(layout, "b"));
    expect(x(layout, "b")).toBeLessThan(x(layout, "c"));
    for (const box of layout.nodes) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
      expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
    }
  });

  it("takes cycles, self-calls, lonely nodes and nothing at all", () => {
    const graph = drawnGraph(["a", "b", "z"].map(node), [edge("a", "b"), edge("b", "a"), edge("a", "a")], new Set());
    const layout = layoutGraph(graph, "LR");
    for (const one of graph.edges) expect(layout.routes.get(edgeKey(one))?.length).toBeGreaterThan(1);
    expect(layoutGraph({ nodes: [], edges: [], leftOut: 0 }, "TB")).toMatchObject({ nodes: [], width: 4, height: 4 });
  });

  it("routes from the caller to the callee even where the arrow goes back", () => {
    const graph = drawnGraph(["a", "b"].map(node), [edge("a", "b"), edge("b", "a")], new Set());
    const layout = layoutGraph(graph, "LR");
    const back = layout.routes.get(edgeKey(edge("b", "a"))) ?? [];
    const b = x(layout, "b");
    const a = x(layout, "a");
    expect(Math.sign((back[0]?.x ?? 0) - (back.at(-1)?.x ?? 0))).toBe(Math.sign(b - a));
  });
});

describe("places", () => {
  it("are wide enough for the words, within bounds", () => {
    const members: readonly string[] = [];
    expect(nodeWidth({ ...node("a"), members })).toBe(112);
    expect(nodeWidth({ ...node("a".repeat(80)), members })).toBeLessThanOrEqual(280);
  });

  it("are walked by arrow keys", () => {
    const box = (id: string, x: number, y: number) => ({ node: { ...node(id), members: [] }, x, y, width: 100, height: 40 });
    const [a, b, c] = [box("a", 0, 0), box("b", 200, 0), box("c", 200, 100)];
    expect(nodeAfterKey([a, b, c], a, "ArrowRight")).toBe(b);
    expect(nodeAfterKey([a, b, c], b, "ArrowDown")).toBe(c);
    expect(nodeAfterKey([a, b, c], a, "ArrowLeft")).toBeUndefined();
    expect(nodeAfterKey([a, b, c], a, "x")).toBeUndefined();
  });
});

describe("paths", () => {
  it("curve through their points", () => {
    expect(edgePath([{ x: 0, y: 0 }, { x: 10, y: 0 }])).toBe("M0,0L10,0");
    expect(edgePath([{ x: 0, y: 0 }, { x: 10, y: 10 }, { x: 20, y: 0 }])).toBe("M0,0Q10,10 20,0");
    expect(edgePath([])).toBe("");
    expect(middleOf([{ x: 0, y: 0 }, { x: 10, y: 10 }, { x: 20, y: 0 }])).toEqual({ x: 10, y: 10 });
  });

  it("are thicker the busier they are", () => {
    expect(edgeWidth(1, 1000)).toBe(1);
    expect(edgeWidth(1000, 1000)).toBe(6);
    expect(edgeWidth(30, 1000)).toBeGreaterThan(1);
  });
});
