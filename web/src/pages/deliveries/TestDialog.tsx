// Sends a test along the real route: first it shows who would get what, then it sends.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactElement } from "react";
import { api } from "@/api/client";
import { takesFocus } from "@/components/alerting/takesFocus";
import { SEVERITIES } from "@/lib/alerting/severity";
import { labelsOfText } from "@/lib/alerting/testAlert";
import { Dialog } from "@/shell/Dialog";
import { Failure } from "@/shell/help";
import controls from "@/shell/controls.module.css";
import form from "@/components/alerting/Form.module.css";
import { TestReport } from "./TestReport";
import { useReceivers } from "./useDeliveries";

interface TestDialogProps {
  readonly onClose: () => void;
}

/** The dialog: what is filled in, then what would be sent, then what came of it. */
export function TestDialog({ onClose }: TestDialogProps): ReactElement {
  const client = useQueryClient();
  const receivers = useReceivers();
  const [severity, setSeverity] = useState("HIGH");
  const [labels, setLabels] = useState("");
  const [receiver, setReceiver] = useState("");
  const read = labelsOfText(labels);
  const { mutate, data, error, isPending, variables } = useMutation({
    mutationFn: (send: boolean) => api.post("/api/v1/alerts/test", { body: { severity, labels: "labels" in read ? read.labels : {}, send, ...(receiver === "" ? {} : { receiver }) } }),
    onSuccess: (_, sent) => (sent ? client.invalidateQueries({ queryKey: ["alerts"] }) : undefined),
  });
  const problem = "problem" in read ? read.problem : undefined;
  const show = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === undefined) mutate(false);
  };
  return (
    <Dialog opened onClose={onClose} title="Send a test">
      <form className={form["form"]} onSubmit={show}>
        <p className={form["hint"]}>An alert of your making goes the way that a real one would go. Nothing is sent before you have seen to whom.</p>
        <label className={form["field"]}>
          Severity
          <select className={form["input"]} ref={takesFocus} value={severity} onChange={(event) => setSeverity(event.currentTarget.value)}>
            {SEVERITIES.map((one) => (
              <option key={one} value={one.toUpperCase()}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label className={form["field"]}>
          More labels
          <input className={form["input"]} value={labels} placeholder='service="api", agent_id="coder-1"' spellCheck={false} aria-invalid={problem !== undefined} aria-describedby={problem === undefined ? undefined : "test-problem"} onChange={(event) => setLabels(event.currentTarget.value)} />
        </label>
        {problem === undefined ? null : (
          <p id="test-problem" role="alert" className={form["hint"]}>
            {problem}
          </p>
        )}
        <label className={form["field"]}>
          To
          <select className={form["input"]} value={receiver} onChange={(event) => setReceiver(event.currentTarget.value)}>
            <option value="">whom the routes name</option>
            {receivers.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {error === null ? null : <Failure error={error} />}
        {data === undefined ? null : <TestReport report={data} sent={variables === true} />}
        <div className={form["buttons"]}>
          <button type="button" className={controls["button"]} onClick={onClose}>
            Close
          </button>
          <button type="submit" className={controls["button"]} disabled={isPending || problem !== undefined}>
            {isPending && variables === false ? "Looking …" : "Show what would be sent"}
          </button>
          <button type="button" className={`${controls["button"]} ${controls["primary"]}`} disabled={isPending || data === undefined || data.messages.length === 0 || problem !== undefined} onClick={() => mutate(true)}>
            {isPending && variables === true ? "Sending …" : "Send"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
