// The page "Trace".
import type { ReactElement } from "react";

/** The page "Trace". */
export function Page(): ReactElement {
  return <h1>Trace</h1>;
}
