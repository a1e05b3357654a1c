// The conditions beside the query text as chips, and a builder for more.
import { Autocomplete, Popover, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { api } from "@/api/client";
import { Chip } from "@/components/Chip";
import { EVERYTHING, allChips, paramChips } from "@/lib/logs/conditions";
import { visibleText } from "@/lib/logs/facets";
import { withFilter } from "@/lib/logs/filters";
import { useLogs } from "./context";
import { useSettledRange } from "./useSettledRange";
import classes from "./FilterRow.module.css";

const OPERATORS = [
  { value: "=", label: "is" },
  { value: "!=", label: "is not" },
  { value: "=~", label: "matches (regex)" },
  { value: "!~", label: "does not match" },
];

/** Names and values seldom change. */
const PAUSE_MS = 60_000;
const FIELDS = ["service.name", "severity", "trace_id", "span_id", "event_name"];

/** Chips and the builder. */
export function FilterRow(): ReactElement {
  const { conditions, ask } = useLogs();
  const chips = paramChips(conditions);
  return (
    <div className={classes["row"]} role="group" aria-label="Filters">
      {chips.map((chip) => (
        <Chip key={chip.key} name={chip.name} value={chip.text} onRemove={() => ask(chip.without)} />
      ))}
      <Builder />
      {allChips(conditions).length > 1 ? (
        <button type="button" className={classes["clear"]} onClick={() => ask(EVERYTHING)}>
          clear all
        </button>
      ) : null}
    </div>
  );
}

function Builder(): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus>
      <Popover.Target>
        <button type="button" className={classes["add"]} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconFilter size={13} aria-hidden />
          Add filter
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <BuilderForm onDone={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** An option of a list of names or values. */
export function seen({ option }: { readonly option: { readonly value: string } }): string {
  return visibleText(option.value);
}

/** Names of attributes of log records in the range. */
export function useLogNames(): readonly string[] {
  const { start, end } = useSettledRange(PAUSE_MS);
  const { data } = useQuery({
    queryKey: ["logs", "names", start, end],
    queryFn: ({ signal }) => api.get("/api/v1/labels", { query: { signal: "logs", start, end }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return data?.labels.map((label) => label.name) ?? [];
}

/** Values of a name that start with `prefix`, the most frequent first. */
export function useLogValues(name: string, prefix: string): readonly string[] {
  const { start, end } = useSettledRange(PAUSE_MS);
  const [asked] = useDebouncedValue(prefix, 150);
  const { data } = useQuery({
    queryKey: ["logs", "values", name, asked, start, end],
    queryFn: ({ signal }) => api.get("/api/v1/labels/{name}/values", { path: { name }, query: { signal: "logs", start, end, prefix: asked === "" ? undefined : asked, limit: 30 }, signal }),
    enabled: name !== "",
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  return [...new Set(data?.values.map((one) => one.value).filter((value) => value !== ""))];
}

function BuilderForm({ onDone }: { readonly onDone: () => void }): ReactElement {
  const { conditions, ask } = useLogs();
  const [name, setName] = useState("");
  const [op, setOp] = useState("=");
  const [value, setValue] = useState("");
  const names = useLogNames();
  const values = useLogValues(name, value);
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (name === "" || (value === "" && (op === "=" || op === "=~"))) return;
        ask(withFilter(conditions, name, op, value));
        onDone();
      }}
    >
      <Autocomplete withScrollArea={false} renderOption={seen} label="Name" size="xs" data={[...new Set([...FIELDS, ...names])]} limit={12} value={name} onChange={setName} data-autofocus comboboxProps={{ withinPortal: false }} />
      <Select withScrollArea={false} label="Condition" size="xs" data={OPERATORS} value={op} onChange={(next) => setOp(next ?? "=")} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
      <Autocomplete withScrollArea={false} renderOption={seen} label="Value" size="xs" data={[...values]} limit={12} value={value} onChange={setValue} comboboxProps={{ withinPortal: false }} />
      <button type="submit" className={classes["submit"]}>
        Filter
      </button>
    </form>
  );
}
