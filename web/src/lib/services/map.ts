// The map of services or agents as the graph that is drawn. Pure.
import type { LatencyMs, ServiceMap } from "@/api/schema";
import type { GraphEdge, GraphNode } from "@/charts/graph/model";
import { toNumber } from "@/lib/counts";
import { plural } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";

/** A graph to draw. */
export interface MapGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

function latencyWords({ p50, p95, max }: LatencyMs): string {
  return max === 0 ? "" : `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, longest ${formatDuration(max)}`;
}

/** The map's nodes and edges. */
export function graphOf(map: ServiceMap): MapGraph {
  return {
    nodes: map.nodes.map(({ id, name, kind, slot, spanCount, errorCount }) => ({ id, label: name, kind, slot, count: toNumber(spanCount), errors: toNumber(errorCount) })),
    edges: map.edges.map(({ from, to, count, errorCount, latency }) => {
      const label = latencyWords(latency);
      return { from, to, count: toNumber(count), errors: toNumber(errorCount), ...(label === "" ? {} : { label }) };
    }),
  };
}

/** `11 services and 3 others that they call, 14 connections, from the newest 1,000 traces` */
export function mapLine({ nodes, edges, traceCount, sampled }: ServiceMap, kind: "services" | "agents"): string {
  const own = nodes.filter((node) => node.kind === kind.slice(0, -1)).length;
  const others = nodes.length - own;
  const what = kind === "services" ? "other that they call" : "model, tool or other";
  const whats = kind === "services" ? "others that they call" : "models, tools and others";
  const parts = [`${plural(own, kind.slice(0, -1))}${others > 0 ? ` and ${plural(others, what, whats)}` : ""}`, plural(edges.length, "connection")];
  return `${parts.join(", ")}, from ${sampled ? "the newest " : ""}${plural(traceCount, "trace")}`;
}
