// Who handed work to whom in this trace: agents with their models and tools, or services.
import { useMemo, useState, type ReactElement } from "react";
import { Graph } from "@/charts/graph/Graph";
import { Segments } from "@/components/Segments";
import { edgeKey, partyGraph, type GraphOf } from "@/lib/trace/graph/partyGraph";
import type { TraceTabProps } from "../tabs";
import classes from "./TabGraph.module.css";
import frame from "../Tab.module.css";

const VIEWS = [
  { value: "agents", label: "Agents" },
  { value: "services", label: "Services" },
] as const;

/** The view "Agents and services". A click on a node or an edge opens the longest span behind it. */
export function TabGraph({ model, select, root }: TraceTabProps): ReactElement {
  const [chosen, setChosen] = useState<GraphOf>();
  const [current, setCurrent] = useState("");
  const of = chosen ?? (model.agents.length > 0 ? "agents" : "services");
  const { nodes, edges, examples } = useMemo(() => partyGraph(model, of, root), [model, of, root]);
  const open = (key: string): void => {
    const row = examples.get(key);
    if (row !== undefined && row >= 0) select(row);
  };
  return (
    <div className={frame["tab"]}>
      <div className={frame["bar"]}>
        <Segments label="What the nodes are" value={of} options={VIEWS} onChange={setChosen} />
        <span className={frame["note"]}>A node or an edge opens its longest span.</span>
      </div>
      <div className={classes["graph"]}>
        <Graph
          label={of === "agents" ? "Agents of this trace with their models and tools" : "Services of this trace"}
          nodes={nodes}
          edges={edges}
          selected={current}
          onNode={(id) => {
            setCurrent(id);
            open(id);
          }}
          onEdge={(edge) => open(edgeKey(edge.from, edge.to))}
        />
      </div>
    </div>
  );
}
