// Graphs of callers and callees: what is drawn, what is left out, what is stacked. Pure.
import { formatCount, formatPercent, plural } from "@/lib/numbers";
import type { Tone } from "@/lib/colour";

/** A node: `kind` picks the icon (`service`, `agent`, `database`, `queue`, `model`, `tool`, `external`). */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** Second line; "412 spans" if absent. What fails is added to it. */
  readonly sub?: string;
  readonly kind: string;
  /** Colour slot. */
  readonly slot: number;
  /** Spans. */
  readonly count: number;
  /** Failed spans. */
  readonly errors: number;
}

/** Calls from one node to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Calls. */
  readonly count: number;
  /** Failed calls. */
  readonly errors: number;
  /** More to say about them, such as "p95 1.2 s". */
  readonly label?: string;
}

/** A node that may stand for several. */
export interface DrawnNode extends GraphNode {
  /** Ids that it stands for; empty for a node by itself. */
  readonly members: readonly string[];
}

/** A graph as it is drawn. */
export interface DrawnGraph {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly GraphEdge[];
  /** Nodes that were left out because there are too many. */
  readonly leftOut: number;
}

/** Most nodes that are drawn. */
export const MOST_NODES = 200;
/** From so many equal nodes on they are drawn as one. */
const LEAST_STACK = 5;

const PLURALS: Readonly<Record<string, string>> = { external: "external systems", database: "databases" };

/** `12 tools`, `1 database`. */
export function kindCount(kind: string, count: number): string {
  return plural(count, kind === "external" ? "external system" : kind, PLURALS[kind]);
}

/** The share (0 to 1) that failed. */
export function errorShare(of: { readonly count: number; readonly errors: number }): number {
  return of.count > 0 ? of.errors / of.count : 0;
}

/** Above 5 % red, above 1 % amber; below there is nothing to see. */
export function errorTone(share: number): Tone {
  if (share > 0.05) return "red";
  return share > 0.01 ? "amber" : "steady";
}

/** `4.1% failing`, or nothing if none fails. */
export function failingText(of: { readonly count: number; readonly errors: number }): string {
  return of.errors > 0 ? `${formatPercent(errorShare(of))} failing` : "";
}

/** The second line of a node without what fails. */
export function subOf(node: GraphNode): string {
  return node.sub ?? `${formatCount(node.count)} ${node.count === 1 ? "span" : "spans"}`;
}

/** A node in words, for screen readers. */
export function nodeWords(node: DrawnNode): string {
  const kind = node.members.length > 0 ? "stack" : node.kind;
  return [node.label, kind, subOf(node), failingText(node)].filter((part) => part !== "").join(", ");
}

/** An edge in words. */
export function edgeWords(edge: GraphEdge, nameOf: (id: string) => string): string {
  const parts = [`${nameOf(edge.from)} to ${nameOf(edge.to)}`, plural(edge.count, "call"), failingText(edge), edge.label ?? ""];
  return parts.filter((part) => part !== "").join(", ");
}

/** The graph with at most `most` nodes, the busiest, and stacks of equal ones that are not in `opened`. */
export function drawnGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[], opened: ReadonlySet<string>, most = MOST_NODES): DrawnGraph {
  const known = new Set(nodes.map((node) => node.id));
  const real = mergeEdges(edges.filter((edge) => known.has(edge.from) && known.has(edge.to)));
  const stacked = stackEqual(nodes, real, opened);
  if (stacked.nodes.length <= most) return { ...stacked, leftOut: 0 };
  const kept = stacked.nodes.toSorted((a, b) => b.count - a.count).slice(0, most);
  const ids = new Set(kept.map((node) => node.id));
  return {
    nodes: kept,
    edges: stacked.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to)),
    leftOut: stacked.nodes.length - kept.length,
  };
}

function mergeEdges(edges: readonly GraphEdge[]): GraphEdge[] {
  const merged = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = edgeKey(edge);
    const before = merged.get(key);
    if (before === undefined) merged.set(key, edge);
    else {
      const sum = { from: edge.from, to: edge.to, count: before.count + edge.count, errors: before.errors + edge.errors };
      merged.set(key, sum);
    }
  }
  return [...merged.values()];
}

/** Names an edge. */
export function edgeKey(edge: { readonly from: string; readonly to: string }): string {
  return JSON.stringify([edge.from, edge.to]);
}

/** Nodes of one kind with the same callers and the same callees become one node. */
function stackEqual(nodes: readonly GraphNode[], edges: readonly GraphEdge[], opened: ReadonlySet<string>): Omit<DrawnGraph, "leftOut"> {
  const groups = groupsOf(nodes, edges);
  const stackOf = new Map<string, string>();
  const drawn: DrawnNode[] = [];
  for (const [key, members] of groups) {
    const id = `stack:${key}`;
    if (key === "" || members.length < LEAST_STACK || opened.has(id)) {
      drawn.push(...members.map((node) => ({ ...node, members: [] })));
      continue;
    }
    for (const member of members) stackOf.set(member.id, id);
    drawn.push(stackNode(id, members));
  }
  const order = new Map(nodes.map((node, index) => [node.id, index]));
  drawn.sort((a, b) => (order.get(a.members[0] ?? a.id) ?? 0) - (order.get(b.members[0] ?? b.id) ?? 0));
  const moved = edges.map((edge) => {
    const from = stackOf.get(edge.from);
    const to = stackOf.get(edge.to);
    return from === undefined && to === undefined ? edge : { ...edge, from: from ?? edge.from, to: to ?? edge.to };
  });
  return { nodes: drawn, edges: mergeEdges(moved) };
}

function groupsOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, GraphNode[]> {
  const callers = new Map<string, string[]>();
  const callees = new Map<string, string[]>();
  for (const edge of edges) {
    callers.set(edge.to, [...(callers.get(edge.to) ?? []), edge.from]);
    callees.set(edge.from, [...(callees.get(edge.from) ?? []), edge.to]);
  }
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const above = callers.get(node.id) ?? [];
    const below = callees.get(node.id) ?? [];
    const alone = above.length + below.length === 0;
    // The empty key holds what is never stacked.
    const key = alone ? "" : JSON.stringify([node.kind, above.toSorted(), below.toSorted()]);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return groups;
}

function stackNode(id: string, members: readonly GraphNode[]): DrawnNode {
  const busiest = members.toSorted((a, b) => b.count - a.count);
  const count = members.reduce((sum, node) => sum + node.count, 0);
  const kind = members[0]?.kind ?? "";
  return {
    id,
    label: kindCount(kind, members.length),
    sub: `${formatCount(count)} spans`,
    kind,
    slot: busiest[0]?.slot ?? 0,
    count,
    errors: members.reduce((sum, node) => sum + node.errors, 0),
    members: busiest.map((node) => node.id),
  };
}
