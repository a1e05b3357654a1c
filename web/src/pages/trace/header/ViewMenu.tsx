// How the waterfall is shown: colours, folding, stacking, critical path, shortest span, open and close everything.
import { IconAdjustments } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { parseDuration } from "@/lib/trace/duration";
import { defaultColour, type ColourBy } from "@/lib/trace/read";
import { Choice } from "@/shell/Choice";
import controls from "@/shell/controls.module.css";
import { Flyout } from "@/shell/Flyout";
import type { TraceSearch } from "../search";
import type { TraceView } from "../useTraceView";
import classes from "./Menu.module.css";

interface ViewMenuProps {
  readonly view: TraceView;
  readonly search: TraceSearch;
  readonly set: (patch: Partial<TraceSearch>) => void;
}

const COLOURS: readonly { readonly value: ColourBy; readonly label: string }[] = [
  { value: "service", label: "Service" },
  { value: "agent", label: "Agent" },
  { value: "kind", label: "Kind of work" },
];

/** The menu of view options. */
export function ViewMenu(props: ViewMenuProps): ReactElement {
  const [opened, setOpened] = useState(false);
  return (
    <Flyout
      opened={opened}
      onOpened={setOpened}
      title="View options"
      buttonTitle="Colours, folding, filters"
      buttonClass={controls["button"] ?? ""}
      button={
        <>
          <IconAdjustments size={15} stroke={1.6} aria-hidden /> View
        </>
      }
    >
      <Options {...props} />
    </Flyout>
  );
}

function Options({ view, search, set }: ViewMenuProps): ReactElement {
  const usual = defaultColour(view.model);
  const switches: readonly { readonly label: string; readonly keys?: string; readonly on: boolean; readonly patch: Partial<TraceSearch> }[] = [
    { label: "Critical path only", keys: "c", on: search.critical, patch: { critical: !search.critical } },
    { label: "Fold idle gaps", on: search.fold, patch: { fold: !search.fold } },
    { label: "Stack repeated steps", on: search.stack, patch: { stack: !search.stack } },
  ];
  return (
    <div className={classes.menu}>
      <div className={classes.section}>
        <Choice
          title="Colour by"
          value={view.colour}
          options={COLOURS.filter((one) => one.value !== "agent" || view.model.agents.length > 0)}
          onChange={(colour) => set({ colour: colour === usual ? "" : colour })}
          focus
        />
      </div>
      <div className={classes.section}>
        {switches.map((one) => (
          <label key={one.label} className={classes.check}>
            <input type="checkbox" checked={one.on} onChange={() => set(one.patch)} />
            {one.label}
            {one.keys === undefined ? null : <kbd className={controls["kbd"]}>{one.keys}</kbd>}
          </label>
        ))}
      </div>
      <div className={classes.section}>
        <Shortest value={search.min} onChange={(min) => set({ min })} />
      </div>
      <div className={classes.section}>
        <button type="button" className={classes.entry} onClick={() => view.expansion.setClosedBelow(view.root, false)}>
          Open everything
        </button>
        <button type="button" className={classes.entry} onClick={() => closeAll(view)}>
          Close everything
        </button>
      </div>
    </div>
  );
}

/** Closes everything but the roots. */
function closeAll(view: TraceView): void {
  const { model, expansion } = view;
  expansion.setClosedBelow(view.root, true);
  expansion.setClosed(view.root >= 0 || model.count === 0 ? view.root : 0, false);
}

function Shortest({ value, onChange }: { readonly value: string; readonly onChange: (min: string) => void }): ReactElement {
  const [text, setText] = useState(value);
  const wrong = text !== "" && parseDuration(text) === undefined;
  const commit = (): void => {
    if (!wrong && text !== value) onChange(text);
  };
  return (
    <label className={classes.field}>
      Only spans of at least
      <input
        type="text"
        className={classes.text}
        placeholder="250ms"
        value={text}
        aria-invalid={wrong}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
      {wrong ? <span className={classes.wrong}>a duration such as 250ms or 2s</span> : null}
    </label>
  );
}
