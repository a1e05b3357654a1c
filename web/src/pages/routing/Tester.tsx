// "Who gets this?": labels are typed, the way lights up in the tree, and here stands who is told and what would hide it.
import { useEffect, useRef, useState, type ReactElement } from "react";
import type { RouteTestReport } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Panel } from "@/components/Panel";
import { Go } from "@/components/Go";
import { hiddenWord } from "@/lib/alerting/words";
import { hrefs } from "@/lib/href";
import { Failure } from "@/shell/help";
import { useShortcuts } from "@/shell/shortcuts";
import type { RouteTest } from "./useRouteTest";
import classes from "./Page.module.css";

interface TesterProps {
  /** As the URL has them. */
  readonly labels: string;
  readonly test: RouteTest;
  readonly onLabels: (text: string) => void;
}

const EXAMPLES = ["severity=CRITICAL", "severity=HIGH, service=api", "alertname=AgentFailureSpike, severity=HIGH"] as const;

/** The field and the answer. */
export function Tester({ labels, test, onLabels }: TesterProps): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(labels);
  useEffect(() => setTyped(labels), [labels]);
  useShortcuts([{ keys: "/", what: "who gets this?", run: () => field.current?.focus() }]);
  const type = (text: string): void => {
    setTyped(text);
    onLabels(text);
  };
  return (
    <Panel title="Who gets this?">
      <div className={layout["bar"]}>
        <input
          ref={field}
          className={`${layout["input"]} ${layout["code"]} ${classes["labels"]}`}
          type="search"
          aria-label="Labels of an alert"
          aria-invalid={test.problem !== undefined}
          aria-describedby={test.problem === undefined ? undefined : "labels-problem"}
          placeholder="severity=critical, service=api"
          spellCheck={false}
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
        />
        {labels === "" ? EXAMPLES.map((example) => (
          <button key={example} type="button" className={`${layout["link"]} ${layout["code"]}`} onClick={() => type(example)}>
            {example}
          </button>
        )) : null}
      </div>
      {test.problem === undefined ? null : <p id="labels-problem" className={layout["problem"]} role="alert">{test.problem}</p>}
      {test.error === null ? null : <Failure error={test.error} />}
      <div aria-live="polite" aria-busy={test.busy}>{test.report === undefined ? null : <Answer report={test.report} />}</div>
    </Panel>
  );
}

function Answer({ report }: { readonly report: RouteTestReport }): ReactElement {
  const { receivers, hidden, escalation, onCall } = report;
  return (
    <div className={classes["answer"]}>
      <p className={classes["verdict"]}>{hidden.length > 0 ? "Nobody now" : receivers.length === 0 ? "Nobody: its route names no receiver" : receivers.join(", ")}</p>
      {hidden.map((one) => (
        <p key={`${one.by} ${one.id}`} className={layout["tone"]} data-tone="amber">
          {`${hiddenWord(one)}: ${one.text}`}
          {receivers.length === 0 ? "" : `; without it ${receivers.join(", ")}`}
        </p>
      ))}
      {escalation === undefined ? null : (
        <p className={`${layout["quiet"]} ${layout["inline"]}`}>
          If nobody takes it on: <Go href={hrefs.onCall()}>{escalation}</Go>
          {onCall.length === 0 ? "" : `, on call: ${onCall.join(", ")}`}
        </p>
      )}
    </div>
  );
}
