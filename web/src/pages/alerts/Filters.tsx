// What narrows the list: state, severity, words or matchers, acknowledged, hidden; and whether groups are shown.
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from "react";
import type { AlertCounts } from "@/api/schema";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { SeverityMark } from "@/components/alerting/SeverityMark";
import { Segments } from "@/components/Segments";
import { formatMatchers, matchersOf, readMatchers, withoutMatcher } from "@/lib/alerting/matchers";
import { SEVERITIES } from "@/lib/alerting/severity";
import { formatCount } from "@/lib/numbers";
import { useShortcuts } from "@/shell/shortcuts";
import { isFiltered, NO_FILTERS, type AlertsSearch, type Wanted } from "./search";
import classes from "./Filters.module.css";

interface FiltersProps {
  readonly search: AlertsSearch;
  readonly counts: AlertCounts | undefined;
  readonly onChange: (patch: Partial<AlertsSearch>, how?: "push" | "replace") => void;
}

/** The bar above the list. */
export function Filters({ search, counts, onChange }: FiltersProps): ReactElement {
  const history = search.state === "history";
  return (
    <div className={classes["filters"]} role="search" aria-label="Alerts">
      <States search={search} counts={counts} onChange={onChange} />
      <Find search={search} onChange={onChange} />
      {history ? null : (
        <>
          <Severities search={search} onChange={onChange} />
          <Choice label="Acknowledged" value={search.acknowledged} words={{ any: "Acknowledged?", yes: "Acknowledged", no: "Not acknowledged" }} onChange={(acknowledged) => onChange({ acknowledged })} />
          <Choice label="Hidden" value={search.hidden} words={{ any: "Hidden?", yes: "Hidden", no: "Not hidden" }} onChange={(hidden) => onChange({ hidden })} />
          <Segments label="View" value={search.view} options={[{ value: "list", label: "List" }, { value: "groups", label: "Groups" }]} onChange={(view) => onChange({ view }, "replace")} />
        </>
      )}
      <InForce search={search} onChange={onChange} />
    </div>
  );
}

function States({ search, counts, onChange }: FiltersProps): ReactElement {
  const count = (value: number | undefined): string => (value === undefined ? "" : ` ${formatCount(value)}`);
  return (
    <Segments
      label="State"
      value={search.state}
      options={[
        { value: "active", label: `Active${count(counts === undefined ? undefined : counts.firing + counts.pending)}` },
        { value: "firing", label: `Firing${count(counts?.firing)}` },
        { value: "pending", label: `Pending${count(counts?.pending)}` },
        { value: "resolved", label: `Resolved${count(counts?.resolved)}` },
        { value: "all", label: "All" },
        { value: "history", label: "History" },
      ]}
      onChange={(state) => onChange({ state })}
    />
  );
}

const TYPING_MS = 250;

/** Words narrow while they are typed; matchers in braces become chips at Enter. */
function Find({ search, onChange }: Omit<FiltersProps, "counts">): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(search.text);
  const [problem, setProblem] = useState("");
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  // Another address, another text; what is being typed stays.
  useEffect(() => setTyped(search.text), [search.text]);
  const isMatchers = typed.trimStart().startsWith("{");
  useEffect(() => {
    if (isMatchers || typed === search.text) return undefined;
    const timer = setTimeout(() => latest.current({ text: typed }, "replace"), TYPING_MS);
    return () => clearTimeout(timer);
  }, [isMatchers, typed, search.text]);
  useShortcuts([{ keys: "/", what: "find alerts", run: () => field.current?.focus() }]);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!isMatchers) return;
    const read = readMatchers(typed);
    if ("problem" in read) {
      setProblem(read.problem);
      return;
    }
    setTyped("");
    onChange({ q: formatMatchers([...matchersOf(search.q), ...read.matchers]), text: "" });
  };
  return (
    <form className={classes["find"]} onSubmit={send}>
      <input
        ref={field}
        type="search"
        className={classes["input"]}
        aria-label={search.state === "history" ? "Find in the history" : "Find alerts by name, summary, label value, or matchers in braces"}
        aria-invalid={problem !== ""}
        aria-describedby={problem === "" ? undefined : "alerts-problem"}
        placeholder={search.state === "history" ? "Name or label value" : 'Name, label value, or {service="api"}'}
        spellCheck={false}
        value={typed}
        onChange={(event) => (setTyped(event.currentTarget.value), setProblem(""))}
      />
      {problem === "" ? null : (
        <span id="alerts-problem" className={classes["problem"]} role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}

function Severities({ search, onChange }: Omit<FiltersProps, "counts">): ReactElement {
  return (
    <div role="group" aria-label="Severity" className={classes["severities"]}>
      {SEVERITIES.map((severity) => {
        const on = search.severity.includes(severity);
        return (
          <button
            key={severity}
            type="button"
            className={classes["severity"]}
            aria-pressed={on}
            aria-label={`Only ${severity}`}
            title={`Only ${severity}`}
            onClick={() => onChange({ severity: on ? search.severity.filter((one) => one !== severity) : [...search.severity, severity] })}
          >
            <SeverityMark severity={severity} />
          </button>
        );
      })}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: Wanted;
  readonly words: Readonly<Record<Wanted, string>>;
  readonly onChange: (value: Wanted) => void;
}

const WANTED: readonly Wanted[] = ["any", "no", "yes"];

function Choice({ label, value, words, onChange }: ChoiceProps): ReactElement {
  return (
    <select aria-label={label} className={classes["select"]} data-on={value !== "any"} value={value} onChange={(event) => onChange(WANTED.find((one) => one === event.currentTarget.value) ?? "any")}>
      {WANTED.map((one) => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </select>
  );
}

/** Matchers and the rule that the list is narrowed by, and a way out. */
function InForce({ search, onChange }: Omit<FiltersProps, "counts">): ReactElement | null {
  const matchers = matchersOf(search.q);
  if (!isFiltered(search) || search.state === "history") return null;
  return (
    <>
      {matchers.length === 0 ? null : <MatcherChips matchers={matchers} label="Matchers in force" onRemove={(place) => onChange({ q: withoutMatcher(search.q, place) })} />}
      {search.rule === "" ? null : <MatcherChips matchers={[{ name: "rule", op: "=", value: search.rule }]} label="Rule in force" onRemove={() => onChange({ rule: "" })} />}
      <button type="button" className={classes["clear"]} onClick={() => onChange(NO_FILTERS)}>
        Clear filters
      </button>
    </>
  );
}
