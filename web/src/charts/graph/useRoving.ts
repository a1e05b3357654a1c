// Focus inside a graph: Tab reaches one node and one edge; arrow keys walk on from there.
import { useCallback, useMemo, useRef, useState } from "react";
import { edgeKey, type DrawnGraph } from "@/charts/graph/model";
import { nodeAfterKey, type Layout, type PlacedNode } from "@/charts/graph/place";
import { rowAfterKey } from "@/lib/table";

/** Who has the focus, and how it moves. */
export interface Roving {
  /** Id of the node, key of the edge that Tab reaches. */
  readonly node: string | undefined;
  readonly edge: string | undefined;
  setNode(id: string): void;
  setEdge(key: string): void;
  /** Keeps the element of a node or edge. */
  register(key: string): (element: SVGGElement | null) => void;
  /** True if the key was one of walking. */
  walkNodes(from: PlacedNode, key: string): boolean;
  walkEdges(from: string, key: string): boolean;
}

const SIDEWAYS: Readonly<Record<string, string>> = { ArrowRight: "ArrowDown", ArrowLeft: "ArrowUp" };

/** The roving focus of a graph. */
export function useRoving(graph: DrawnGraph, layout: Layout | undefined): Roving {
  const elements = useRef(new Map<string, SVGGElement>());
  const [node, setNode] = useState<string>();
  const [edge, setEdge] = useState<string>();
  const keys = useMemo(() => graph.edges.map(edgeKey), [graph]);
  const register = useCallback(
    (key: string) => (element: SVGGElement | null) => {
      if (element === null) elements.current.delete(key);
      else elements.current.set(key, element);
    },
    [],
  );
  const focus = (key: string | undefined): void => elements.current.get(key ?? "")?.focus();
  return {
    node: graph.nodes.some((one) => one.id === node) ? node : graph.nodes[0]?.id,
    edge: edge !== undefined && keys.includes(edge) ? edge : keys[0],
    setNode,
    setEdge,
    register,
    walkNodes(from, key) {
      if (!key.startsWith("Arrow")) return false;
      focus(nodeAfterKey(layout?.nodes ?? [], from, key)?.node.id);
      return true;
    },
    walkEdges(from, key) {
      const row = rowAfterKey(SIDEWAYS[key] ?? key, keys.indexOf(from), keys.length, 10);
      if (row === undefined) return false;
      focus(keys[row]);
      return true;
    },
  };
}
