// The page "Explore".
import type { ReactElement } from "react";

/** The page "Explore". */
export function Page(): ReactElement {
  return <h1>Explore</h1>;
}
