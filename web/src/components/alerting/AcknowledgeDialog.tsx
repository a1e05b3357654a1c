// Asks who takes alerts on, and why; the name is remembered.
import { useState, type FormEvent, type ReactElement } from "react";
import type { Alert } from "@/api/schema";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { takesFocus } from "@/components/alerting/takesFocus";
import { useAcknowledge } from "@/components/alerting/useAcknowledge";
import { rememberedName, rememberName } from "@/lib/alerting/who";
import { Dialog } from "@/shell/Dialog";
import controls from "@/shell/controls.module.css";
import classes from "./Form.module.css";

interface AcknowledgeDialogProps {
  /** What is taken on; nothing closes the dialog. */
  readonly alerts: readonly Alert[];
  /** Alerts in the group, where only one alert is named. */
  readonly groupAlerts?: number | undefined;
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

const SHOWN = 6;

/** The dialog; Enter sends it. */
export function AcknowledgeDialog({ alerts, groupAlerts, onClose, onDone }: AcknowledgeDialogProps): ReactElement {
  const opened = alerts.length > 0;
  return (
    <Dialog opened={opened} onClose={onClose} title={alerts.length > 1 ? `Acknowledge ${alerts.length} alerts` : "Acknowledge"}>
      {opened ? <Form alerts={alerts} groupAlerts={groupAlerts} onClose={onClose} {...(onDone === undefined ? {} : { onDone })} /> : null}
    </Dialog>
  );
}

function Form({ alerts, groupAlerts = 1, onClose, onDone }: AcknowledgeDialogProps): ReactElement {
  const [by, setBy] = useState(rememberedName);
  const [comment, setComment] = useState("");
  const [known] = useState(by !== "");
  const { busy, acknowledge } = useAcknowledge();
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    rememberName(by);
    if (!(await acknowledge(alerts, by.trim(), comment.trim()))) return;
    onDone?.();
    onClose();
  };
  return (
    <form className={classes["form"]} onSubmit={(event) => void send(event)}>
      <ul className={classes["subjects"]}>
        {alerts.slice(0, SHOWN).map((alert) => (
          <li key={alert.id}>
            <SeverityMark severity={alert.severity} />
            <strong>{alert.name}</strong>
            <span>{alert.summary === alert.name ? "" : alert.summary}</span>
          </li>
        ))}
        {alerts.length > SHOWN ? <li>and {alerts.length - SHOWN} more</li> : null}
      </ul>
      <p className={classes["hint"]}>
        {groupAlerts > 1 ? `All ${groupAlerts} alerts of its group are taken on together. ` : "Alerts of one group are taken on together. "}
        Repeats and escalation stop until it is over or becomes worse.
      </p>
      <label className={classes["field"]}>
        Your name
        <input className={classes["input"]} name="by" required autoComplete="name" maxLength={200} value={by} ref={known ? undefined : takesFocus} onChange={(event) => setBy(event.currentTarget.value)} />
      </label>
      <label className={classes["field"]}>
        Comment, if you like
        <input className={classes["input"]} name="comment" maxLength={1000} placeholder="What you know, what you do" value={comment} ref={known ? takesFocus : undefined} onChange={(event) => setComment(event.currentTarget.value)} />
      </label>
      <div className={classes["buttons"]}>
        <button type="button" className={controls["button"]} onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className={`${controls["button"]} ${controls["primary"]}`} disabled={busy || by.trim() === ""}>
          {busy ? "Acknowledging …" : "Acknowledge"}
        </button>
      </div>
    </form>
  );
}
