// The graph of a trace: hand-overs between agents, and what they call.
import { describe, expect, it } from "vitest";
import { outlineOf } from "../fixture";
import { buildModel } from "../model";
import { edgeKey, partyGraph } from "./partyGraph";

const model = buildModel(
  outlineOf([
    {
      name: "run", ms: 100, service: "shop", spans: [
        { name: "plan", ms: 10, service: "shop", agent: "Planner", role: 3, spans: [{ name: "llm_call", ms: 5, service: "gateway", agent: "Planner", role: 1, detail: "opus" }] },
        { name: "task", at: 20, ms: 50, service: "shop", agent: "Coder", role: 3, status: 2, spans: [
          { name: "edit_file", ms: 5, service: "shop", agent: "Coder", role: 2 },
          { name: "edit_file", ms: 9, service: "shop", agent: "Coder", role: 2, status: 2 },
        ] },
      ],
    },
  ]),
);

describe("partyGraph", () => {
  it("shows agents with the models and tools that they call", () => {
    const { nodes, edges, examples } = partyGraph(model, "agents");
    expect(nodes.map((node) => [node.label, node.kind, node.count, node.errors])).toEqual([
      ["orchestrator", "service", 1, 0],
      ["Planner", "agent", 2, 0],
      ["opus", "model", 1, 0],
      ["Coder", "agent", 3, 2],
      ["edit_file", "tool", 2, 1],
    ]);
    expect(edges.map((edge) => [edge.from, edge.to, edge.count, edge.errors])).toEqual([
      ["agent", "agent Planner", 1, 0],
      ["agent Planner", "model opus", 1, 0],
      ["agent", "agent Coder", 1, 1],
      ["agent Coder", "tool edit_file", 2, 1],
    ]);
    expect(examples.get(edgeKey("agent Coder", "tool edit_file"))).toBe(5);
  });
  it("shows services", () => {
    const { nodes, edges } = partyGraph(model, "services");
    expect(nodes.map((node) => node.label)).toEqual(["shop", "gateway"]);
    expect(edges).toHaveLength(1);
  });
  it("takes a subtree alone", () => {
    expect(partyGraph(model, "agents", 3).nodes.map((node) => node.label)).toEqual(["Coder", "edit_file"]);
  });
});
