// Alerts of a rule that fire or are pending.
import type { ReactElement } from "react";
import type { Alert, Rule } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Place } from "@/components/alerting/Place";
import { Since } from "@/components/alerting/Since";
import { useNow } from "@/components/alerting/useNow";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { hiddenWord, toldText, valueTexts } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import { NO_VALUE } from "@/lib/numbers";

const PLACE_LABELS = 5;

/** A table, or that there are none. */
export function ActiveAlerts({ rule, alerts }: { readonly rule: Rule; readonly alerts: readonly Alert[] }): ReactElement {
  const now = useNow();
  const total = rule.firing + rule.pending;
  return (
    <Panel title="Alerts now" subtitle={total > alerts.length ? `the first ${alerts.length} of ${total}` : ""} flush={alerts.length > 0} actions={<Go href={hrefs.alerts({ state: "history", rule: rule.id })}>History</Go>}>
      {alerts.length === 0 ? <p className={layout["quiet"]}>Nothing fires and nothing is pending.</p> : (
        <div className={layout["scroll"]}>
          <table className={layout["table"]}>
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Where</th>
                <th scope="col">Since</th>
                <th scope="col" className={layout["right"]}>Value</th>
                <th scope="col">Told</th>
              </tr>
            </thead>
            <tbody>
              {alerts.map((alert) => (
                <tr key={alert.id}>
                  <td className={layout["word"]} data-tone={alert.state === "firing" ? "red" : "amber"}>{alert.state === "firing" ? "Firing" : "Pending"}</td>
                  <th scope="row">
                    <Go href={hrefs.alert(alert.id)}>
                      <Place labels={alert.labels} most={PLACE_LABELS} />
                    </Go>
                  </th>
                  <td><Since at={alert.startsAt} nowMs={now} as="for" /></td>
                  <td className={`${layout["right"]} ${layout["nowrap"]}`}>{valueTexts(alert).value ?? NO_VALUE}</td>
                  <td className={layout["quiet"]}>{alert.hidden[0] === undefined ? toldText(alert).text : hiddenWord(alert.hidden[0])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
