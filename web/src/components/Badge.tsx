// A word for a status or a severity. Only what somebody should look at has a colour; the word says it, too.
import { toneOfSeverity, toneOfStatus } from "@/lib/tableTones";
import classes from "./Badge.module.css";

/** A severity of a log record: `error`, `warn`, `info` … */
export function Severity({ text }: { text: string }) {
  return (
    <span className={classes.word} data-tone={toneOfSeverity(text)}>
      {text}
    </span>
  );
}

/** A status of a span or a trace: `ok`, `error`, `unset`, in any case. */
export function Status({ text }: { text: string }) {
  return (
    <span className={classes.word} data-tone={toneOfStatus(text)}>
      {text.toLowerCase()}
    </span>
  );
}
