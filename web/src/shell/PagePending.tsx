// A page's code is on its way.
import type { ReactElement } from "react";
import { Loading } from "@/shell/help";

/** Shown while the chunk of a page loads. */
export function PagePending(): ReactElement {
  return <Loading rows={10} />;
}
