// What an alert for trial is made of: severity, more labels, and to whom it goes.
import type { ReactElement } from "react";
import { takesFocus } from "@/components/alerting/takesFocus";
import form from "@/components/alerting/Form.module.css";
import { SEVERITIES } from "@/lib/alerting/severity";

/** What was filled in. */
export interface Trial {
  /** `CRITICAL` … */
  readonly severity: string;
  /** As typed: `service="api"`. */
  readonly labels: string;
  /** "" for whom the routes name. */
  readonly receiver: string;
}

interface TestFieldsProps {
  readonly trial: Trial;
  readonly receivers: readonly string[];
  /** What is wrong with the labels. */
  readonly problem: string | undefined;
  readonly onChange: (patch: Partial<Trial>) => void;
}

/** The fields. */
export function TestFields({ trial, receivers, problem, onChange }: TestFieldsProps): ReactElement {
  return (
    <>
      <label className={form["field"]}>
        Severity
        <select className={form["input"]} ref={takesFocus} value={trial.severity} onChange={(event) => onChange({ severity: event.currentTarget.value })}>
          {SEVERITIES.map((one) => (
            <option key={one} value={one.toUpperCase()}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <label className={form["field"]}>
        More labels
        <input className={form["input"]} value={trial.labels} placeholder='service="api", agent_id="coder-1"' spellCheck={false} aria-invalid={problem !== undefined} aria-describedby={problem === undefined ? undefined : "test-problem"} onChange={(event) => onChange({ labels: event.currentTarget.value })} />
      </label>
      {problem === undefined ? null : (
        <p id="test-problem" role="alert" className={form["hint"]}>
          {problem}
        </p>
      )}
      <label className={form["field"]}>
        To
        <select className={form["input"]} value={trial.receiver} onChange={(event) => onChange({ receiver: event.currentTarget.value })}>
          <option value="">whom the routes name</option>
          {receivers.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
