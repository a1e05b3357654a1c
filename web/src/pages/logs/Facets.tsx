// What the lines have in common: severity, service, agent and so on with counts; fields for what one looks up by name.
import { Autocomplete } from "@mantine/core";
import { useMemo, useState, type ReactElement } from "react";
import type { Facet } from "@/api/schema";
import { FacetList } from "@/components/FacetList";
import { slotVar } from "@/lib/colour";
import { chosenFields, facetsShown, visibleText } from "@/lib/logs/facets";
import { exclude, excludedValues, include, includedValue, includedValues, release, setIncluded, unexclude } from "@/lib/logs/filters";
import { SEVERITIES, severityWord } from "@/lib/logs/severity";
import { remember, rememberedList } from "@/lib/storage";
import { Loading } from "@/shell/help";
import { useLogs } from "./context";
import { seen, useLogNames, useLogValues } from "./FilterRow";
import { useFacets, useOpenFacet } from "./useResults";
import { useServiceSlots } from "./useSlots";
import classes from "./Facets.module.css";

const ADDED = "logs.facets";

/** The column of facets. */
export function Facets(): ReactElement {
  const { conditions } = useLogs();
  const names = useLogNames();
  const [added, setAdded] = useState(() => rememberedList(ADDED));
  const usual = useFacets(conditions, []);
  const extra = useFacets(conditions, added, added.length > 0);
  const change = (next: readonly string[]): void => {
    remember(ADDED, JSON.stringify(next));
    setAdded(next);
  };
  const services = usual.data?.facets.find((facet) => facet.name === "service.name")?.values;
  const slots = useServiceSlots(useMemo(() => services?.map((one) => one.value) ?? [], [services]));
  const shown = facetsShown(usual.data?.facets ?? [], added.length > 0 ? (extra.data?.facets ?? []) : []);
  return (
    <div className={classes["facets"]}>
      <h2 className={classes["hidden"]}>Narrow down</h2>
      {chosenFields(names).map((field) => (
        <QuickField key={field.name} {...field} />
      ))}
      {usual.data === undefined && !usual.isError ? <Loading rows={16} /> : null}
      {shown.map((facet) => (
        <OneFacet key={facet.name} facet={facet} slots={slots} onDrop={added.includes(facet.name) ? () => change(added.filter((name) => name !== facet.name)) : undefined} />
      ))}
      <AddFacet names={names.filter((name) => !shown.some((facet) => facet.name === name))} onAdd={(name) => change([...added, name].slice(-8))} />
    </div>
  );
}

/** A field for one name: agent, task, correlation id. Enter or a pick filters; emptied it lets go. */
function QuickField({ name, label }: { readonly name: string; readonly label: string }): ReactElement {
  const { conditions, ask } = useLogs();
  const now = includedValue(conditions, name);
  const [typed, setTyped] = useState<{ of: string; text: string }>({ of: now, text: now });
  const text = typed.of === now ? typed.text : now;
  const values = useLogValues(name, text === now ? "" : text);
  const apply = (value: string): void => {
    if (value !== now) ask(value === "" ? release(conditions, name) : include(conditions, name, value));
  };
  return (
    <Autocomplete
      withScrollArea={false}
      renderOption={seen}
      className={classes["quick"] ?? ""}
      aria-label={`${label}: filter by ${name}`}
      placeholder={label}
      size="xs"
      data={[...values]}
      limit={12}
      value={text}
      onChange={(next) => {
        setTyped({ of: now, text: next });
        if (next === "") apply("");
      }}
      onOptionSubmit={apply}
      onKeyDown={(event) => {
        if (event.key === "Enter") apply(text.trim());
      }}
      clearable
    />
  );
}

const TITLES: Readonly<Record<string, string>> = { severity: "Level", "service.name": "Service", event_name: "Event" };

function OneFacet({ facet, slots, onDrop }: { readonly facet: Facet; readonly slots: Readonly<Record<string, number>>; readonly onDrop: (() => void) | undefined }): ReactElement {
  const { conditions, ask } = useLogs();
  const { name } = facet;
  const included = includedValues(conditions, name);
  const out = excludedValues(conditions, name).map((value) => (name === "severity" ? value.toUpperCase() : value));
  const open = useOpenFacet(conditions, name);
  // While something is asked of the name, the counts are of what could be chosen instead.
  const found = (included.length > 0 ? open.data?.facets[0] : undefined)?.values ?? facet.values;
  const values = name === "severity" ? byGravity(found) : found;
  return (
    <div className={classes["facet"]}>
      <FacetList
        title={TITLES[name] ?? visibleText(name)}
        values={values}
        included={included}
        excluded={out}
        tooMany={facet.tooManyValues === true}
        onInclude={(value, on) => ask(setIncluded(conditions, name, on ? [...included, value] : included.filter((one) => one !== value)))}
        onExclude={(value, on) => ask(on ? exclude(conditions, name, value) : unexclude(conditions, name, value))}
        write={name === "severity" ? severityWord : visibleText}
        {...(name === "service.name" ? { mark: (value: string) => <span className={classes["tick"]} style={slots[value] === undefined ? undefined : { background: slotVar(slots[value]) }} aria-hidden /> } : {})}
      />
      {onDrop === undefined ? null : (
        <button type="button" className={classes["drop"]} aria-label={`Remove facet ${name}`} onClick={onDrop}>
          remove
        </button>
      )}
    </div>
  );
}

/** Severities, the gravest first. */
function byGravity(values: Facet["values"]): Facet["values"] {
  const place = (value: string): number => SEVERITIES.findIndex((severity) => severity === value);
  return values.toSorted((a, b) => place(a.value) - place(b.value));
}

function AddFacet({ names, onAdd }: { readonly names: readonly string[]; readonly onAdd: (name: string) => void }): ReactElement {
  const [text, setText] = useState("");
  const add = (name: string): void => {
    if (name !== "") onAdd(name);
    setText("");
  };
  return (
    <Autocomplete
      withScrollArea={false}
      renderOption={seen}
      className={classes["quick"] ?? ""}
      aria-label="Add a facet by the name of an attribute"
      placeholder="+ facet of an attribute"
      size="xs"
      data={[...names]}
      limit={12}
      value={text}
      onChange={setText}
      onOptionSubmit={(name) => {
        add(name);
        queueMicrotask(() => setText(""));
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && names.includes(text)) add(text);
      }}
    />
  );
}
