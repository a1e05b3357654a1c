// What narrows the list of rules: words, how they stand, where they come from, what they make.
import { useEffect, useRef, useState, type ReactElement } from "react";
import type { Rule, RuleOrigin } from "@/api/schema";
import { originName, RULE_ORIGINS, standingCounts, standingWord, STANDINGS, type RuleFilter, type Standing } from "@/lib/alerting/rules";
import { useShortcuts } from "@/shell/shortcuts";
import layout from "@/components/alerting/layout.module.css";
import { NO_FILTER } from "./search";
import classes from "./Filters.module.css";

interface FiltersProps {
  readonly filter: RuleFilter;
  readonly rules: readonly Rule[];
  /** Rules that the filters take. */
  readonly found: number;
  readonly onChange: (patch: Partial<RuleFilter>, how?: "push" | "replace") => void;
}

function toggled<W extends string>(list: readonly W[], word: W): readonly W[] {
  return list.includes(word) ? list.filter((one) => one !== word) : [...list, word];
}

/** The bar above the list. */
export function Filters({ filter, rules, found, onChange }: FiltersProps): ReactElement {
  const counts = standingCounts(rules);
  const narrowed = filter.text !== "" || filter.standing.length > 0 || filter.origin.length > 0 || filter.kind !== "";
  return (
    <div className={layout["bar"]} role="search" aria-label="Rules">
      <Find text={filter.text} onText={(text) => onChange({ text }, "replace")} />
      <Choices<Standing> label="State" all={STANDINGS.filter((one) => counts[one] > 0 || filter.standing.includes(one))} on={filter.standing} name={(one) => `${standingWord(one)} ${counts[one]}`} onToggle={(one) => onChange({ standing: toggled(filter.standing, one) })} />
      <Choices<RuleOrigin> label="From" all={RULE_ORIGINS.filter((one) => rules.some((rule) => rule.origin === one) || filter.origin.includes(one))} on={filter.origin} name={originName} onToggle={(one) => onChange({ origin: toggled(filter.origin, one) })} />
      <select aria-label="Kind" className={classes["select"]} data-on={filter.kind !== ""} value={filter.kind} onChange={(event) => onChange({ kind: event.currentTarget.value === "alerting" ? "alerting" : event.currentTarget.value === "recording" ? "recording" : "" })}>
        <option value="">Alerting and recording</option>
        <option value="alerting">Alerting</option>
        <option value="recording">Recording</option>
      </select>
      <span role="status" className={layout["quiet"]}>{narrowed ? `${found} of ${rules.length}` : ""}</span>
      {narrowed ? (
        <button type="button" className={layout["link"]} onClick={() => onChange(NO_FILTER)}>
          Clear filters
        </button>
      ) : null}
    </div>
  );
}

const TYPING_MS = 200;

function Find({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const latest = useRef(onText);
  useEffect(() => {
    latest.current = onText;
  });
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => latest.current(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, text]);
  useShortcuts([{ keys: "/", what: "find rules", run: () => field.current?.focus() }]);
  return <input ref={field} type="search" className={`${layout["input"]} ${layout["find"]}`} aria-label="Find rules" placeholder="Name, group, expression, label, error" spellCheck={false} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />;
}

interface ChoicesProps<W extends string> {
  readonly label: string;
  readonly all: readonly W[];
  readonly on: readonly W[];
  readonly name: (word: W) => string;
  readonly onToggle: (word: W) => void;
}

function Choices<W extends string>({ label, all, on, name, onToggle }: ChoicesProps<W>): ReactElement | null {
  // One choice is none.
  if (all.length < 2 && on.length === 0) return null;
  return (
    <div role="group" aria-label={label} className={classes["choices"]}>
      {all.map((word) => (
        <button key={word} type="button" className={classes["choice"]} aria-pressed={on.includes(word)} onClick={() => onToggle(word)}>
          {name(word)}
        </button>
      ))}
    </div>
  );
}
