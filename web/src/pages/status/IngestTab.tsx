// What comes in, how fast, over the last hour; what was refused and what to do; how far limits are used.
import type { ReactElement } from "react";
import type { IngestFlow, IngestStatus, RefusalCount } from "@/api/schema";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { Sparkline } from "@/charts/Sparkline";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { formatExact, formatRate } from "@/lib/numbers";
import { limitRows } from "@/lib/status/stored";
import { Failure, Loading } from "@/shell/help";
import { Bar } from "./Bar";
import { useIngest } from "./useStatus";
import classes from "./Page.module.css";

/** The tab. */
export function IngestTab(): ReactElement {
  const query = useIngest();
  if (query.data === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading rows={14} />;
  return (
    <div className={classes["stack"]}>
      <Flows flows={query.data.flows} />
      <Refusals refusals={query.data.refusals} />
      <Limits limits={query.data.limits} />
    </div>
  );
}

const NAMES: Readonly<Record<string, { readonly title: string; readonly href: string }>> = {
  spans: { title: "Spans", href: hrefs.traces({ from: "now-1h", to: "now" }) },
  logs: { title: "Log records", href: hrefs.logs({ from: "now-1h", to: "now" }) },
  samples: { title: "Samples", href: hrefs.explore({ from: "now-1h", to: "now" }) },
};

function Flows({ flows }: { readonly flows: readonly IngestFlow[] }): ReactElement {
  return (
    <div className={classes["flows"]}>
      {flows.map((flow) => {
        const minutes = flow.minutes.map(toNumber);
        const most = Math.max(0, ...minutes);
        const name = NAMES[flow.signal];
        return (
          <section key={flow.signal} className={classes["flow"]} aria-label={name?.title ?? flow.signal}>
            <h2 className={classes["flowTitle"]}>{name === undefined ? flow.signal : <Go href={name.href}>{name.title}</Go>}</h2>
            <div className={classes["figure"]}>{formatRate(flow.perSecond)}</div>
            <Sparkline values={minutes} height={36} filled />
            <p className={classes["quiet"]}>
              {minutes.length < 2 ? "since a moment ago" : `last ${minutes.length} minutes`}, at most {formatRate(most / 60)}
            </p>
            <p className={classes["quiet"]}>
              {formatExact(flow.accepted)} since start
              {toNumber(flow.refused) > 0 ? <span className={classes["warn"]}>, {formatExact(flow.refused)} refused</span> : ", none refused"}
            </p>
          </section>
        );
      })}
    </div>
  );
}

function Refusals({ refusals }: { readonly refusals: readonly RefusalCount[] }): ReactElement {
  return (
    <Panel title="Refused since start" flush={refusals.length > 0}>
      {refusals.length === 0 ? (
        <p className={classes["quiet"]}>Nothing was refused.</p>
      ) : (
        <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="What was refused">
          <table className={classes["table"]}>
            <thead>
              <tr>
                <th scope="col" className={classes["right"]}>Count</th>
                <th scope="col">What</th>
                <th scope="col">Why</th>
                <th scope="col">What to do</th>
              </tr>
            </thead>
            <tbody>
              {refusals.map((one) => (
                <tr key={`${one.what} ${one.reason}`}>
                  <td className={classes["right"]} data-tone="amber">{formatExact(one.count)}</td>
                  <td>{one.what}</td>
                  <td className={classes["words"]}>{one.reason}</td>
                  <td className={classes["words"]}>{one.hint}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Limits({ limits }: { readonly limits: IngestStatus["limits"] }): ReactElement {
  return (
    <Panel title="Limits" subtitle="the fullest first">
      <div className={classes["limits"]}>
        {limitRows(limits).map((row) => (
          <Bar
            key={row.key}
            title={<Go href={`${hrefs.status({ tab: "configuration" })}&find=${encodeURIComponent(row.key)}`} title={`${row.name}: setting ${row.key}`}>{row.name}</Go>}
            text={row.text}
            share={row.share}
            tone={row.tone}
          />
        ))}
      </div>
      {limits.length === 0 ? <p className={classes["quiet"]}>No limit is set.</p> : null}
    </Panel>
  );
}
