// There is no such trace: why that may be, and what to do. Looks again by itself when data arrive.
import type { ReactElement } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import { Empty } from "@/shell/help";
import controls from "@/shell/controls.module.css";
import classes from "./Page.module.css";

interface TraceNotHereProps {
  readonly traceId: string;
  readonly looking: boolean;
  readonly onRetry: () => void;
}

/** Nothing is stored under this id. */
export function TraceNotHere({ traceId, looking, onRetry }: TraceNotHereProps): ReactElement {
  return (
    <div className={classes.alone}>
      <h1>Trace {shortId(traceId)}</h1>
      <Empty
        title="No span of this trace is here"
        hint={
          <>
            Perhaps none has arrived yet: this page looks again whenever data come in. Else it is older than what is kept (see <Go href={hrefs.status()} className={classes.inText}>Status</Go> for the
            oldest span), it was deleted, or the id <code>{traceId}</code> <CopyButton text={traceId} what="trace id" /> is not complete.
          </>
        }
        action={
          <>
            <button type="button" className={controls["button"]} disabled={looking} onClick={onRetry}>
              Look again
            </button>{" "}
            <Go href={hrefs.traces()} className={controls["button"]}>
              Recent traces
            </Go>
          </>
        }
      />
    </div>
  );
}
