// Names and values that are typed: labels and annotations.
import { IconPlus, IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import layout from "@/components/alerting/layout.module.css";
import { IconButton } from "@/components/IconButton";
import type { Pair } from "@/lib/alerting/draft";
import classes from "./Editor.module.css";

interface PairsFieldProps {
  readonly label: string;
  /** What one of them is called: `label`. */
  readonly one: string;
  readonly pairs: readonly Pair[];
  readonly problem?: string | undefined;
  readonly onChange: (pairs: readonly Pair[]) => void;
}

/** A list of pairs; the button adds one. */
export function PairsField({ label, one, pairs, problem, onChange }: PairsFieldProps): ReactElement {
  const set = (place: number, patch: Partial<Pair>): void => onChange(pairs.map((pair, at) => (at === place ? { ...pair, ...patch } : pair)));
  const article = /^[aeiou]/u.test(one) ? "an" : "a";
  return (
    <fieldset className={classes["group"]}>
      <legend>{label}</legend>
      {pairs.map((pair, place) => (
        <div key={place} className={classes["pair"]}>
          <input className={`${layout["input"]} ${layout["code"]}`} aria-label={`Name of ${one} ${place + 1}`} placeholder="name" spellCheck={false} value={pair.name} onChange={(event) => set(place, { name: event.currentTarget.value })} />
          <input className={layout["input"]} aria-label={`Value of ${one} ${place + 1}`} placeholder="value, may be a template" spellCheck={false} value={pair.value} onChange={(event) => set(place, { value: event.currentTarget.value })} />
          <IconButton icon={IconX} label={`Remove ${one} ${pair.name === "" ? place + 1 : pair.name}`} onClick={() => onChange(pairs.filter((_, at) => at !== place))} />
        </div>
      ))}
      <div>
        <IconButton icon={IconPlus} label={`Add ${article} ${one}`} onClick={() => onChange([...pairs, { name: "", value: "" }])}>{`Add ${article} ${one}`}</IconButton>
      </div>
      {problem === undefined ? null : <span className={layout["problem"]} role="status">{problem}</span>}
    </fieldset>
  );
}
