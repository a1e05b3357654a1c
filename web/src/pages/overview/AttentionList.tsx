// What needs a look, the worst first: level, what happened, since when, a small picture, and where to go.
import { IconAlertOctagon, IconAlertTriangle } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Attention } from "@/api/schema";
import { Sparkline } from "@/charts/Sparkline";
import { Ago } from "@/components/Figures";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { kindWord, leadsOf } from "@/lib/overview/attention";
import classes from "./AttentionList.module.css";

/** Entries that are shown before "show all". */
const SHOWN = 8;

interface AttentionListProps {
  readonly items: readonly Attention[];
  /** The end of the range: what "ago" counts from. */
  readonly endMs: number;
}

/** The list; nothing at all where everything is steady. */
export function AttentionList({ items, endMs }: AttentionListProps): ReactElement | null {
  const [all, setAll] = useState(false);
  if (items.length === 0) return null;
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <Panel title="Needs a look" flush>
      <ul className={classes["list"]}>
        {shown.map((item) => (
          <Entry key={`${item.kind} ${item.subject} ${item.operation ?? ""} ${item.traceId ?? ""}`} item={item} endMs={endMs} />
        ))}
      </ul>
      {items.length > SHOWN ? (
        <button type="button" className={classes["more"]} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show the worst only" : `${items.length - SHOWN} more`}
        </button>
      ) : null}
    </Panel>
  );
}

function Entry({ item, endMs }: { readonly item: Attention; readonly endMs: number }): ReactElement {
  const [main, ...others] = leadsOf(item);
  const critical = item.level === "critical";
  const Icon = critical ? IconAlertOctagon : IconAlertTriangle;
  return (
    <li className={classes["entry"]} data-level={item.level}>
      <Icon size={16} className={classes["icon"]} role="img" aria-label={critical ? "critical" : "warning"} />
      <span className={classes["kind"]}>{kindWord(item.kind)}</span>
      <span className={classes["subject"]} title={item.operation === undefined ? item.subject : `${item.subject} · ${item.operation}`}>
        {item.operation ?? item.subject}
        {item.operation === undefined ? null : <small>{item.subject}</small>}
      </span>
      <Go href={main.href} className={classes["message"]}>
        {item.message}
      </Go>
      <span className={classes["trend"]}>{item.trend.length > 1 ? <Sparkline values={item.trend} height={18} tone={critical ? "red" : "amber"} /> : null}</span>
      <span className={classes["since"]}>{item.since === undefined ? null : <Ago ms={Date.parse(item.since)} nowMs={endMs} />}</span>
      <span className={classes["leads"]}>
        {others.map((lead) => (
          <Go key={lead.label} href={lead.href}>
            {lead.label}
          </Go>
        ))}
      </span>
    </li>
  );
}
