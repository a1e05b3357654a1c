// The command palette.
import type { ReactElement } from "react";

/** The palette; `opened` follows the overlay. */
export function Palette({ opened }: { readonly opened: boolean }): ReactElement | null {
  return opened ? <p>…</p> : null;
}
