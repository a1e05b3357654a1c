// The overview: what needs a look first, then six figures, throughput, latency, errors, agents and the queue.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api } from "@/api/client";
import type { Overview } from "@/api/schema";
import { Stat } from "@/components/Stat";
import { toNumber } from "@/lib/counts";
import { headline } from "@/lib/overview/attention";
import { showFigure, wholeBuckets } from "@/lib/overview/figures";
import { Failure, Loading, NoDataYet } from "@/shell/help";
import { useFiring } from "@/shell/alerts/useFiring";
import { useTimeRange } from "@/shell/timeRange";
import { Agents } from "./Agents";
import { AttentionList } from "./AttentionList";
import { FiringAlerts } from "./FiringAlerts";
import { ErrorRate } from "./ErrorRate";
import { Latency } from "./Latency";
import { Percentiles } from "./Percentiles";
import { Queue } from "./Queue";
import { Throughput } from "./Throughput";
import classes from "./Page.module.css";

/** The page "Overview": one call answers all of it. */
export function Page(): ReactElement {
  const { start, end } = useTimeRange();
  const firing = useFiring().data?.total ?? 0;
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ["overview", start, end],
    queryFn: ({ signal }) => api.get("/api/v1/overview", { query: { start, end }, signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <div className={classes["page"]} aria-busy={data === undefined || isPlaceholderData}>
      <header className={classes["head"]}>
        <h1>Overview</h1>
        <p role="status">{data === undefined ? (error ? "" : "Looking …") : headline({ attention: data.attention, empty: data.empty, requests: requestsOf(data), firing })}</p>
      </header>
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined ? error ? null : <Skeleton /> : data.empty ? <NoDataYet signal="spans" /> : <Body overview={data} />}
    </div>
  );
}

/** Requests of the whole range. */
function requestsOf(overview: Overview): number {
  return overview.requests.reduce((sum: number, count) => sum + toNumber(count), 0);
}

function Body({ overview }: { readonly overview: Overview }): ReactElement {
  const startMs = Date.parse(overview.start);
  return (
    <>
      <FiringAlerts />
      <AttentionList items={overview.attention} endMs={Date.parse(overview.end)} />
      <div className={classes["stats"]}>
        {overview.figures.map((figure) => {
          const { id, label, value, note, tone, href, trend } = showFigure(figure, overview.errorRateThreshold);
          return <Stat key={id} label={label} value={value} text={note} tone={tone} href={href} spark={wholeBuckets(trend, startMs, overview.stepMs, Date.parse(overview.end))} />;
        })}
      </div>
      <div className={classes["wide"]}>
        <Throughput overview={overview} startMs={startMs} />
        <Latency overview={overview} startMs={startMs} />
      </div>
      <div className={classes["four"]}>
        <ErrorRate overview={overview} startMs={startMs} />
        <Percentiles overview={overview} requests={requestsOf(overview)} />
        <Agents agents={overview.agents} />
        <Queue queue={overview.queue} />
      </div>
    </>
  );
}

/** As high as what comes, so that nothing jumps. */
function Skeleton(): ReactElement {
  return (
    <>
      <div className={classes["stats"]}>
        {Array.from({ length: 6 }, (_, index) => (
          <div key={index} className={classes["bone"]} />
        ))}
      </div>
      <Loading rows={12} />
    </>
  );
}
