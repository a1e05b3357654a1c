// The span panel on narrow screens: the browser's own dialog over the whole page; Escape closes it, the focus stays inside.
import { useEffect, useRef, type ReactElement, type ReactNode } from "react";
import classes from "../Page.module.css";

/** A sheet over the page. */
export function Sheet({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }): ReactElement {
  const sheet = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = sheet.current;
    if (element !== null && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={sheet}
      aria-label="Span details"
      className={classes.sheet}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </dialog>
  );
}
