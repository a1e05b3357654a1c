// A condition in force, which a click takes away.
import { IconX } from "@tabler/icons-react";
import classes from "./Chip.module.css";

interface ChipProps {
  /** The name of what is filtered: `service`. */
  name: string;
  value: string;
  /** Written between name and value: `=`, `!=`. */
  operator?: string;
  onRemove: () => void;
}

/** A removable filter. */
export function Chip({ name, value, operator = "=", onRemove }: ChipProps) {
  return (
    <span className={classes.chip}>
      <span className={classes.text} title={`${name} ${operator} ${value}`}>
        <span className={classes.name}>{name}</span> {operator} {value}
      </span>
      <button type="button" className={classes.remove} aria-label={`Remove filter ${name} ${operator} ${value}`} onClick={onRemove}>
        <IconX size={12} aria-hidden />
      </button>
    </span>
  );
}
