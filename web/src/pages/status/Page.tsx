// The page "Status".
import type { ReactElement } from "react";

/** The page "Status". */
export function Page(): ReactElement {
  return <h1>Status</h1>;
}
