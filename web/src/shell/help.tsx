// What pages show where there is nothing to show: failed, loading, empty, and no data yet.
import { Suspense, type ReactElement, type ReactNode } from "react";
import { ApiFailure } from "@/api/failure";
import type { Signal } from "@/lib/snippets";
import { late } from "@/shell/late";
import classes from "./help.module.css";

const FirstData = late(() => import("@/shell/FirstData").then((module) => module.FirstData));

/** Help for sending the first data of a signal; `samples` are metrics. */
export function NoDataYet({ signal }: { readonly signal: Signal }): ReactElement {
  return (
    <Suspense fallback={<Loading rows={6} />}>
      <FirstData signal={signal} />
    </Suspense>
  );
}

/** Why something failed and what to do; `onRetry` gives a button. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }): ReactElement {
  const failure = error instanceof ApiFailure ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className={classes["failure"]} role="alert">
      <p className={classes["title"]}>{message}</p>
      {failure?.field === undefined ? null : (
        <p className={classes["hint"]}>
          It is about <code>{failure.field}</code>
          {failure.position === undefined ? "" : `, at character ${failure.position + 1}`}.
        </p>
      )}
      {failure?.hint === undefined ? null : <p className={classes["hint"]}>{failure.hint}</p>}
      {onRetry === undefined ? null : (
        <button type="button" className={classes["button"]} onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Grey rows of fixed height while something loads. `height` is that of a row in pixels. */
export function Loading({ rows = 8, height = 24 }: { readonly rows?: number; readonly height?: number }): ReactElement {
  return (
    <div className={classes["loading"]} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes["bone"]} style={{ height: height - 8, width: `${92 - ((index * 17) % 38)}%` }} />
      ))}
    </div>
  );
}

interface EmptyProps {
  /** What there is none of: `No traces match`. */
  readonly title: string;
  /** What to do about it. */
  readonly hint?: ReactNode;
  /** A button or link. */
  readonly action?: ReactNode;
}

/** Nothing matches: what, and what to do. */
export function Empty({ title, hint, action }: EmptyProps): ReactElement {
  return (
    <div className={classes["empty"]} role="status">
      <p className={classes["title"]}>{title}</p>
      {hint === undefined ? null : <p className={classes["hint"]}>{hint}</p>}
      {action === undefined ? null : <div className={classes["action"]}>{action}</div>}
    </div>
  );
}
