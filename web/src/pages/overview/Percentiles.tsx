// Percentiles of the whole range and the share of timeouts.
import type { ReactElement } from "react";
import type { Overview } from "@/api/schema";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { hrefs } from "@/lib/href";
import { formatPercent } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import classes from "./Facts.module.css";

/** How long requests took, in four figures, and how many ran into a timeout. */
export function Percentiles({ overview, requests }: { readonly overview: Overview; readonly requests: number }): ReactElement {
  const { p50, p95, p99, max } = overview.percentiles;
  const rows = [
    ["Half within", p50],
    ["95 % within", p95],
    ["99 % within", p99],
    ["Longest", max],
  ] as const;
  const share = overview.timeoutShare;
  if (requests === 0) {
    return (
      <Panel title="Durations" subtitle="of requests">
        <p className={classes["none"]}>No requests in this range.</p>
      </Panel>
    );
  }
  return (
    <Panel title="Durations" subtitle="of requests">
      <dl className={classes["facts"]}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Go href={hrefs.traces({ sort: "-duration", min: `${Math.floor(value)}ms` })}>{formatDuration(value)}</Go>
            </dd>
          </div>
        ))}
        <div>
          <dt>Ran into a timeout</dt>
          <dd data-tone={share >= 0.01 ? "amber" : "steady"}>{formatPercent(share)}</dd>
        </div>
      </dl>
    </Panel>
  );
}
