// Who calls whom, of services or of agents, from the newest traces.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement, type ReactNode } from "react";
import { api } from "@/api/client";
import { Graph } from "@/charts/graph/Graph";
import { useGo } from "@/components/Go";
import { Segments } from "@/components/Segments";
import { graphOf, mapLine } from "@/lib/services/map";
import { nodeHref } from "@/lib/services/rows";
import { Empty, Failure, Loading } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import classes from "./Page.module.css";

interface ServiceMapProps {
  readonly kind: "services" | "agents";
  readonly onKind: (kind: "services" | "agents") => void;
  readonly views: ReactNode;
}

const KINDS = [{ value: "services", label: "Services" }, { value: "agents", label: "Agents" }] as const;

/** The map and what stands above it. */
export function ServiceMap({ kind, onKind, views }: ServiceMapProps): ReactElement {
  const { start, end } = useTimeRange();
  const go = useGo();
  const { data, error, refetch } = useQuery({
    queryKey: ["service map", kind, start, end],
    queryFn: ({ signal }) => api.get("/api/v1/services/map", { query: { kind, start, end }, signal }),
    placeholderData: keepPreviousData,
  });
  const graph = useMemo(() => (data === undefined ? undefined : graphOf(data)), [data]);
  const open = (id: string): void => {
    const node = data?.nodes.find((one) => one.id === id);
    if (node !== undefined) go(nodeHref(node));
  };
  return (
    <>
      <header className={classes["head"]} aria-busy={(data === undefined && error === null) || undefined}>
        <h1>Services</h1>
        <p role="status" className={classes["said"]}>
          {data === undefined ? "" : mapLine(data, kind)}
        </p>
        <div className={classes["tools"]}>
          <Segments label="Map of" value={kind} options={KINDS} onChange={onKind} />
          {views}
        </div>
      </header>
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      <section className={classes["map"]} aria-label="Map">
        {graph === undefined ? error === null ? <Loading rows={12} /> : null : graph.nodes.length === 0 ? <NoNodes kind={kind} /> : <Graph label={kind === "services" ? "Calls between services" : "Calls between agents"} {...graph} onNode={open} />}
      </section>
    </>
  );
}

function NoNodes({ kind }: { readonly kind: "services" | "agents" }): ReactElement {
  return kind === "services" ? (
    <Empty title="No services in this range" hint="Choose a longer range." />
  ) : (
    <Empty title="No agents in this range" hint="Agents are told by attributes such as gen_ai.agent.name on spans of invoke_agent. Choose a longer range, or the map of services." />
  );
}
