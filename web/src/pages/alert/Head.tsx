// What fires, how bad, since when; and everything that can be done about it.
import type { ReactElement } from "react";
import type { AlertDetail } from "@/api/schema";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Since } from "@/components/alerting/Since";
import { Go } from "@/components/Go";
import { linkOf, logsLink, tracesLink, type Window } from "@/lib/alerting/links";
import { formatMatchers, matchersOfLabels } from "@/lib/alerting/matchers";
import { valueTexts } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import { formatDuration } from "@/lib/units";
import controls from "@/shell/controls.module.css";
import { useZone } from "@/shell/timeRange";
import classes from "./Page.module.css";

interface HeadProps {
  readonly detail: AlertDetail;
  readonly nowMs: number;
  readonly window: Window;
  /** Where a silence for it is made. */
  readonly silence: string;
  readonly busy: boolean;
  readonly onAcknowledge: (() => void) | undefined;
  readonly onUnacknowledge: (() => void) | undefined;
}

/** The head of the page. */
export function Head({ detail, nowMs, window, silence, busy, onAcknowledge, onUnacknowledge }: HeadProps): ReactElement {
  const { alert } = detail;
  return (
    <header className={classes["head"]}>
      <div className={classes["title"]}>
        <SeverityMark severity={alert.severity} words />
        <h1>{alert.name}</h1>
        <State detail={detail} nowMs={nowMs} />
      </div>
      {alert.summary === alert.name ? null : <p className={classes["summary"]}>{alert.summary}</p>}
      <div className={classes["actions"]}>
        {onAcknowledge === undefined ? null : (
          <button type="button" className={`${controls["button"]} ${controls["primary"]}`} disabled={busy} onClick={onAcknowledge}>
            Acknowledge
          </button>
        )}
        {onUnacknowledge === undefined ? null : (
          <button type="button" className={controls["button"]} disabled={busy} onClick={onUnacknowledge}>
            Take acknowledgement back
          </button>
        )}
        <Go href={silence} className={controls["button"]}>
          Silence
        </Go>
        <Links detail={detail} window={window} />
      </div>
    </header>
  );
}

function State({ detail, nowMs }: { readonly detail: AlertDetail; readonly nowMs: number }): ReactElement {
  const { alert, forMs } = detail;
  const { value, threshold } = valueTexts(alert);
  const zone = useZone();
  const figure = value === undefined ? "" : `, ${alert.state === "resolved" ? "last " : ""}${value}${threshold === undefined ? "" : ` (threshold ${threshold})`}`;
  if (alert.state === "resolved" && alert.endsAt !== undefined) {
    const lasted = formatDuration(Date.parse(alert.endsAt) - Date.parse(alert.startsAt));
    return (
      <span className={classes["state"]}>
        over since <Since at={alert.endsAt} nowMs={nowMs} />, lasted {lasted} from {zone.dateTime(Date.parse(alert.startsAt))}
        {figure}
      </span>
    );
  }
  return (
    <span className={classes["state"]} data-firing={alert.state === "firing" || undefined}>
      {alert.state} for <Since at={alert.startsAt} nowMs={nowMs} as="for" />
      {alert.state === "pending" && forMs !== undefined ? `, fires after ${formatDuration(forMs)}` : ""}
      <span className={classes["quiet"]}>
        {` since ${zone.dateTime(Date.parse(alert.startsAt))}`}
        {figure}
      </span>
    </span>
  );
}

/** Where to go on from here. */
function Links({ detail, window }: Pick<HeadProps, "detail" | "window">): ReactElement {
  const { alert } = detail;
  const runbook = linkOf(alert.runbookUrl);
  const source = linkOf(alert.generatorUrl);
  const traces = tracesLink(alert, window);
  const logs = logsLink(alert, window);
  const labels = formatMatchers(matchersOfLabels(alert.labels));
  return (
    <nav aria-label="About this alert" className={classes["links"]}>
      {runbook === undefined ? null : runbook.inside ? <Go href={runbook.href}>Runbook</Go> : <a href={runbook.href} target="_blank" rel="noreferrer">Runbook</a>}
      {traces === undefined ? null : <Go href={traces}>Traces</Go>}
      {logs === undefined ? null : <Go href={logs}>Error logs</Go>}
      {alert.ruleId === undefined ? null : (
        <>
          <Go href={hrefs.rule(alert.ruleId)}>Rule</Go>
          <Go href={hrefs.rule(alert.ruleId, { explain: alert.startsAt, labels })}>Why did it fire?</Go>
        </>
      )}
      {alert.ruleId === undefined && source !== undefined && !source.inside ? <a href={source.href} target="_blank" rel="noreferrer">Where it came from</a> : null}
    </nav>
  );
}
