// Who gets a test and what they get; once it was sent, whether it arrived.
import type { ReactElement } from "react";
import type { AlertTestMessage, AlertTestReport } from "@/api/schema";
import { hiddenWord } from "@/lib/alerting/words";
import { formatDuration } from "@/lib/units";
import classes from "./TestReport.module.css";

interface TestReportProps {
  readonly report: AlertTestReport;
  /** It was sent, not only shown. */
  readonly sent: boolean;
}

/** The report. */
export function TestReport({ report, sent }: TestReportProps): ReactElement {
  const { receivers, messages, hidden } = report;
  return (
    <section className={classes["report"]} aria-label={sent ? "What came of it" : "What would be sent"} aria-live="polite">
      <p className={classes["line"]}>{receivers.length === 0 ? "No route names a receiver: nobody would be told." : `${sent ? "Sent to" : "Goes to"} ${receivers.join(", ")}.`}</p>
      {receivers.length > 0 && messages.length === 0 ? <p className={classes["line"]}>None of them has a channel: nothing would be sent.</p> : null}
      {hidden.map((one) => (
        <p key={`${one.by} ${one.id}`} className={classes["line"]}>
          A real one would be {hiddenWord(one)}: {one.text}
        </p>
      ))}
      {messages.map((message, place) => (
        <Message key={`${place} ${message.receiver}`} message={message} />
      ))}
    </section>
  );
}

function Message({ message }: { readonly message: AlertTestMessage }): ReactElement {
  return (
    <details className={classes["message"]} open>
      <summary>
        <strong>{message.receiver}</strong> {message.channel}
        <span className={classes["outcome"]} data-tone={message.sent === false || message.error !== undefined ? "red" : undefined}>
          {outcome(message)}
        </span>
      </summary>
      <p className={classes["line"]}>{message.title}</p>
      <pre tabIndex={0} aria-label={`Text to ${message.receiver}`}>
        {message.text}
      </pre>
    </details>
  );
}

function outcome({ sent, error, durationMs }: AlertTestMessage): string {
  if (error !== undefined) return error;
  if (sent === undefined) return "not sent yet";
  return sent ? `arrived${durationMs === undefined ? "" : ` in ${formatDuration(durationMs)}`}` : "did not arrive";
}
