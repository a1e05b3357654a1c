// The edges and the nodes of a graph's drawing, with focus, hover and what a press does.
import type { KeyboardEvent } from "react";
import { EdgeLine } from "@/charts/graph/EdgeLine";
import { NodeBox } from "@/charts/graph/NodeBox";
import { edgeKey, edgeWords, type DrawnGraph, type DrawnNode, type GraphEdge } from "@/charts/graph/model";
import { middleOf } from "@/charts/graph/path";
import type { Layout } from "@/charts/graph/place";
import type { Roving } from "@/charts/graph/useRoving";
import type { Point, Size } from "@/charts/graph/view";

/** What is pointed at or focused: a node by its id, an edge by its key. */
export type Target = { readonly node: string } | { readonly edge: string } | undefined;

/** What both layers need. */
interface LayerProps {
  readonly graph: DrawnGraph;
  readonly layout: Layout;
  readonly target: Target;
  readonly roving: Roving;
  setTarget(target: Target): void;
  /** Brings a box into view. */
  show(box: Point & Size): void;
  /** True if the key moved what is seen. */
  panKey(event: KeyboardEvent): boolean;
  /** Whether the press that ends now was a drag. */
  dragged(): boolean;
}

interface EdgeLayerProps extends LayerProps {
  /** Prefix of the ids of the arrow heads. */
  readonly markers: string;
  readonly onEdge: ((edge: GraphEdge) => void) | undefined;
  nameOf(id: string): string;
}

interface NodeLayerProps extends LayerProps {
  readonly selected: string | undefined;
  readonly onNode: ((id: string) => void) | undefined;
  /** A stack is to be opened. */
  onOpen(id: string): void;
}

function touches(target: Target, edge: GraphEdge): boolean {
  if (target === undefined) return true;
  return "node" in target ? edge.from === target.node || edge.to === target.node : edgeKey(edge) === target.edge;
}

/** Whether a node has to do with what is pointed at. */
function isNear(target: Target, node: string, edges: readonly GraphEdge[]): boolean {
  if (target === undefined || ("node" in target && target.node === node)) return true;
  return edges.some((edge) => (edge.from === node || edge.to === node) && touches(target, edge));
}

function isBundle(edge: GraphEdge): boolean {
  return edge.from.startsWith("stack:") || edge.to.startsWith("stack:");
}

function onKey(event: KeyboardEvent, act: () => void, walk: () => boolean, panKey: LayerProps["panKey"]): void {
  if (event.key === "Enter" || event.key === " ") act();
  else if (!walk() && !panKey(event)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** All edges. */
export function EdgeLayer({ graph, layout, target, roving, markers, setTarget, show, panKey, dragged, nameOf, onEdge }: EdgeLayerProps) {
  const most = Math.max(1, ...graph.edges.map((edge) => edge.count));
  return graph.edges.map((edge) => {
    const key = edgeKey(edge);
    const points = layout.routes.get(key);
    if (points === undefined) return null;
    const acts = onEdge !== undefined && !isBundle(edge);
    const pick = (): void => (acts && !dragged() ? onEdge(edge) : undefined);
    return (
      <EdgeLine
        key={key}
        ref={roving.register(key)}
        edge={edge}
        points={points}
        most={most}
        markers={markers}
        words={edgeWords(edge, nameOf)}
        dim={!touches(target, edge)}
        lit={target !== undefined && "edge" in target && target.edge === key}
        acts={acts}
        tabbable={roving.edge === key}
        onPick={pick}
        onHover={(over) => setTarget(over ? { edge: key } : undefined)}
        onKeyDown={(event) => onKey(event, pick, () => roving.walkEdges(key, event.key), panKey)}
        onFocus={() => {
          roving.setEdge(key);
          setTarget({ edge: key });
          show({ ...middleOf(points), width: 1, height: 1 });
        }}
      />
    );
  });
}

/** All nodes, above the edges. */
export function NodeLayer({ graph, layout, target, roving, selected, setTarget, show, panKey, dragged, onNode, onOpen }: NodeLayerProps) {
  const pick = (node: DrawnNode): void => {
    if (dragged()) return;
    if (node.members.length > 0) onOpen(node.id);
    else onNode?.(node.id);
  };
  return layout.nodes.map((placed) => {
    const { node } = placed;
    return (
      <NodeBox
        key={node.id}
        ref={roving.register(node.id)}
        placed={placed}
        selected={selected === node.id}
        dim={!isNear(target, node.id, graph.edges)}
        tabbable={roving.node === node.id}
        acts={onNode !== undefined || node.members.length > 0}
        onPick={() => pick(node)}
        onHover={(over) => setTarget(over ? { node: node.id } : undefined)}
        onKeyDown={(event) => onKey(event, () => pick(node), () => roving.walkNodes(placed, event.key), panKey)}
        onFocus={() => {
          roving.setNode(node.id);
          setTarget({ node: node.id });
          show(placed);
        }}
      />
    );
  });
}
