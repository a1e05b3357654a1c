// A choice of a few, as radio buttons under a heading.
import { useEffect, useId, useRef, type ReactElement } from "react";
import classes from "./Choice.module.css";

interface ChoiceProps<T extends string> {
  readonly title: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  /** In one row. */
  readonly inline?: boolean;
  /** Takes the focus when it appears. */
  readonly focus?: boolean;
}

/** Radio buttons under a heading. */
export function Choice<T extends string>({ title, value, options, onChange, inline = false, focus = false }: ChoiceProps<T>): ReactElement {
  const name = useId();
  const group = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (focus) group.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
  }, [focus]);
  return (
    <fieldset ref={group} className={classes["choice"]} data-inline={inline || undefined}>
      <legend className={classes["title"]}>{title}</legend>
      {options.map((option) => (
        <label key={option.value} className={classes["option"]}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
