// The page "Logs".
import type { ReactElement } from "react";

/** The page "Logs". */
export function Page(): ReactElement {
  return <h1>Logs</h1>;
}
