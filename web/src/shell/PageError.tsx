// A page broke: what happened, what it was asking for, and ways on.
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useEffect, useRef, useSyncExternalStore, type ReactElement } from "react";
import { connection, onConnection, suspect } from "@/api/connection";
import { ApiFailure } from "@/api/failure";
import { queryClient } from "@/api/queries";
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

/** A part of the page did not come: if the server cannot be reached, loads the page again once it can. */
function useReloadWhenBack(stale: boolean): boolean {
  const { state } = useSyncExternalStore(onConnection, connection);
  const away = useRef(false);
  useEffect(() => {
    if (stale) suspect();
  }, [stale]);
  useEffect(() => {
    if (!stale) return;
    if (state !== "up") away.current = true;
    else if (away.current) location.reload();
  }, [stale, state]);
  return state !== "up";
}

/** Shown in place of a page that threw; the rail and the header stay. */
export function PageError({ error, reset }: ErrorComponentProps): ReactElement {
  const message = error instanceof Error ? error.message : String(error);
  const stale = isStale(error);
  const away = useReloadWhenBack(stale);
  // What the page choked on may still be kept: it is asked for anew.
  useEffect(() => queryClient.removeQueries({ type: "inactive" }), []);
  const missing = away
    ? "A part of it could not be loaded, because the server cannot be reached. It is loaded again as soon as the server answers."
    : "A part of it could not be loaded: the server was updated, or cannot be reached. Load the page again.";
  return (
    <div className={classes["page"]} role="alert">
      <h1>{stale ? (away ? "This page waits for the server" : "This page is of an older version") : "This page broke"}</h1>
      <p>
        {stale
          ? missing
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
