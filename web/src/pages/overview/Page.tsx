// The page "Overview".
import type { ReactElement } from "react";

/** The page "Overview". */
export function Page(): ReactElement {
  return <h1>Overview</h1>;
}
