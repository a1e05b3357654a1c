// How it stands: who has taken it on, why nobody is told, how far the escalation is, when somebody is told next.
import type { ReactElement, ReactNode } from "react";
import type { AlertDetail } from "@/api/schema";
import { Since } from "@/components/alerting/Since";
import { Go } from "@/components/Go";
import { countdown } from "@/lib/alerting/countdown";
import { groupLabelsText } from "@/lib/alerting/labels";
import { hiddenWord } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import classes from "./Page.module.css";

interface StandingProps {
  readonly detail: AlertDetail;
  readonly nowMs: number;
}

/** A list of facts; what there is none of is left out. */
export function Standing({ detail, nowMs }: StandingProps): ReactElement {
  const { alert, groupAlerts, nextNotificationAt } = detail;
  const others = groupAlerts - 1;
  return (
    <dl className={classes["standing"]} aria-label="How it stands">
      <Taken detail={detail} nowMs={nowMs} />
      <Fact name="Told">{alert.told.length === 0 ? (alert.state === "firing" ? "nobody yet" : "nobody") : alert.told.join(", ")}</Fact>
      {alert.hidden.map((hidden) => (
        <Fact key={`${hidden.by} ${hidden.id}`} name={`Hidden, ${hiddenWord(hidden)}`}>
          {hidden.by === "silence" ? <Go href={hrefs.silences({ id: hidden.id })}>{hidden.text}</Go> : hidden.by === "inhibition" ? <Go href={hrefs.alert(hidden.id)}>{hidden.text}</Go> : hidden.text}
          {hidden.until === undefined ? null : (
            <span className={classes["quiet"]}>
              {" ends "}
              <Since at={hidden.until} nowMs={nowMs} />
            </span>
          )}
        </Fact>
      ))}
      <Escalation detail={detail} nowMs={nowMs} />
      {alert.state !== "firing" || nextNotificationAt === undefined || alert.hidden.length > 0 ? null : <Fact name="Looked at again">{countdown(nextNotificationAt, nowMs)}</Fact>}
      {alert.groupKey === undefined ? null : (
        <Fact name="Group">
          <Go href={hrefs.alerts({ view: "groups", q: groupLabelsText(alert.groupKey) })} title={alert.groupKey}>
            {others <= 0 ? "alone" : `with ${plural(others, "other alert")}`}
          </Go>
        </Fact>
      )}
      {alert.source === "rules" ? null : <Fact name="Came from">{alert.source}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Taken({ detail, nowMs }: StandingProps): ReactElement {
  const { acknowledged, state } = detail.alert;
  if (acknowledged === undefined) return <Fact name="Taken on by">{state === "firing" ? "nobody" : "–"}</Fact>;
  return (
    <Fact name="Taken on by">
      <strong>{acknowledged.by}</strong>
      {acknowledged.comment === "" ? "" : `: ${acknowledged.comment}`}
      <span className={classes["quiet"]}>
        {" "}
        <Since at={acknowledged.at} nowMs={nowMs} />
      </span>
    </Fact>
  );
}

/** Level and countdown, live to the second. */
function Escalation({ detail, nowMs }: StandingProps): ReactElement | null {
  const { escalation, alert } = detail;
  if (escalation === undefined) return null;
  const { policy, level, levels, nextAt, nextReceivers } = escalation;
  const next = nextAt === undefined ? (alert.acknowledged === undefined ? "no level follows" : "stopped, it is taken on") : `next${nextReceivers.length === 0 ? "" : ` ${nextReceivers.join(", ")}`} ${countdown(nextAt, nowMs)}`;
  return (
    <Fact name="Escalation">
      <Go href={hrefs.onCall()}>{policy}</Go>
      {`: level ${level} of ${levels} told, ${next}`}
    </Fact>
  );
}
