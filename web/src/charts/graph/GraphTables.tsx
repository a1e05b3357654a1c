// The table twin of a graph: its nodes and its calls, nothing stacked or left out.
import { errorShare, errorTone, type GraphEdge, type GraphNode } from "@/charts/graph/model";
import { toneVar } from "@/lib/colour";
import { formatExact, formatPercent } from "@/lib/numbers";
import classes from "./Graph.module.css";

interface GraphTablesProps {
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly onNode?: ((id: string) => void) | undefined;
  readonly onEdge?: ((edge: GraphEdge) => void) | undefined;
}

/** Rows that a table shows at most. */
const MOST_ROWS = 500;

function Failing({ of }: { of: GraphNode | GraphEdge }) {
  const share = errorShare(of);
  const tone = errorTone(share);
  return <td data-number style={tone === "steady" ? {} : { color: toneVar(tone) }}>{`${formatExact(of.errors)} (${formatPercent(share)})`}</td>;
}

function Pick({ text, onPick }: { text: string; onPick?: (() => void) | undefined }) {
  if (onPick === undefined) return text;
  return (
    <button type="button" className={classes.pick} onClick={onPick}>
      {text}
    </button>
  );
}

function Heads({ names }: { names: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col" {...(["Spans", "Calls", "Errors"].includes(name) ? { "data-number": true } : {})}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Both tables, the busiest first. */
export function GraphTables({ label, nodes, edges, onNode, onEdge }: GraphTablesProps) {
  const names = new Map(nodes.map((node) => [node.id, node.label]));
  const busyNodes = nodes.toSorted((a, b) => b.count - a.count).slice(0, MOST_ROWS);
  const busyEdges = edges.toSorted((a, b) => b.count - a.count).slice(0, MOST_ROWS);
  return (
    <section className={classes.tables} aria-label={`${label}, tables`} tabIndex={0}>
      <table className={classes.table}>
        <caption>{label}</caption>
        <Heads names={["Name", "Kind", "Spans", "Errors"]} />
        <tbody>
          {busyNodes.map((node) => (
            <tr key={node.id}>
              <th scope="row">
                <Pick text={node.label} onPick={onNode === undefined ? undefined : () => onNode(node.id)} />
              </th>
              <td>{node.kind}</td>
              <td data-number>{formatExact(node.count)}</td>
              <Failing of={node} />
            </tr>
          ))}
        </tbody>
      </table>
      <table className={classes.table}>
        <caption>Calls</caption>
        <Heads names={["From", "To", "Calls", "Errors", "Details"]} />
        <tbody>
          {busyEdges.map((edge) => (
            <tr key={JSON.stringify([edge.from, edge.to])}>
              <th scope="row">{names.get(edge.from) ?? edge.from}</th>
              <td>
                <Pick text={names.get(edge.to) ?? edge.to} onPick={onEdge === undefined ? undefined : () => onEdge(edge)} />
              </td>
              <td data-number>{formatExact(edge.count)}</td>
              <Failing of={edge} />
              <td>{edge.label ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
