// How busy agents are: the share of the range in which at least one of their spans ran.
import type { ReactElement } from "react";
import type { AgentUtilization } from "@/api/schema";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { slotVar } from "@/lib/colour";
import { toNumber } from "@/lib/counts";
import { hrefs } from "@/lib/href";
import { formatCount, formatPercent } from "@/lib/numbers";
import { nodeHref } from "@/lib/services/rows";
import classes from "./Agents.module.css";

/** Agents that are shown. */
const SHOWN = 7;

/** A bar an agent. */
export function Agents({ agents }: { readonly agents: readonly AgentUtilization[] }): ReactElement {
  const more = agents.length - SHOWN;
  return (
    <Panel title="Agents" subtitle="share of the time at work" actions={<Go href={hrefs.services({ view: "map" })}>Map</Go>}>
      {agents.length === 0 ? <p className={classes["none"]}>No span names an agent in this range (<code>gen_ai.agent.name</code>).</p> : null}
      <ul className={classes["list"]}>
        {agents.slice(0, SHOWN).map(({ name, slot, busy, spanCount, errorCount }) => (
          <li key={name}>
            <Go href={nodeHref({ kind: "agent", name })} className={classes["name"]}>
              {name}
            </Go>
            <span className={classes["track"]} aria-hidden>
              <span className={classes["bar"]} style={{ width: `${Math.max(0.5, busy * 100)}%`, background: slotVar(slot) }} />
            </span>
            <span className={classes["share"]} title={`${formatCount(spanCount)} spans`}>
              {formatPercent(busy)}
            </span>
            {toNumber(errorCount) === 0 ? null : (
              <Go href={nodeHref({ kind: "agent", name, status: "error" })} className={classes["errors"]}>
                {formatCount(errorCount)} failed
              </Go>
            )}
          </li>
        ))}
      </ul>
      {more > 0 ? <p className={classes["none"]}>{more} more, less busy.</p> : null}
    </Panel>
  );
}
