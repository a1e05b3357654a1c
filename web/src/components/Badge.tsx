// A word for a severity. Only what somebody should look at has a colour; the word says it, too.
import { toneOfSeverity } from "@/lib/tableTones";
import classes from "./Badge.module.css";

/** A severity of a log record: `error`, `warn`, `info` … */
export function Severity({ text }: { text: string }) {
  return (
    <span className={classes.word} data-tone={toneOfSeverity(text)}>
      {text}
    </span>
  );
}
