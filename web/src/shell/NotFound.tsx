// The address leads nowhere.
import type { ReactElement } from "react";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";

/** Shown where no page has this address. */
export function NotFound(): ReactElement {
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        The address names no page of this server. <Go href={hrefs.overview()}>Go to the overview</Go>
      </p>
    </>
  );
}
