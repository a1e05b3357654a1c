// Who calls whom, as a picture in layers with a table twin: pan, zoom, keyboard, stacks of equal nodes.
import { IconTable, IconVectorTriangle } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { GraphPane } from "@/charts/graph/GraphPane";
import { GraphTables } from "@/charts/graph/GraphTables";
import { drawnGraph, type DrawnGraph, type GraphEdge, type GraphNode } from "@/charts/graph/model";
import type { Direction, Layout } from "@/charts/graph/place";
import { NARROW_PANE } from "@/charts/graph/view";
import classes from "./Graph.module.css";

interface GraphProps {
  /** What the picture shows, for screen readers and as the table's caption. */
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** A click or Enter on a node. Stacks open instead. */
  readonly onNode?: ((id: string) => void) | undefined;
  /** A click or Enter on an edge that is no bundle of a stack. */
  readonly onEdge?: ((edge: GraphEdge) => void) | undefined;
  /** Id of the node that is picked out. */
  readonly selected?: string | undefined;
  /** Height, px; the parent's if absent. */
  readonly height?: number | undefined;
}

/** Lays a graph out; the layout's code comes with the first graph. */
function useLayout(graph: DrawnGraph, direction: Direction): Layout | undefined {
  const [layout, setLayout] = useState<Layout>();
  useEffect(() => {
    let current = true;
    void import("@/charts/graph/layout").then(({ layoutGraph }) => {
      if (current) setLayout(layoutGraph(graph, direction));
    });
    return () => {
      current = false;
    };
  }, [graph, direction]);
  return layout;
}

/** A graph. Without nodes it draws nothing: say so around it. */
export function Graph({ label, nodes, edges, onNode, onEdge, selected, height }: GraphProps) {
  const [asTable, setAsTable] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [direction, setDirection] = useState<Direction>("LR");
  const graph = useMemo(() => drawnGraph(nodes, edges, opened), [nodes, edges, opened]);
  const layout = useLayout(graph, direction);
  const title = asTable ? "Show as graph" : "Show as table";
  const Icon = asTable ? IconVectorTriangle : IconTable;
  return (
    <div className={classes.frame} style={height === undefined ? {} : { height }}>
      {asTable ? (
        <GraphTables label={label} nodes={nodes} edges={edges} onNode={onNode} onEdge={onEdge} />
      ) : (
        <GraphPane
          label={label}
          graph={graph}
          layout={layout}
          selected={selected}
          onNode={onNode}
          onEdge={onEdge}
          onOpen={(id) => setOpened(new Set([...opened, id]))}
          onWidth={(width) => setDirection(width < NARROW_PANE ? "TB" : "LR")}
        />
      )}
      {asTable ? null : <Notes leftOut={graph.leftOut} opened={opened.size} onClose={() => setOpened(new Set())} />}
      <button type="button" className={`${classes.tool} ${classes.toggle}`} aria-label={`${title}: ${label}`} title={title} onClick={() => setAsTable(!asTable)}>
        <Icon size={15} aria-hidden />
      </button>
    </div>
  );
}

function Notes({ leftOut, opened, onClose }: { leftOut: number; opened: number; onClose(): void }) {
  if (leftOut === 0 && opened === 0) return null;
  return (
    <p className={classes.note}>
      {leftOut > 0 ? `Only the busiest are drawn, ${leftOut} more are in the table. ` : ""}
      {opened > 0 ? (
        <button type="button" className={classes.legend} onClick={onClose}>
          Stack equal nodes again
        </button>
      ) : null}
    </p>
  );
}
