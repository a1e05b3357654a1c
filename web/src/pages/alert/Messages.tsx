// Messages about the alert's group: to whom, how they fared, what went wrong.
import type { ReactElement } from "react";
import type { NotificationEntry } from "@/api/schema";
import { Since } from "@/components/alerting/Since";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { countdown } from "@/lib/alerting/countdown";
import { reasonWord, statusTone, statusWord } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import classes from "./Messages.module.css";

interface MessagesProps {
  readonly notifications: readonly NotificationEntry[];
  readonly alertId: string;
  readonly nowMs: number;
}

const SHOWN = 10;

/** The newest of them; the delivery log has all. */
export function Messages({ notifications, alertId, nowMs }: MessagesProps): ReactElement {
  return (
    <Panel title="Messages" subtitle="about its group" actions={<Go href={hrefs.deliveries({ alert: alertId })}>Delivery log</Go>} flush>
      {notifications.length === 0 ? (
        <p className={classes["none"]}>None was sent and none waits.</p>
      ) : (
        <div className={classes["scroll"]}>
          <table className={classes["table"]}>
            <thead>
              <tr>
                {["Sent", "Status", "Receiver", "Channel", "Why", "What went wrong"].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {notifications.slice(0, SHOWN).map((one) => (
                <tr key={one.id}>
                  <td>
                    <Since at={one.sentAt ?? one.at} nowMs={nowMs} />
                  </td>
                  <td data-tone={statusTone(one.status)}>
                    <Go href={hrefs.deliveries({ id: one.id, alert: alertId })}>{statusWord(one.status)}</Go>
                  </td>
                  <td>{one.receiver}</td>
                  <td className={classes["cut"]} title={`${one.channel} ${one.target}`}>
                    {one.channel} <span className={classes["quiet"]}>{one.target}</span>
                  </td>
                  <td>{reasonWord(one.reason)}</td>
                  <td className={classes["wrap"]}>
                    {one.error ?? ""}
                    {one.nextAttemptAt === undefined ? "" : ` (next try ${countdown(one.nextAttemptAt, nowMs)})`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
