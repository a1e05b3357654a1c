// The form of the filter builder.
import { Autocomplete, NativeSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactElement } from "react";
import { api } from "@/api/client";
import type { Label } from "@/api/schema";
import { BUILTIN_FIELDS, OPERATOR_WORDS, addChoice, operatorsOf, problemOf, takesValue, type Operator } from "@/lib/traces/builder";
import { isAttribute, type TypesOf } from "@/lib/traces/literal";
import type { Filters } from "@/lib/traces/search";
import type { HeldRange } from "./useHeldRange";
import bar from "./QueryBar.module.css";

interface FilterFormProps {
  readonly filters: Filters;
  readonly onDone: (filters: Filters | undefined) => void;
  readonly labels: readonly Label[];
  readonly typesOf: TypesOf;
  readonly range: HeldRange;
}

const SUGGESTED = 60;
const WORDS: Readonly<Record<string, readonly string[]>> = {
  status: ["ok", "error", "unset"],
  kind: ["internal", "server", "client", "producer", "consumer", "unspecified"],
  duration: ["100ms", "500ms", "1s", "5s", "30s"],
  "trace duration": ["1s", "10s", "30s", "1m", "5m"],
};
/** Names whose values another name has. */
const VALUES_OF: Readonly<Record<string, string>> = { "root name": "name", "root service": "service.name" };

/** Values that a name has, those first that begin with what was typed. */
function useValues(name: string, typed: string, range: HeldRange): readonly string[] {
  const [prefix] = useDebouncedValue(typed, 200);
  const fixed = WORDS[name];
  const asked = VALUES_OF[name] ?? name;
  const { data } = useQuery({
    queryKey: ["span values", asked, prefix, range.start, range.end],
    queryFn: ({ signal }) =>
      api.get("/api/v1/labels/{name}/values", { path: { name: asked }, query: { signal: "spans", start: range.start, end: range.end, prefix: prefix === "" ? undefined : prefix, limit: SUGGESTED }, signal }),
    enabled: name !== "" && fixed === undefined && asked !== "status message",
    placeholderData: keepPreviousData,
    retry: false,
  });
  return fixed ?? [...new Set(data?.values.map(({ value }) => value) ?? [])];
}

/** Field, operator, value. */
export function FilterForm({ filters, onDone, labels, typesOf, range }: FilterFormProps): ReactElement {
  const [name, setName] = useState("");
  const [operator, setOperator] = useState<Operator>("=");
  const [value, setValue] = useState("");
  const [tried, setTried] = useState(false);
  const operators = operatorsOf(name, typesOf);
  const used = operators.includes(operator) ? operator : (operators[0] ?? "=");
  const values = useValues(name, value, range);
  const choice = { name: name.trim(), operator: used, value };
  const problem = problemOf(choice);
  const names = [...new Set([...BUILTIN_FIELDS, ...labels.map((label) => label.name)])];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === undefined) onDone(addChoice(filters, choice, typesOf));
    else setTried(true);
  };
  return (
    <form className={bar["form"]} onSubmit={submit}>
      <h2>Add a filter</h2>
      <Autocomplete
        label="Field"
        data={names}
        value={name}
        limit={SUGGESTED}
        onChange={(next) => {
          setName(next);
          setValue("");
        }}
        comboboxProps={{ withinPortal: false }}
        data-autofocus
        placeholder="service.name, duration, any attribute"
      />
      <NativeSelect label="Operator" value={used} onChange={(event) => setOperator(operators.find((one) => one === event.currentTarget.value) ?? "=")} data={operators.map((one) => ({ value: one, label: OPERATOR_WORDS[one] }))} />
      {takesValue(used) ? (
        <Autocomplete label="Value" data={[...values]} value={value} limit={SUGGESTED} onChange={setValue} comboboxProps={{ withinPortal: false }} placeholder={isAttribute(name) ? "any text" : ""} />
      ) : null}
      <div className={bar["actions"]}>
        <p className={bar["problem"]} role="status">
          {tried ? problem : ""}
        </p>
        <button type="submit" className={bar["button"]}>
          Add filter
        </button>
      </div>
    </form>
  );
}
