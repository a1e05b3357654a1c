// The drawing of a graph: what is seen of it, what is pointed at or focused, the tip beside it.
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { Tip } from "@/charts/Tip";
import { ArrowHeads } from "@/charts/graph/EdgeLine";
import { EdgeLayer, NodeLayer, type Target } from "@/charts/graph/layers";
import { ZoomTools } from "@/charts/graph/ZoomTools";
import { edgeKey, type DrawnGraph, type GraphEdge } from "@/charts/graph/model";
import { middleOf } from "@/charts/graph/path";
import type { Layout } from "@/charts/graph/place";
import { edgeTip, nodeTip } from "@/charts/graph/tips";
import { usePanZoom } from "@/charts/graph/usePanZoom";
import { useRoving } from "@/charts/graph/useRoving";
import { reveal, type Point, type Size } from "@/charts/graph/view";
import classes from "./Graph.module.css";

interface GraphPaneProps {
  readonly label: string;
  readonly graph: DrawnGraph;
  readonly layout: Layout | undefined;
  readonly selected: string | undefined;
  readonly onNode: ((id: string) => void) | undefined;
  readonly onEdge: ((edge: GraphEdge) => void) | undefined;
  /** A stack is to be opened. */
  onOpen(id: string): void;
  onWidth(width: number): void;
}

const NOWHERE: Size = { width: 0, height: 0 };

function useSize(ref: RefObject<HTMLElement | null>, onWidth: (width: number) => void): Size {
  const [size, setSize] = useState(NOWHERE);
  const tell = useRef(onWidth);
  useEffect(() => {
    tell.current = onWidth;
  });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
      if (element.clientWidth > 0) tell.current(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** The picture. */
export function GraphPane({ label, graph, layout, selected, onNode, onEdge, onOpen, onWidth }: GraphPaneProps) {
  const ref = useRef<HTMLDivElement | null>(null);
  const markers = useId().replaceAll(":", "");
  const pane = useSize(ref, onWidth);
  const zoom = usePanZoom(ref, layout, pane);
  const [pointed, setTarget] = useState<Target>();
  // An opened stack is gone without ever having been left.
  const target = pointed !== undefined && isThere(pointed, graph) ? pointed : undefined;
  const nameOf = useMemo(() => namer(graph), [graph]);
  const roving = useRoving(graph, layout);
  const { x, y, scale } = zoom.view;
  const show = (box: Point & Size): void => zoom.set((view) => reveal(view, box, pane));
  const layers = { graph, target, roving, setTarget, show, panKey: zoom.key, dragged: zoom.dragged };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application takes keys: they pan and zoom
    <div
      ref={ref}
      className={classes.pane}
      role="application"
      aria-label={`${label}: arrow keys move, plus and minus zoom, 0 shows all`}
      tabIndex={0}
      {...zoom.pointer}
      onKeyDown={(event) => {
        if (event.target === event.currentTarget && zoom.key(event)) event.preventDefault();
      }}
    >
      <svg className={classes.svg}>
        <ArrowHeads id={markers} />
        {layout === undefined || pane.width === 0 ? null : (
          <g transform={`translate(${x} ${y}) scale(${scale})`}>
            <EdgeLayer {...layers} layout={layout} markers={markers} nameOf={nameOf} onEdge={onEdge} />
            <NodeLayer {...layers} layout={layout} selected={selected} onNode={onNode} onOpen={onOpen} />
          </g>
        )}
      </svg>
      <PaneTip target={target} graph={graph} layout={layout} nameOf={nameOf} toScreen={(at) => ({ x: at.x * scale + x, y: at.y * scale + y })} width={pane.width} />
      <ZoomTools onZoom={zoom.zoom} onFit={zoom.fit} />
    </div>
  );
}

function isThere(target: NonNullable<Target>, graph: DrawnGraph): boolean {
  return "node" in target ? graph.nodes.some((node) => node.id === target.node) : graph.edges.some((edge) => edgeKey(edge) === target.edge);
}

function namer(graph: DrawnGraph): (id: string) => string {
  const names = new Map(graph.nodes.map((node) => [node.id, node.label]));
  return (id) => names.get(id) ?? id;
}

interface PaneTipProps {
  readonly target: Target;
  readonly graph: DrawnGraph;
  readonly layout: Layout | undefined;
  readonly width: number;
  nameOf(id: string): string;
  toScreen(point: Point): Point;
}

function PaneTip({ target, graph, layout, width, nameOf, toScreen }: PaneTipProps) {
  if (target === undefined || layout === undefined) return null;
  if ("node" in target) {
    const placed = layout.nodes.find((one) => one.node.id === target.node);
    if (placed === undefined) return null;
    const at = toScreen({ x: placed.x + placed.width / 2, y: placed.y + placed.height + 20 });
    return <Tip text={nodeTip(placed.node, graph.edges, nameOf)} {...at} width={width} />;
  }
  const edge = graph.edges.find((one) => edgeKey(one) === target.edge);
  const points = layout.routes.get(target.edge);
  if (edge === undefined || points === undefined) return null;
  return <Tip text={edgeTip(edge, nameOf)} {...toScreen(middleOf(points))} width={width} />;
}
