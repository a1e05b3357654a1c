// The page "Services".
import type { ReactElement } from "react";

/** The page "Services". */
export function Page(): ReactElement {
  return <h1>Services</h1>;
}
