// The command palette: a field over a list that the arrow keys walk through, as a combobox.
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { keycaps } from "@/lib/keys";
import { fitting } from "@/lib/palette";
import { takeTyped } from "@/lib/typeAhead";
import { isApple } from "@/lib/platform";
import { Dialog } from "@/shell/Dialog";
import { showOverlay } from "@/shell/overlays";
import { useFiringEntries } from "@/shell/palette/alerts";
import { useActions, usePages, useRanges, type Entry } from "@/shell/palette/entries";
import { useKnownNames, useRecentTraces, useResolved, useSearches } from "@/shell/palette/found";
import { useRuleEntries } from "@/shell/palette/rules";
import controls from "../controls.module.css";
import classes from "./Palette.module.css";

const SHOWN_MAX = 40;
const GROUP_MAX = 7;

/** At most a few of each group, so that a thousand metrics do not hide the pages. */
function perGroup(entries: readonly Entry[]): readonly Entry[] {
  const counts = new Map<string, number>();
  return entries.filter(({ group }) => {
    const count = (counts.get(group) ?? 0) + 1;
    counts.set(group, count);
    return count <= GROUP_MAX + (group === "Recent traces" ? 1 : 0);
  });
}

/** Entries of one group stand together, groups in the order of their best entry. */
function byGroup(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.group);
    if (group) group.push(entry);
    else groups.set(entry.group, [entry]);
  }
  return [...groups];
}

function useGroups(opened: boolean, typed: string): readonly (readonly [string, readonly Entry[]])[] {
  const pages = usePages();
  const actions = useActions();
  const ranges = useRanges();
  const alerts = useFiringEntries();
  const traces = useRecentTraces(opened);
  const names = useKnownNames(opened);
  const alerting = useRuleEntries(opened, typed);
  const resolved = useResolved(opened, typed);
  const searches = useSearches(typed);
  const some = typed.trim() === "" ? [...pages, ...alerts, ...traces, ...actions] : [...pages, ...alerts, ...alerting.rules, ...names.services, ...traces, ...alerting.actions, ...actions, ...names.metrics, ...ranges];
  return byGroup([...resolved, ...perGroup(fitting(some, typed, SHOWN_MAX * 4)), ...searches].slice(0, SHOWN_MAX));
}

interface RowProps {
  readonly entry: Entry;
  readonly id: string;
  readonly active: boolean;
  readonly onPoint: () => void;
  readonly onRun: () => void;
}

function Row({ entry, id, active, onPoint, onRun }: RowProps): ReactElement {
  const Picture = entry.icon;
  return (
    // The keyboard works in the field, which names the row that is active.
    <div id={id} role="option" aria-selected={active} tabIndex={-1} className={classes["row"]} onMouseMove={onPoint} onMouseDown={(event) => event.preventDefault()} onClick={onRun}>
      <Picture size={16} stroke={1.6} aria-hidden />
      <span className={classes["label"]}>{entry.label}</span>
      {entry.detail === undefined ? null : <span className={classes["detail"]}>{entry.detail}</span>}
      {entry.keys === undefined ? null : (
        <span className={classes["keys"]}>
          {keycaps(entry.keys, isApple()).filter((cap) => cap !== "then").map((cap, index) => <kbd key={index} className={controls["kbd"]}>{cap}</kbd>)}
        </span>
      )}
    </div>
  );
}

interface ResultsProps {
  readonly id: string;
  readonly groups: readonly (readonly [string, readonly Entry[]])[];
  readonly active: number;
  readonly onPoint: (place: number) => void;
  readonly onRun: (entry: Entry) => void;
}

function Results({ id, groups, active, onPoint, onRun }: ResultsProps): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const starts = groups.map((_, at) => groups.slice(0, at).reduce((sum, [, entries]) => sum + entries.length, 0));
  return (
    <div id={`${id}-list`} ref={list} role="listbox" aria-label="Results" className={classes["list"]} tabIndex={-1}>
      {groups.map(([name, entries], at) => (
        <div key={name} role="group" aria-label={name}>
          <div className={classes["group"]} aria-hidden>
            {name}
          </div>
          {entries.map((entry, offset) => {
            const place = (starts[at] ?? 0) + offset;
            return <Row key={entry.id} entry={entry} id={`${id}-${place}`} active={place === active} onPoint={() => onPoint(place)} onRun={() => onRun(entry)} />;
          })}
        </div>
      ))}
    </div>
  );
}

function Content({ opened }: { readonly opened: boolean }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const [typed, setTyped] = useState("");
  // In an effect: it ends a listener, which rendering twice must not do twice.
  useEffect(() => {
    if (!opened) return;
    const ahead = takeTyped();
    if (ahead !== "") setTyped((now) => ahead + now);
  }, [opened]);
  const [at, setAt] = useState(0);
  const id = useId();
  const groups = useGroups(opened, typed);
  const flat = groups.flatMap(([, entries]) => entries);
  const active = Math.min(at, flat.length - 1);
  const run = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    showOverlay("palette", false);
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => setAt((active + 1) % flat.length),
      ArrowUp: () => setAt((active - 1 + flat.length) % flat.length),
      PageDown: () => setAt(Math.min(active + 8, flat.length - 1)),
      PageUp: () => setAt(Math.max(active - 8, 0)),
      Enter: () => run(flat[active]),
    };
    const move = moves[event.key];
    if (move === undefined || flat.length === 0) return;
    event.preventDefault();
    move();
  };
  return (
    <>
      <div className={classes["field"]}>
        <IconSearch size={18} stroke={1.6} aria-hidden />
        <input
          ref={field}
          className={classes["input"]}
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={flat.length === 0 ? undefined : `${id}-${active}`}
          aria-label="Search or jump to"
          placeholder="Page, alert, service, metric, trace, or paste an id"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => (setTyped(event.currentTarget.value), setAt(0))}
          onKeyDown={onKeyDown}
        />
        <kbd className={controls["kbd"]}>Esc</kbd>
      </div>
      <Results id={id} groups={groups} active={active} onPoint={setAt} onRun={run} />
      <span className={classes["count"]} role="status">
        {flat.length} results
      </span>
    </>
  );
}

/** The palette; `opened` follows the overlay. */
export function Palette({ opened }: { readonly opened: boolean }): ReactElement {
  return (
    <Dialog opened={opened} onClose={() => showOverlay("palette", false)} title="Search or jump to" bare>
      <Content opened={opened} />
    </Dialog>
  );
}
