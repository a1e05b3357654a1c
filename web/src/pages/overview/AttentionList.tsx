// What needs a look, the worst first: level, what happened, since when, a small picture, and where to go.
import { IconAlertOctagon, IconAlertTriangle } from "@tabler/icons-react";
import { useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import type { Attention } from "@/api/schema";
import { Sparkline } from "@/charts/Sparkline";
import { Ago } from "@/components/Figures";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { kindWord, leadsOf } from "@/lib/overview/attention";
import { rowAfterKey } from "@/lib/table";
import { useShortcuts } from "@/shell/shortcuts";
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
  const list = useRef<HTMLUListElement | null>(null);
  useShortcuts(items.length === 0 ? [] : [{ keys: "a", what: "what needs a look (then j, k and Enter)", run: () => linksOf(list.current)[0]?.focus() }]);
  if (items.length === 0) return null;
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <Panel title="Needs a look" flush>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys move the focus between the links inside */}
      <ul className={classes["list"]} ref={list} onKeyDown={walk}>
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

/** The main links of the list, in order. */
function linksOf(list: HTMLElement | null): readonly HTMLElement[] {
  return list === null ? [] : Array.from(list.querySelectorAll<HTMLElement>("a[data-main]"));
}

/** Arrows, j and k go from entry to entry. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const links = linksOf(event.currentTarget);
  const at = links.findIndex((link) => link === document.activeElement);
  const next = at < 0 ? undefined : rowAfterKey(event.key, at, links.length, links.length);
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  links[next]?.focus();
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
      <Go href={main.href} className={classes["message"]} data-main>
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
