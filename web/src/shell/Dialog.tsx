// A dialog of the browser's own: it keeps the focus inside, gives it back, closes with Esc and at a press beside it.
import { IconX } from "@tabler/icons-react";
import { useEffect, useId, useRef, type MouseEvent, type ReactElement, type ReactNode } from "react";
import controls from "./controls.module.css";
import classes from "./Dialog.module.css";

interface DialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Its name; shown with a button to close unless `bare`. */
  readonly title: string;
  readonly bare?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A modal dialog. Its content is there only while it is open. What has `data-autofocus` gets the focus first. */
export function Dialog({ opened, onClose, title, bare = false, className, children }: DialogProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (opened && element?.open === false) {
      element.showModal();
      // React gave the focus before the dialog could take it, and writes no attribute that the browser would see.
      element.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    }
    if (!opened && element?.open === true) element.close();
  }, [opened]);
  const onClick = (event: MouseEvent): void => {
    if (event.target === dialog.current) onClose();
  };
  return (
    <dialog ref={dialog} className={`${classes["dialog"]} ${className ?? ""}`} aria-label={bare ? title : undefined} aria-labelledby={bare ? undefined : id} onClose={onClose} onClick={onClick}>
      {opened ? (
        <div className={classes["content"]}>
          {bare ? null : (
            <div className={classes["head"]}>
              <h2 id={id} className={classes["title"]}>
                {title}
              </h2>
              <button type="button" className={`${controls["button"]} ${controls["icon"]}`} aria-label="Close" onClick={onClose}>
                <IconX size={16} stroke={1.6} aria-hidden />
              </button>
            </div>
          )}
          {bare ? children : <div className={classes["body"]}>{children}</div>}
        </div>
      ) : null}
    </dialog>
  );
}
