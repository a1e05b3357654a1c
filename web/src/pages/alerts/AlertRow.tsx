// One alert: severity, what, where, value with its threshold and its past, who was told, who has taken it on, since when.
import type { ReactElement } from "react";
import type { Alert } from "@/api/schema";
import { Sparkline } from "@/charts/Sparkline";
import { Place } from "@/components/alerting/Place";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Since } from "@/components/alerting/Since";
import { Go } from "@/components/Go";
import { severityTone } from "@/lib/alerting/severity";
import { hiddenWord, toldText, valueTexts } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import classes from "./AlertTable.module.css";

interface AlertRowProps {
  readonly alert: Alert;
  readonly nowMs: number;
  readonly ticked: boolean;
  readonly onTick: (on: boolean) => void;
}

/** The cells of the line. */
export function AlertRow({ alert, nowMs, ticked, onTick }: AlertRowProps): ReactElement {
  const told = toldText(alert);
  const quiet = alert.state !== "firing" || alert.hidden.length > 0 || alert.acknowledged !== undefined;
  return (
    <div role="presentation" className={classes["row"]} data-quiet={quiet || undefined} data-state={alert.state}>
      <span role="cell" className={classes["tick"]}>
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- keeps the click from opening the line */}
        <input type="checkbox" className={classes["box24"]} tabIndex={-1} aria-label={`Tick ${alert.name}`} checked={ticked} onClick={(event) => event.stopPropagation()} onChange={(event) => onTick(event.currentTarget.checked)} />
      </span>
      <span role="cell" className={classes["severity"]}>
        <SeverityMark severity={alert.severity} words />
      </span>
      <span role="cell" className={classes["what"]} title={alert.summary}>
        <Go href={hrefs.alert(alert.id)} className={classes["name"]} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
          {alert.name}
        </Go>
        <span className={classes["summary"]}>{alert.summary === alert.name ? "" : alert.summary}</span>
      </span>
      <span role="cell" className={classes["where"]}>
        <Place labels={alert.labels} most={2} />
      </span>
      <Value alert={alert} />
      <span role="cell" className={classes["spark"]}>
        {alert.recent.length > 1 ? <Sparkline values={alert.recent} height={20} tone={quiet ? "steady" : severityTone(alert.severity)} /> : null}
      </span>
      <span role="cell" className={classes["told"]} data-none={told.quiet || undefined} title={told.title}>
        {told.text}
      </span>
      <Taken alert={alert} />
      <span role="cell" className={classes["since"]}>
        <Since at={alert.state === "resolved" ? (alert.endsAt ?? alert.updatedAt) : alert.startsAt} nowMs={nowMs} />
      </span>
    </div>
  );
}

function Value({ alert }: { readonly alert: Alert }): ReactElement {
  const { value, threshold } = valueTexts(alert);
  return (
    <span role="cell" className={classes["value"]} title={threshold === undefined ? undefined : `value ${value ?? "not known"}, threshold ${threshold}`}>
      {value ?? ""}
      {threshold === undefined || value === undefined ? null : <span className={classes["threshold"]}> / {threshold}</span>}
    </span>
  );
}

/** Who has taken it on, else why nobody is told, else that it is pending or over. */
function Taken({ alert }: { readonly alert: Alert }): ReactElement {
  const { acknowledged, hidden, state } = alert;
  const [first] = hidden;
  if (acknowledged !== undefined) {
    return (
      <span role="cell" className={classes["taken"]} title={acknowledged.comment === "" ? `acknowledged by ${acknowledged.by}` : `${acknowledged.by}: ${acknowledged.comment}`}>
        by {acknowledged.by}
        {acknowledged.comment === "" ? "" : `: ${acknowledged.comment}`}
      </span>
    );
  }
  if (first !== undefined) {
    return (
      <span role="cell" className={classes["taken"]} title={hidden.map((one) => one.text).join("\n")}>
        {hiddenWord(first)}: {first.text}
      </span>
    );
  }
  return (
    <span role="cell" className={classes["taken"]}>
      {state === "firing" ? (alert.escalationLevel > 0 ? `nobody, level ${alert.escalationLevel} told` : "") : state}
    </span>
  );
}
