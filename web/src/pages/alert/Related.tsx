// What stands behind the alert: the last traces that its link finds and error logs of its service or agent, in its time.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { api } from "@/api/client";
import type { Alert, LogRow, TraceSummary } from "@/api/schema";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { logsLink, scopeOf, tracesLink, tracesQuery, type Window } from "@/lib/alerting/links";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import { asText } from "@/lib/logs/line";
import { formatDuration } from "@/lib/units";
import { Failure, Loading } from "@/shell/help";
import { useZone } from "@/shell/timeRange";
import classes from "./Page.module.css";

interface RelatedProps {
  readonly alert: Alert;
  readonly window: Window;
}

const SHOWN = 5;

/** Both lists; nothing where the labels name neither service nor agent. */
export function Related({ alert, window }: RelatedProps): ReactElement | null {
  const scope = scopeOf(alert.labels);
  const search = tracesQuery(alert);
  const range = { start: new Date(window.fromMs).toISOString(), end: new Date(window.toMs).toISOString(), limit: SHOWN };
  const traces = useQuery({
    queryKey: ["alert traces", search, range],
    queryFn: ({ signal }) => api.get("/api/v1/traces", { query: { ...search, ...range }, signal }),
    enabled: search !== undefined,
    placeholderData: keepPreviousData,
  });
  const logs = useQuery({
    queryKey: ["alert logs", scope, range],
    queryFn: ({ signal }) => api.get("/api/v1/logs", { query: { ...scope, ...range, severity: "ERROR", values: "preview" }, signal }),
    enabled: scope !== undefined,
    placeholderData: keepPreviousData,
  });
  if (search === undefined) return null;
  return (
    <div className={classes["related"]}>
      <Box title="Traces behind it" subtitle={words([search.service, search.name, search.q, ...(search.attr ?? []), search.status])} href={tracesLink(alert, window)} query={traces} none="No such trace in this time." count={traces.data?.traces.length ?? 0}>
        {(traces.data?.traces ?? []).map((trace) => (
          <TraceLine key={trace.traceId} trace={trace} />
        ))}
      </Box>
      {scope === undefined ? null : (
        <Box title="Error logs" subtitle={words([scope.service, ...scope.attr])} href={logsLink(alert, window)} query={logs} none="No error log in this time." count={logs.data?.logs.length ?? 0}>
          {(logs.data?.logs ?? []).map((log) => (
            <LogLine key={log.id} log={log} />
          ))}
        </Box>
      )}
    </div>
  );
}

function words(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(", ");
}

interface BoxProps {
  readonly title: string;
  readonly subtitle: string;
  readonly href: string | undefined;
  readonly query: { readonly data: unknown; readonly error: Error | null; refetch(): unknown };
  readonly none: string;
  readonly count: number;
  readonly children: ReactNode;
}

function Box({ title, subtitle, href, query, none, count, children }: BoxProps): ReactElement {
  return (
    <Panel title={title} subtitle={subtitle} actions={href === undefined ? undefined : <Go href={href}>All</Go>}>
      {query.data === undefined ? query.error === null ? <Loading rows={SHOWN} /> : <Failure error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data !== undefined && count === 0 ? <p className={classes["none"]}>{none}</p> : null}
      <ul className={classes["lines"]}>{children}</ul>
    </Panel>
  );
}

function TraceLine({ trace }: { readonly trace: TraceSummary }): ReactElement {
  const zone = useZone();
  return (
    <li>
      <span className={classes["time"]}>{zone.time(Date.parse(trace.startTime))}</span>
      <Go href={hrefs.trace(trace.traceId)} className={classes["words"]}>
        {trace.rootName ?? trace.firstName ?? shortId(trace.traceId)}
      </Go>
      <span className={classes["quiet"]}>{`${toNumber(trace.errorCount) === 0 ? "" : `${trace.errorCount} failed, `}${formatDuration(trace.durationMs)}`}</span>
    </li>
  );
}

function LogLine({ log }: { readonly log: LogRow }): ReactElement {
  const zone = useZone();
  const words = asText(log.body);
  return (
    <li>
      <span className={classes["time"]}>{zone.time(Date.parse(log.timestamp))}</span>
      <Go href={hrefs.logs({ record: log.id })} className={classes["words"]} title={words.slice(0, 500)}>
        {words === "" ? "(no body)" : words}
      </Go>
    </li>
  );
}
