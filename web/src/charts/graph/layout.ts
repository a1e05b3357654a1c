// Places nodes in layers and routes edges, by dagre. A chunk of its own: loaded when the first graph is drawn.
import { Graph, layout } from "@dagrejs/dagre";
import { edgeKey, type DrawnGraph, type DrawnNode } from "@/charts/graph/model";
import { nodeWidth, type Direction, type Layout, type PlacedNode } from "@/charts/graph/place";
import type { Point } from "@/charts/graph/view";

const NODE_HEIGHT = 42;
const MANY_EDGES = 400;

/** Places a graph. The same graph gets the same places. */
export function layoutGraph(graph: DrawnGraph, direction: Direction): Layout {
  const g = new Graph({ directed: true, multigraph: false });
  // Network simplex gives the shortest edges but takes long on dense graphs.
  const ranker = graph.edges.length > MANY_EDGES ? "longest-path" : "network-simplex";
  g.setGraph({ rankdir: direction, nodesep: 18, edgesep: 12, ranksep: direction === "LR" ? 72 : 44, ranker, marginx: 4, marginy: 4 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) g.setNode(node.id, { width: nodeWidth(node), height: NODE_HEIGHT });
  for (const edge of graph.edges) {
    if (edge.from !== edge.to) g.setEdge(edge.from, edge.to, { weight: 1 + Math.log10(1 + edge.count) });
  }
  layout(g);
  const nodes = graph.nodes.map((node) => placed(node, g.node(node.id)));
  const routes = new Map<string, readonly Point[]>();
  for (const edge of graph.edges) {
    const box = nodes.find((one) => one.node.id === edge.from);
    if (edge.from === edge.to) routes.set(edgeKey(edge), box === undefined ? [] : loop(box));
    else routes.set(edgeKey(edge), pointsOf(g.edge(edge.from, edge.to)));
  }
  const right = Math.max(0, ...nodes.map((node) => node.x + node.width));
  const bottom = Math.max(0, ...nodes.map((node) => node.y + node.height));
  return { nodes, routes, width: right + 4, height: bottom + 4 };
}

interface Box {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

function placed(node: DrawnNode, box: Box | undefined): PlacedNode {
  const width = box?.width ?? 0;
  const height = box?.height ?? 0;
  return { node, x: (box?.x ?? 0) - width / 2, y: (box?.y ?? 0) - height / 2, width, height };
}

function pointsOf(edge: { readonly points?: readonly Point[] | undefined } | undefined): readonly Point[] {
  return (edge?.points ?? []).map(({ x, y }) => ({ x, y }));
}

/** A node that calls itself: a loop over its upper edge. */
function loop(box: PlacedNode): readonly Point[] {
  const middle = box.x + box.width / 2;
  return [{ x: middle + 14, y: box.y }, { x: middle + 22, y: box.y - 14 }, { x: middle, y: box.y - 20 }, { x: middle - 22, y: box.y - 14 }, { x: middle - 14, y: box.y }];
}
