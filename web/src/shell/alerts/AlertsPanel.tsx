// What the bell opens: the worst and newest alerts that nobody has taken on, each a link, to be acknowledged here.
import { IconCheck } from "@tabler/icons-react";
import { useEffect, useRef, type KeyboardEvent, type ReactElement } from "react";
import type { Alert, AlertList } from "@/api/schema";
import { Place } from "@/components/alerting/Place";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Since } from "@/components/alerting/Since";
import { useAcknowledge } from "@/components/alerting/useAcknowledge";
import { useNow } from "@/components/alerting/useNow";
import { Go, useGo } from "@/components/Go";
import { rememberedName } from "@/lib/alerting/who";
import { hrefs } from "@/lib/href";
import { rowAfterKey } from "@/lib/table";
import { useFiring } from "@/shell/alerts/useFiring";
import { Failure, Loading } from "@/shell/help";
import controls from "../controls.module.css";
import classes from "./AlertsPanel.module.css";

interface PanelProps {
  /** The panel has led somewhere: it may close. */
  readonly onDone: () => void;
}

/** The panel. */
export function AlertsPanel({ onDone }: PanelProps): ReactElement {
  const query = useFiring();
  const panel = useRef<HTMLDivElement>(null);
  const known = query.data !== undefined;
  // The panel loads late, and so may its list: the focus follows once there is something to give it to.
  useEffect(() => panel.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus(), [known]);
  return (
    <div ref={panel} className={classes["panel"]}>
      <div className={classes["head"]}>
        <h2>{query.data === undefined ? "Alerts" : query.data.total === 0 ? "Nothing to look at" : `${query.data.total} to look at`}</h2>
        <Go href={hrefs.alerts()} onClick={onDone} data-autofocus={query.data?.alerts.length === 0 ? true : undefined}>
          All alerts
        </Go>
      </div>
      <Body query={query} onDone={onDone} />
    </div>
  );
}

function Body({ query, onDone }: PanelProps & { readonly query: ReturnType<typeof useFiring> }): ReactElement {
  if (query.data === undefined) return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading rows={4} height={36} />;
  return (
    <>
      {query.data.alerts.length === 0 ? <p className={classes["quiet"]}>What fires is taken on, hidden, or for information only.</p> : <List alerts={query.data.alerts} onDone={onDone} />}
      <Rest list={query.data} onDone={onDone} />
    </>
  );
}

/** What is not in the list. */
function Rest({ list, onDone }: PanelProps & { readonly list: AlertList }): ReactElement | null {
  const more = list.total - list.alerts.length;
  const { acknowledged, hidden, pending } = list.counts;
  const links: readonly (readonly [number, string, string])[] = [
    [more, "more", hrefs.alerts({ state: "firing", acknowledged: "no", hidden: "no", severity: "critical,high,medium,low" })],
    [acknowledged, "acknowledged", hrefs.alerts({ state: "firing", acknowledged: "yes" })],
    [hidden, "hidden", hrefs.alerts({ state: "firing", hidden: "yes" })],
    [pending, "pending", hrefs.alerts({ state: "pending" })],
  ];
  const shown = links.filter(([count]) => count > 0);
  if (shown.length === 0) return null;
  return (
    <p className={classes["rest"]}>
      {shown.map(([count, word, href]) => (
        <Go key={word} href={href} onClick={onDone}>
          {count} {word}
        </Go>
      ))}
    </p>
  );
}

function List({ alerts, onDone }: PanelProps & { readonly alerts: readonly Alert[] }): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const nowMs = useNow(1_000);
  const walk = (event: KeyboardEvent): void => {
    const links = Array.from(list.current?.querySelectorAll<HTMLElement>("a[data-main]") ?? []);
    const at = links.findIndex((link) => link.closest("li")?.contains(document.activeElement));
    const next = event.ctrlKey || event.metaKey || event.altKey ? undefined : rowAfterKey(event.key, at, links.length, links.length);
    if (next === undefined) return;
    event.preventDefault();
    links[next]?.focus();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys move the focus between the links inside
    <ul ref={list} className={classes["list"]} onKeyDown={walk}>
      {alerts.map((alert, place) => (
        <Line key={alert.id} alert={alert} first={place === 0} nowMs={nowMs} onDone={onDone} />
      ))}
    </ul>
  );
}

function Line({ alert, first, nowMs, onDone }: PanelProps & { readonly alert: Alert; readonly first: boolean; readonly nowMs: number }): ReactElement {
  const go = useGo();
  const { busy, acknowledge } = useAcknowledge();
  const take = async (): Promise<void> => {
    const by = rememberedName();
    if (by === "") {
      // Nobody has said who sits here yet: the alert's page asks.
      onDone();
      go(hrefs.alert(alert.id, { acknowledge: true }));
      return;
    }
    await acknowledge([alert], by, "");
  };
  return (
    <li className={classes["line"]}>
      <SeverityMark severity={alert.severity} />
      <Go href={hrefs.alert(alert.id)} className={classes["name"]} onClick={onDone} data-main data-autofocus={first || undefined}>
        {alert.name}
      </Go>
      <span className={classes["since"]}>
        <Since at={alert.startsAt} nowMs={nowMs} />
      </span>
      <span className={classes["summary"]} title={alert.summary}>
        {alert.summary === alert.name ? <Place labels={alert.labels} /> : alert.summary}
      </span>
      <button type="button" className={`${controls["button"]} ${classes["take"]}`} disabled={busy} aria-label={`Acknowledge ${alert.name}`} title="Take it on: repeats and escalation stop" onClick={() => void take()}>
        <IconCheck size={14} aria-hidden /> Acknowledge
      </button>
    </li>
  );
}
