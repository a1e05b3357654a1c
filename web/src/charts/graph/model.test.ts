// Stacking, trimming and wording of graphs.
import { describe, expect, it } from "vitest";
import { drawnGraph, edgeWords, errorTone, failingText, kindCount, nodeWords, type GraphEdge, type GraphNode } from "@/charts/graph/model";

const node = (id: string, kind = "service", count = 10, errors = 0): GraphNode => ({ id, label: id, kind, slot: 1, count, errors });
const edge = (from: string, to: string, count = 1, errors = 0): GraphEdge => ({ from, to, count, errors });
const tools = (count: number): GraphNode[] => Array.from({ length: count }, (_, index) => node(`t${index}`, "tool", index + 1, index === 0 ? 1 : 0));

describe("stacks", () => {
  const nodes = [node("agent", "agent"), ...tools(12), node("model", "model")];
  const edges = [...tools(12).map((tool) => edge("agent", tool.id, 2, 1)), edge("agent", "model")];

  it("draws a wide fan-out as one node", () => {
    const drawn = drawnGraph(nodes, edges, new Set());
    expect(drawn.nodes.map((one) => one.label)).toEqual(["agent", "12 tools", "model"]);
    const stack = drawn.nodes[1];
    expect(stack).toMatchObject({ count: 78, errors: 1, kind: "tool" });
    expect(stack?.members).toHaveLength(12);
    expect(drawn.edges).toHaveLength(2);
    expect(drawn.edges[0]).toMatchObject({ from: "agent", to: stack?.id, count: 24, errors: 12 });
  });

  it("opens a stack", () => {
    const id = drawnGraph(nodes, edges, new Set()).nodes[1]?.id ?? "";
    expect(drawnGraph(nodes, edges, new Set([id])).nodes).toHaveLength(14);
  });

  it("leaves few, different and lonely nodes alone", () => {
    expect(drawnGraph([node("a"), ...tools(4)], tools(4).map((tool) => edge("a", tool.id)), new Set()).nodes).toHaveLength(5);
    expect(drawnGraph(tools(12), [], new Set()).nodes).toHaveLength(12);
    const two = [node("a"), node("b"), ...tools(6)];
    const split = tools(6).map((tool, index) => edge(index % 2 === 0 ? "a" : "b", tool.id));
    expect(drawnGraph(two, split, new Set()).nodes).toHaveLength(8);
  });
});

describe("many nodes", () => {
  it("keeps the busiest and their edges", () => {
    const nodes = [node("a", "service", 5), node("b", "service", 50), node("c", "service", 40)];
    const drawn = drawnGraph(nodes, [edge("a", "b"), edge("b", "c")], new Set(), 2);
    expect(drawn.nodes.map((one) => one.id)).toEqual(["b", "c"]);
    expect(drawn.edges).toEqual([edge("b", "c")]);
    expect(drawn.leftOut).toBe(1);
  });

  it("drops edges to unknown nodes and sums doubled ones", () => {
    const drawn = drawnGraph([node("a"), node("b")], [edge("a", "b", 2, 1), edge("a", "b", 3), edge("a", "x")], new Set());
    expect(drawn.edges).toEqual([edge("a", "b", 5, 1)]);
  });
});

describe("words", () => {
  it("says what fails and nothing of what does not", () => {
    expect(failingText({ count: 200, errors: 9 })).toBe("4.5% failing");
    expect(failingText({ count: 200, errors: 0 })).toBe("");
    expect([errorTone(0.06), errorTone(0.02), errorTone(0.01)]).toEqual(["red", "amber", "steady"]);
  });

  it("names nodes, edges and kinds", () => {
    expect(nodeWords({ ...node("coder", "agent", 1, 0), members: [] })).toBe("coder, agent, 1 span");
    expect(edgeWords({ ...edge("a", "b", 1200, 12), label: "p95 2 s" }, (id) => id.toUpperCase())).toBe("A to B, 1,200 calls, 1% failing, p95 2 s");
    expect([kindCount("tool", 12), kindCount("external", 1), kindCount("external", 7)]).toEqual(["12 tools", "1 external system", "7 external systems"]);
  });
});
