// The search inside the trace: what it found, next and previous, matches only.
import { IconChevronDown, IconChevronUp, IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useState, type KeyboardEvent, type ReactElement } from "react";
import { IconButton } from "@/components/IconButton";
import { formatExact } from "@/lib/numbers";
import type { TraceSearch } from "../search";
import { rowOfKey } from "../useMoves";
import type { TraceView } from "../useTraceView";
import classes from "./Toolbar.module.css";

/** Id of the field, for the shortcut that goes there. */
export const FIND_INPUT = "trace-find";
/** The address follows typing after so long. */
const REST_MS = 150;

interface FindBoxProps {
  readonly view: TraceView;
  readonly search: TraceSearch;
  readonly set: (patch: Partial<TraceSearch>, how?: "replace" | "push") => void;
}

/** The search field with its steps. */
export function FindBox({ view, search, set }: FindBoxProps): ReactElement {
  const [text, setText] = useTyped(search.find, (find) => set(find === "" ? { find, only: false } : { find }, "replace"));
  const { matches } = view;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") view.stepMatch(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape" && text !== "") setText("");
    else if (event.key === "Escape") document.getElementById("trace-rows")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.find} role="search">
      <IconSearch size={14} aria-hidden />
      <input
        id={FIND_INPUT}
        className={classes.input}
        type="text"
        value={text}
        aria-label="Search in the trace"
        placeholder="Search: name, detail, service:…, is:error"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span role="status" className={classes.found}>
        {matches === undefined ? "" : foundWords(view, matches.rows)}
      </span>
      {matches === undefined ? null : (
        <>
          <IconButton icon={IconChevronUp} label="Previous match (Shift+N)" onClick={() => view.stepMatch(-1)} disabled={matches.rows.length === 0} />
          <IconButton icon={IconChevronDown} label="Next match (N)" onClick={() => view.stepMatch(1)} disabled={matches.rows.length === 0} />
          <button type="button" className={classes.toggle} aria-pressed={search.only} onClick={() => set({ only: !search.only })}>
            only matches
          </button>
          <IconButton icon={IconX} label="Clear the search" onClick={() => setText("")} />
        </>
      )}
    </div>
  );
}

function foundWords(view: TraceView, rows: Int32Array): string {
  const place = rows.indexOf(rowOfKey(view.model, view.cursor));
  const total = formatExact(rows.length);
  const part = view.model.outline.cut ? " loaded" : "";
  if (rows.length === 0) return `no${part} span`;
  return place >= 0 ? `${formatExact(place + 1)} of ${total}${part}` : `${total}${part}`;
}

/** A text that follows the address and is written to it once typing rests. */
function useTyped(value: string, write: (text: string) => void): readonly [string, (text: string) => void] {
  const [typed, setTyped] = useState<{ readonly text: string; readonly from: string }>();
  useEffect(() => {
    if (typed === undefined) return undefined;
    if (typed.text === value) {
      setTyped(undefined);
      return undefined;
    }
    const timer = setTimeout(() => write(typed.text), REST_MS);
    return () => clearTimeout(timer);
  }, [typed, value, write]);
  return [typed?.text ?? value, (text) => setTyped({ text, from: value })];
}
