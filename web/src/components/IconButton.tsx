// A small button with an icon: 24 px to hit, a name for screen readers, the same name as a tooltip.
import type { ComponentType, MouseEvent } from "react";
import classes from "./IconButton.module.css";

interface IconButtonProps {
  icon: ComponentType<{ size?: number | string; "aria-hidden"?: boolean }>;
  /** What it does. */
  label: string;
  onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  /** For switches: whether it is on. */
  pressed?: boolean;
  disabled?: boolean;
  /** Words beside the icon. */
  children?: string;
}

/** An icon button. */
export function IconButton({ icon: Icon, label, onClick, pressed, disabled = false, children }: IconButtonProps) {
  return (
    <button
      type="button"
      className={classes.button}
      data-words={children !== undefined}
      {...(children === undefined ? { "aria-label": label } : {})}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={15} aria-hidden />
      {children}
    </button>
  );
}
