// A page broke: what happened, what it was asking for, and ways on.
import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ApiFailure } from "@/api/failure";
import { CopyButton } from "@/components/CopyButton";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import controls from "./controls.module.css";
import classes from "./PageError.module.css";

/** A new version was installed while the page was open: its old parts are gone. */
function isStale(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|module script failed|preload CSS/i.test(error.message);
}

function details(error: unknown): string {
  const lines = [
    `Time: ${new Date().toISOString()}`,
    `Address: ${location.href}`,
    error instanceof ApiFailure && error.request !== undefined ? `Request: ${error.request} → ${error.status}` : undefined,
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ];
  return lines.filter((line) => line !== undefined).join("\n");
}

/** Shown in place of a page that threw; the rail and the header stay. */
export function PageError({ error, reset }: ErrorComponentProps): ReactElement {
  const message = error instanceof Error ? error.message : String(error);
  const stale = isStale(error);
  return (
    <div className={classes["page"]} role="alert">
      <h1>{stale ? "This page is of an older version" : "This page broke"}</h1>
      <p>
        {stale
          ? "A part of it could not be loaded: the server was updated, or cannot be reached. Load the page again."
          : "That is a fault of Tachograph, not of your data. Nothing was changed or lost."}
      </p>
      {stale ? null : <pre className={classes["message"]}>{message}</pre>}
      {error instanceof ApiFailure && error.request !== undefined ? (
        <p>
          The request was <code>{error.request}</code>.
        </p>
      ) : null}
      <div className={classes["ways"]}>
        <button type="button" className={`${controls["button"]} ${controls["primary"]}`} onClick={() => location.reload()}>
          Load the page again
        </button>
        {stale ? null : (
          <button type="button" className={controls["button"]} onClick={reset}>
            Try again
          </button>
        )}
        <Go href={hrefs.overview()} className={controls["button"]} onClick={reset}>
          Go to the overview
        </Go>
        <CopyButton text={() => details(error)} what="the details">
          Copy the details
        </CopyButton>
      </div>
    </div>
  );
}

/** Shown where even the frame broke. */
export function ShellError(props: ErrorComponentProps): ReactElement {
  return (
    <main className={classes["alone"]}>
      <PageError {...props} />
    </main>
  );
}
