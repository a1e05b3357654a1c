// A page broke: what happened, and ways on.
import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Failure } from "@/shell/help";

/** Shown in place of a page that threw. */
export function PageError({ error, reset }: ErrorComponentProps): ReactElement {
  return (
    <>
      <h1>This page broke</h1>
      <Failure error={error} onRetry={reset} />
    </>
  );
}
