// Who handed work to whom in a trace: agents with their models and tools, or services.
import type { GraphEdge, GraphNode } from "@/charts/graph/model";
import { formatDuration } from "@/lib/units";
import { ERROR, type TraceModel } from "../model";

/** What the nodes are. */
export type GraphOf = "agents" | "services";

/** The graph of a trace, and a span that shows each node and edge. */
export interface PartyGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Row of the longest span by node id, and by `from\u0000to`. */
  readonly examples: ReadonlyMap<string, number>;
}

interface Sum {
  count: number;
  errors: number;
  ms: number;
  longest: number;
  example: number;
}

const MODEL_CALL = 1;
const TOOL_CALL = 2;
/** Work above the first agent hangs on the orchestrator. */
const NO_AGENT = "orchestrator";

/** The key of an edge in `examples`. */
export function edgeKey(from: string, to: string): string {
  return `${from}\u0000${to}`;
}

class Sums {
  readonly map = new Map<string, Sum>();

  add(key: string, model: TraceModel, row: number): void {
    const sum = this.map.get(key) ?? { count: 0, errors: 0, ms: 0, longest: -1, example: -1 };
    const length = model.duration[row] ?? 0;
    sum.count += 1;
    sum.errors += model.status[row] === ERROR ? 1 : 0;
    sum.ms += Math.max(0, length);
    if (length > sum.longest) {
      sum.longest = length;
      sum.example = row;
    }
    this.map.set(key, sum);
  }
}

/** Builds the graph of a trace or of the subtree of `root`. */
export function partyGraph(model: TraceModel, of: GraphOf, root = -1): PartyGraph {
  const nodes = new Sums();
  const edges = new Sums();
  const about = new Map<string, Pick<GraphNode, "label" | "kind" | "slot">>();
  const from = Math.max(0, root);
  const to = root < 0 ? model.count : (model.after[root] ?? model.count);
  for (let row = from; row < to; row += 1) {
    const party = partyOf(model, row, of);
    about.set(party.id, party);
    nodes.add(party.id, model, row);
    const above = model.parent[row] ?? -1;
    if (above >= from) {
      const caller = partyOf(model, above, of);
      if (caller.id !== party.id) edges.add(edgeKey(caller.id, party.id), model, row);
    }
    const leaf = of === "agents" ? leafOf(model, row) : undefined;
    if (leaf === undefined) continue;
    about.set(leaf.id, leaf);
    nodes.add(leaf.id, model, row);
    edges.add(edgeKey(party.id, leaf.id), model, row);
  }
  return finished(nodes, edges, about);
}

interface Party {
  readonly id: string;
  readonly label: string;
  readonly kind: string;
  readonly slot: number;
}

function partyOf(model: TraceModel, row: number, of: GraphOf): Party {
  if (of === "services") {
    const service = model.services[model.service[row] ?? -1];
    return { id: `service ${service?.name ?? ""}`, label: service?.name ?? "unknown", kind: "service", slot: service?.slot ?? 0 };
  }
  const agent = model.agents[model.agent[row] ?? -1];
  return agent === undefined ? { id: "agent", label: NO_AGENT, kind: "service", slot: 11 } : { id: `agent ${agent.name}`, label: agent.name, kind: "agent", slot: agent.slot };
}

/** The model or tool that a span calls. */
function leafOf(model: TraceModel, row: number): Party | undefined {
  const role = model.role[row];
  if (role !== MODEL_CALL && role !== TOOL_CALL) return undefined;
  const detail = model.detail[row] ?? "";
  const name = model.names[model.name[row] ?? -1] ?? "";
  if (role === MODEL_CALL) return { id: `model ${detail || name}`, label: detail || name, kind: "model", slot: 11 };
  return { id: `tool ${name}`, label: name, kind: "tool", slot: 11 };
}

function finished(nodes: Sums, edges: Sums, about: ReadonlyMap<string, Pick<GraphNode, "label" | "kind" | "slot">>): PartyGraph {
  const examples = new Map<string, number>();
  for (const sums of [nodes, edges]) for (const [key, sum] of sums.map) examples.set(key, sum.example);
  return {
    examples,
    nodes: [...nodes.map].map(([id, sum]) => ({ id, label: id, kind: "service", slot: 0, ...about.get(id), count: sum.count, errors: sum.errors })),
    edges: [...edges.map].map(([key, sum]) => {
      const [from = "", to = ""] = key.split("\u0000");
      return { from, to, count: sum.count, errors: sum.errors, label: `${formatDuration(sum.ms)} in all, longest ${formatDuration(sum.longest)}` };
    }),
  };
}
