// The page "Traces".
import type { ReactElement } from "react";

/** The page "Traces". */
export function Page(): ReactElement {
  return <h1>Traces</h1>;
}
