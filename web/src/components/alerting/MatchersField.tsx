// Matchers to build: label, operator, value, each with what alerts have now as an offer; or typed as text.
import { IconPlus, IconX } from "@tabler/icons-react";
import { useId, useState, type ReactElement } from "react";
import type { Matcher } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { IconButton } from "@/components/IconButton";
import { formatMatchers, readMatchers } from "@/lib/alerting/matchers";
import classes from "./MatchersField.module.css";

interface MatchersFieldProps {
  readonly matchers: readonly Matcher[];
  readonly onChange: (matchers: readonly Matcher[]) => void;
  /** Values by label, to choose from. */
  readonly known: ReadonlyMap<string, readonly string[]>;
}

const OPERATORS = ["=", "!=", "=~", "!~"] as const;
const OFFERS_MAX = 200;

/** The builder. */
export function MatchersField({ matchers, onChange, known }: MatchersFieldProps): ReactElement {
  const id = useId();
  const set = (place: number, patch: Partial<Matcher>): void => onChange(matchers.map((one, at) => (at === place ? { ...one, ...patch } : one)));
  return (
    <fieldset className={classes["matchers"]}>
      <legend>All of these must hold</legend>
      <datalist id={`${id}-names`}>
        {[...known.keys()].slice(0, OFFERS_MAX).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      {matchers.map((matcher, place) => (
        <div key={place} className={classes["matcher"]}>
          <input className={`${layout["input"]} ${layout["code"]}`} aria-label={`Label ${place + 1}`} {...(matcher.name === "" ? { "data-autofocus": true } : {})} placeholder="label" list={`${id}-names`} spellCheck={false} autoComplete="off" value={matcher.name} onChange={(event) => set(place, { name: event.currentTarget.value })} />
          <select className={layout["input"]} aria-label={`Operator ${place + 1}`} value={matcher.op} onChange={(event) => set(place, { op: event.currentTarget.value })}>
            {OPERATORS.map((op) => (
              <option key={op} value={op}>
                {op}
              </option>
            ))}
          </select>
          <input className={`${layout["input"]} ${layout["code"]}`} aria-label={`Value ${place + 1}`} placeholder={matcher.op.endsWith("~") ? "a|b.*" : "value"} list={`${id}-values-${place}`} spellCheck={false} autoComplete="off" value={matcher.value} onChange={(event) => set(place, { value: event.currentTarget.value })} />
          <datalist id={`${id}-values-${place}`}>
            {(known.get(matcher.name) ?? []).slice(0, OFFERS_MAX).map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </datalist>
          <IconButton icon={IconX} label={`Remove matcher ${place + 1}`} onClick={() => onChange(matchers.filter((_, at) => at !== place))} />
        </div>
      ))}
      <div className={layout["bar"]}>
        <IconButton icon={IconPlus} label="Add a matcher" onClick={() => onChange([...matchers, { name: "", op: "=", value: "" }])}>Add a matcher</IconButton>
        <Typed matchers={matchers} onChange={onChange} />
      </div>
    </fieldset>
  );
}

/** The same as text, for those who have it already. */
function Typed({ matchers, onChange }: Pick<MatchersFieldProps, "matchers" | "onChange">): ReactElement {
  const [text, setText] = useState<string>();
  const read = text === undefined ? undefined : readMatchers(text);
  if (text === undefined) {
    return (
      <button type="button" className={layout["link"]} onClick={() => setText(formatMatchers(matchers.filter(({ name }) => name !== "")))}>
        Type them
      </button>
    );
  }
  return (
    <input
      className={`${layout["input"]} ${layout["code"]} ${classes["typed"]}`}
      aria-label="Matchers as text"
      aria-invalid={read !== undefined && "problem" in read}
      title={read !== undefined && "problem" in read ? read.problem : undefined}
      spellCheck={false}
      autoFocus
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value;
        const found = readMatchers(next);
        setText(next);
        if ("matchers" in found) onChange(found.matchers);
      }}
      onBlur={() => setText(undefined)}
    />
  );
}
