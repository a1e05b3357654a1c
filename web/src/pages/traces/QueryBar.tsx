// The query: one field for TraceQL, the filter builder beside it, chips below, and what is wrong with it.
import { IconCode, IconSearch } from "@tabler/icons-react";
import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { ApiFailure } from "@/api/failure";
import { Chip } from "@/components/Chip";
import { useGo } from "@/components/Go";
import { QueryField } from "@/editor/QueryField";
import { hrefs } from "@/lib/href";
import { formOfId, normalId } from "@/lib/ids";
import { chipsOf, chipsToText } from "@/lib/traces/filters";
import type { TypesOf } from "@/lib/traces/literal";
import { NO_FILTERS, hasFilters, type Filters } from "@/lib/traces/search";
import { useShortcuts } from "@/shell/shortcuts";
import classes from "./QueryBar.module.css";

interface QueryBarProps {
  readonly filters: Filters;
  /** Runs another search. */
  readonly onFilters: (filters: Filters) => void;
  readonly typesOf: TypesOf;
  /** What the server says about the search. */
  readonly error: unknown;
  /** The builder, the help and the menu. */
  readonly children: (onUse: (filters: Filters | undefined) => void) => ReactNode;
}

const BROKEN = "The query has a mistake: mend it first, then it can be added to.";

/** Whether a change of the text was a paste of a whole id of a trace. */
function pastedId(before: string, after: string): boolean {
  return formOfId(after) === "trace" && after.trim().length > before.trim().length + 1;
}

/** The bar. The text is searched for when Enter is pressed. */
export function QueryBar({ filters, onFilters, typesOf, error, children }: QueryBarProps): ReactElement {
  const go = useGo();
  const box = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState({ q: filters.q, text: filters.q });
  const [note, setNote] = useState("");
  if (draft.q !== filters.q) setDraft({ q: filters.q, text: filters.q });
  const text = draft.text;
  const failure = error instanceof ApiFailure && error.kind === "invalid" ? error : undefined;
  const ofText = failure?.field === "q" && text === filters.q ? failure : undefined;
  const diagnostics = useMemo(() => (ofText === undefined ? [] : [{ position: ofText.position ?? 0, message: ofText.message }]), [ofText]);
  useShortcuts([{ keys: "/", what: "to the query", run: () => focusField(box.current) }]);
  const run = (): void => {
    if (formOfId(text) === "trace") go(hrefs.trace(normalId(text)));
    else applyFilters({ ...filters, q: text.trim() });
  };
  const applyFilters = (next: Filters | undefined): void => {
    setNote(next === undefined ? BROKEN : "");
    if (next !== undefined) onFilters(next);
  };
  const change = (next: string): void => {
    if (pastedId(text, next)) go(hrefs.trace(normalId(next)));
    else setDraft({ q: filters.q, text: next });
  };
  const chips = chipsOf(filters);
  return (
    <search className={classes["bar"]}>
      <div className={classes["line"]} ref={box}>
        <div className={classes["field"]} onKeyDown={leave} role="presentation">
          <QueryField language="traceql" value={text} onChange={change} onRun={run} label="TraceQL, or the id of a trace" placeholder="{ status = error }, or a trace id" diagnostics={diagnostics} />
        </div>
        <button type="button" className={classes["button"]} onClick={run} data-waiting={text.trim() !== filters.q.trim() || undefined}>
          <IconSearch size={15} aria-hidden />
          Search
        </button>
        {children(applyFilters)}
      </div>
      {failure === undefined && note === "" ? null : (
        <p className={classes["mistake"]} role="alert">
          {note === "" ? failure?.message : note}
          {failure?.hint === undefined || note !== "" ? null : <span className={classes["hint"]}>{failure.hint}</span>}
        </p>
      )}
      {chips.length === 0 ? null : (
        <div className={classes["chips"]} role="group" aria-label="Filters">
          {chips.map(({ id, name, operator, value, without }) => (
            <Chip key={id} name={name} operator={operator} value={value} onRemove={() => applyFilters(without)} />
          ))}
          <button type="button" className={classes["quiet"]} onClick={() => applyFilters(chipsToText(filters, typesOf))}>
            <IconCode size={14} aria-hidden />
            as TraceQL
          </button>
          <ClearAll filters={filters} onClear={() => applyFilters(NO_FILTERS)} />
        </div>
      )}
    </search>
  );
}

function ClearAll({ filters, onClear }: { readonly filters: Filters; readonly onClear: () => void }): ReactElement | null {
  if (!hasFilters(filters)) return null;
  return (
    <button type="button" className={classes["quiet"]} onClick={onClear}>
      clear all
    </button>
  );
}

/** Escape leaves the field, so that the page's own keys work; the first one closes the completion. */
function leave(event: KeyboardEvent): void {
  if (event.key === "Escape" && !event.defaultPrevented && event.target instanceof HTMLElement) event.target.blur();
}

function focusField(box: HTMLElement | null): void {
  box?.querySelector<HTMLElement>("[contenteditable='true'], input")?.focus();
}
