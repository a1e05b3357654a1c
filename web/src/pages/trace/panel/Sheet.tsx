// The span panel on narrow screens: a sheet over the whole page that Escape closes and that keeps the focus.
import { FocusTrap } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import classes from "../Page.module.css";

/** A sheet over the page. */
export function Sheet({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }): ReactElement {
  return (
    <FocusTrap active>
      <div
        role="dialog"
        aria-modal
        aria-label="Span details"
        className={classes.sheet}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onClose();
        }}
      >
        {children}
      </div>
    </FocusTrap>
  );
}
