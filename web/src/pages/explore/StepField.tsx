// The distance between points: chosen from range and width unless typed.
import { useState } from "react";
import { parseStep, writeStep } from "@/lib/promql/step";
import classes from "./StepField.module.css";

interface StepFieldProps {
  /** As the URL has it; empty: chosen. */
  value: string;
  /** The step in use, seconds. */
  used: number;
  lengthened: boolean;
  onChange: (value: string) => void;
}

/** A small field for the step. */
export function StepField({ value, used, lengthened, onChange }: StepFieldProps) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  const bad = typed.trim() !== "" && parseStep(typed) === undefined;
  const commit = (): void => {
    if (!bad && typed.trim() !== value) onChange(typed.trim());
  };
  const title = bad ? "A step is a duration such as 30s or 5m" : lengthened ? `Made longer to ${writeStep(used)}: a series may have 11,000 points` : "Distance between points";
  return (
    <label className={classes.step} title={title}>
      <span className={classes.name}>Step</span>
      <input
        className={classes.field}
        type="text"
        value={typed}
        placeholder={`auto ${writeStep(used)}`}
        aria-invalid={bad}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") setTyped(value);
        }}
      />
      {lengthened ? <span className={classes.used}>{`used ${writeStep(used)}`}</span> : null}
    </label>
  );
}
