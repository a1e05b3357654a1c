// What can be done with the alerts that are ticked.
import type { ReactElement } from "react";
import { plural } from "@/lib/numbers";
import controls from "@/shell/controls.module.css";
import classes from "./AlertTable.module.css";

interface SelectionBarProps {
  readonly count: number;
  readonly onAcknowledge: () => void;
  readonly onSilence: () => void;
  readonly onClear: () => void;
}

/** The bar above the list. */
export function SelectionBar({ count, onAcknowledge, onSilence, onClear }: SelectionBarProps): ReactElement {
  return (
    <div className={classes["selection"]} role="group" aria-label="Ticked alerts">
      <span role="status">{plural(count, "alert")} ticked</span>
      <button type="button" className={controls["button"]} onClick={onAcknowledge}>
        Acknowledge <kbd className={controls["kbd"]}>a</kbd>
      </button>
      <button type="button" className={controls["button"]} onClick={onSilence}>
        Silence <kbd className={controls["kbd"]}>s</kbd>
      </button>
      <button type="button" className={controls["button"]} onClick={onClear}>
        Untick
      </button>
    </div>
  );
}
