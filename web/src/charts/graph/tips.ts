// What the tip beside a node or an edge says. Pure.
import type { TipText } from "@/charts/Tip";
import { errorShare, errorTone, failingText, type DrawnNode, type GraphEdge } from "@/charts/graph/model";
import { slotVar, toneVar } from "@/lib/colour";
import { formatExact, formatPercent } from "@/lib/numbers";

/** Rows of callers and callees that a tip shows. */
const MOST_ROWS = 5;

function errorsRow(of: { readonly count: number; readonly errors: number }) {
  const tone = errorTone(errorShare(of));
  return { name: "errors", value: `${formatExact(of.errors)} (${formatPercent(errorShare(of))})`, ...(tone === "steady" ? {} : { colour: toneVar(tone) }) };
}

/** A node: its figures and its busiest calls. */
export function nodeTip(node: DrawnNode, edges: readonly GraphEdge[], nameOf: (id: string) => string): TipText {
  const own = edges.filter((edge) => edge.from === node.id || edge.to === node.id).toSorted((a, b) => b.count - a.count);
  const rows = own.slice(0, MOST_ROWS).map((edge) => {
    const out = edge.from === node.id;
    const failing = failingText(edge);
    return { name: out ? `calls ${nameOf(edge.to)}` : `called by ${nameOf(edge.from)}`, value: `${formatExact(edge.count)}${failing === "" ? "" : `, ${failing}`}` };
  });
  const more = own.length - rows.length;
  const stack = node.members.length > 0;
  const foot = stack ? "Enter or a click shows them one by one" : more > 0 ? `and ${more} more` : undefined;
  return {
    head: stack ? node.label : `${node.label}, ${node.kind}`,
    rows: [{ name: "spans", value: formatExact(node.count), colour: slotVar(node.slot) }, errorsRow(node), ...rows],
    ...(foot === undefined ? {} : { foot }),
  };
}

/** An edge: its calls, what fails, what else is known. */
export function edgeTip(edge: GraphEdge, nameOf: (id: string) => string): TipText {
  return {
    head: `${nameOf(edge.from)} → ${nameOf(edge.to)}`,
    rows: [{ name: "calls", value: formatExact(edge.count) }, errorsRow(edge)],
    ...(edge.label === undefined ? {} : { foot: edge.label }),
  };
}
