// A labelled field of a form with its hint and what is wrong with it.
import { useId, type ReactElement } from "react";
import layout from "@/components/alerting/layout.module.css";
import classes from "./Editor.module.css";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem?: string | undefined;
  readonly hint?: string;
  readonly placeholder?: string;
  /** Values that are offered. */
  readonly offers?: readonly string[];
  readonly rows?: number;
  readonly code?: boolean;
  readonly autoFocus?: boolean;
}

const OFFERS_MAX = 2_000;

/** One line of text, or several with `rows`. */
export function Field({ label, value, onChange, problem, hint, placeholder, offers, rows, code = false, autoFocus = false }: FieldProps): ReactElement {
  const id = useId();
  const said = problem ?? hint;
  const common = {
    id, value, placeholder, autoFocus, spellCheck: rows !== undefined && !code, autoComplete: "off",
    className: `${layout["input"]} ${code ? layout["code"] : ""}`,
    "aria-invalid": problem !== undefined,
    "aria-describedby": said === undefined ? undefined : `${id}-said`,
  };
  return (
    <div className={layout["field"]}>
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? <input {...common} {...(offers === undefined ? {} : { list: `${id}-offers` })} onChange={(event) => onChange(event.currentTarget.value)} /> : <textarea {...common} rows={rows} onChange={(event) => onChange(event.currentTarget.value)} />}
      {offers === undefined ? null : (
        <datalist id={`${id}-offers`}>
          {offers.slice(0, OFFERS_MAX).map((offer) => (
            <option key={offer} value={offer}>
              {offer}
            </option>
          ))}
        </datalist>
      )}
      {said === undefined ? null : <span id={`${id}-said`} className={problem === undefined ? classes["hint"] : layout["problem"]}>{said}</span>}
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly problem?: string | undefined;
}

/** A choice of a few. */
export function Select({ label, value, options, onChange, problem }: SelectProps): ReactElement {
  return (
    <label className={layout["field"]}>
      {label}
      <select className={layout["input"]} value={value} aria-invalid={problem !== undefined} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {problem === undefined ? null : <span className={layout["problem"]}>{problem}</span>}
    </label>
  );
}
