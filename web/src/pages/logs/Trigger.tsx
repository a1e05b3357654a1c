// An icon button that opens a menu or a popover: it takes what Mantine's targets hand to their child.
import type { ButtonHTMLAttributes, ComponentType, ReactElement, Ref } from "react";
import classes from "./Page.module.css";

interface TriggerProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: ComponentType<{ size?: number | string; "aria-hidden"?: boolean }>;
  readonly label: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** The button. */
export function Trigger({ icon: Icon, label, className = "", ...rest }: TriggerProps): ReactElement {
  return (
    <button type="button" {...rest} className={`${classes["trigger"] ?? ""} ${className}`} aria-label={label} title={label}>
      <Icon size={15} aria-hidden />
    </button>
  );
}
