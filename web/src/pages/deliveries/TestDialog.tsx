// Sends a test along the real route: first it shows who would get what, then it sends.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactElement } from "react";
import { api } from "@/api/client";
import form from "@/components/alerting/Form.module.css";
import { labelsOfText } from "@/lib/alerting/testAlert";
import controls from "@/shell/controls.module.css";
import { Dialog } from "@/shell/Dialog";
import { Failure } from "@/shell/help";
import { TestFields, type Trial } from "./TestFields";
import { TestReport } from "./TestReport";
import { useReceivers } from "./useDeliveries";

interface TestDialogProps {
  readonly onClose: () => void;
}

/** The dialog: what is filled in, then what would be sent, then what came of it. */
export function TestDialog({ onClose }: TestDialogProps): ReactElement {
  const client = useQueryClient();
  const [trial, setTrial] = useState<Trial>({ severity: "HIGH", labels: "", receiver: "" });
  const read = labelsOfText(trial.labels);
  const problem = "problem" in read ? read.problem : undefined;
  const { mutate, reset, data, error, isPending, variables } = useMutation({
    mutationFn: (send: boolean) =>
      api.post("/api/v1/alerts/test", { body: { severity: trial.severity, labels: "labels" in read ? read.labels : {}, send, ...(trial.receiver === "" ? {} : { receiver: trial.receiver }) } }),
    onSuccess: (_, sent) => (sent ? client.invalidateQueries({ queryKey: ["alerts"] }) : undefined),
  });
  // What was shown is what is sent: after a change it is shown anew.
  const change = (patch: Partial<Trial>): void => {
    setTrial({ ...trial, ...patch });
    reset();
  };
  const show = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === undefined) mutate(false);
  };
  const ready = !isPending && problem === undefined;
  return (
    <Dialog opened onClose={onClose} title="Send a test">
      <form className={form["form"]} onSubmit={show}>
        <p className={form["hint"]}>An alert of your making goes the way that a real one would go. Nothing is sent before you have seen to whom.</p>
        <TestFields trial={trial} receivers={useReceivers()} problem={problem} onChange={change} />
        {error === null ? null : <Failure error={error} />}
        {data === undefined ? null : <TestReport report={data} sent={variables === true} />}
        <div className={form["buttons"]}>
          <button type="button" className={controls["button"]} onClick={onClose}>
            Close
          </button>
          <button type="submit" className={controls["button"]} disabled={!ready}>
            {isPending && variables === false ? "Looking …" : "Show what would be sent"}
          </button>
          <button type="button" className={`${controls["button"]} ${controls["primary"]}`} disabled={!ready || data === undefined || data.messages.length === 0} onClick={() => mutate(true)}>
            {isPending && variables === true ? "Sending …" : "Send"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
