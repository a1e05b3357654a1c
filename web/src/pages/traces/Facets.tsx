// The facets: top values of names with counts, to take or to leave out; more names can be added.
import { Autocomplete } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Label } from "@/api/schema";
import { FacetList } from "@/components/FacetList";
import { IconButton } from "@/components/IconButton";
import { slotVar } from "@/lib/colour";
import { facetState, toggleFacet } from "@/lib/traces/filters";
import type { TypesOf } from "@/lib/traces/literal";
import type { Filters } from "@/lib/traces/search";
import { Failure, Loading } from "@/shell/help";
import type { Facets as FacetData } from "./useSpanFigures";
import { isMistake } from "./useTraceList";
import classes from "./Facets.module.css";

interface FacetsProps {
  readonly data: FacetData;
  readonly filters: Filters;
  /** Undefined: the text has a mistake and cannot be added to. */
  readonly onUse: (filters: Filters | undefined) => void;
  readonly typesOf: TypesOf;
  readonly labels: readonly Label[];
  readonly slotOf: (service: string) => number | undefined;
  /** Names that were added. */
  readonly extra: readonly string[];
  readonly onExtra: (names: readonly string[]) => void;
}

const TITLES: Readonly<Record<string, string>> = { "service.name": "Service", name: "Name", status: "Status", kind: "Kind" };
/** Names that are open at the start; the others take a click. */
const OPEN = 6;
/** Names that come first. */
const FIRST: readonly string[] = ["service.name", "name", "status", "kind"];

function rank(name: string): number {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
}

/** All facets. */
export function Facets({ data, filters, onUse, typesOf, labels, slotOf, extra, onExtra }: FacetsProps): ReactElement {
  if (isMistake(data.error)) return <p className={classes["note"]}>Shown once the query is right.</p>;
  if (data.error !== null && data.facets.length === 0) return <Failure error={data.error} onRetry={data.retry} />;
  if (data.loading) return <Loading rows={16} />;
  return (
    <>
      {data.facets.toSorted((a, b) => rank(a.name) - rank(b.name)).map((facet, index) => {
        const { included, excluded } = facetState(filters, facet.name);
        const toggle = (value: string, on: boolean, how: "include" | "exclude"): void => onUse(toggleFacet(filters, facet.name, { value, on, how }, typesOf));
        return (
          <div key={facet.name} className={classes["facet"]}>
            <FacetList
              title={TITLES[facet.name] ?? facet.name}
              values={facet.values}
              included={included}
              excluded={excluded}
              onInclude={(value, on) => toggle(value, on, "include")}
              onExclude={(value, on) => toggle(value, on, "exclude")}
              tooMany={facet.tooManyValues === true}
              folded={index >= OPEN && included.length + excluded.length === 0 && !extra.includes(facet.name)}
              {...(facet.name === "service.name" ? { mark: (value: string) => <SlotMark slot={slotOf(value)} /> } : {})}
            />
            {extra.includes(facet.name) ? (
              <span className={classes["drop"]}>
                <IconButton icon={IconX} label={`Remove the facet ${facet.name}`} onClick={() => onExtra(extra.filter((name) => name !== facet.name))} />
              </span>
            ) : null}
          </div>
        );
      })}
      <AddFacet labels={labels} taken={data.facets.map((facet) => facet.name)} onAdd={(name) => onExtra([...extra.filter((one) => one !== name), name])} />
    </>
  );
}

function SlotMark({ slot }: { readonly slot: number | undefined }): ReactElement | null {
  return slot === undefined ? null : <span className={classes["mark"]} style={{ background: slotVar(slot) }} aria-hidden />;
}

interface AddFacetProps {
  readonly labels: readonly Label[];
  readonly taken: readonly string[];
  readonly onAdd: (name: string) => void;
}

function AddFacet({ labels, taken, onAdd }: AddFacetProps): ReactElement {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const names = [...new Set(labels.map((label) => label.name))].filter((one) => !taken.includes(one));
  if (!open) {
    return (
      <IconButton icon={IconPlus} label="Show another attribute here" onClick={() => setOpen(true)}>
        Attribute
      </IconButton>
    );
  }
  const add = (chosen: string): void => {
    if (chosen !== "") onAdd(chosen);
    setName("");
    setOpen(false);
  };
  return (
    <Autocomplete
      aria-label="Attribute to show here"
      placeholder="attribute"
      size="xs"
      autoFocus
      data={names}
      limit={60}
      value={name}
      onChange={setName}
      onOptionSubmit={add}
      onBlur={() => setOpen(false)}
      onKeyDown={(event) => {
        if (event.key === "Escape") setOpen(false);
        if (event.key === "Enter" && names.includes(name)) add(name);
      }}
    />
  );
}
