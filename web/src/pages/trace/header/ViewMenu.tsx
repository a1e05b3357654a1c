// How the waterfall is shown: colours, folding, stacking, critical path, shortest span, open and close everything.
import { Menu, TextInput } from "@mantine/core";
import { IconAdjustments, IconCheck } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { parseDuration } from "@/lib/trace/duration";
import { defaultColour, type ColourBy } from "@/lib/trace/read";
import controls from "@/shell/controls.module.css";
import type { TraceSearch } from "../search";
import type { TraceView } from "../useTraceView";

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

const tick = (on: boolean): ReactElement | null => (on ? <IconCheck size={14} stroke={2} aria-hidden /> : null);

/** The menu of view options. */
export function ViewMenu({ view, search, set }: ViewMenuProps): ReactElement {
  const usual = defaultColour(view.model);
  const switches: readonly { readonly label: string; readonly keys?: string; readonly on: boolean; readonly patch: Partial<TraceSearch> }[] = [
    { label: "Critical path only", keys: "c", on: search.critical, patch: { critical: !search.critical } },
    { label: "Fold idle gaps", on: search.fold, patch: { fold: !search.fold } },
    { label: "Stack repeated steps", on: search.stack, patch: { stack: !search.stack } },
  ];
  return (
    <Menu position="bottom-end" width={250} closeOnItemClick={false}>
      <Menu.Target>
        <button type="button" className={controls["button"]} title="Colours, folding, filters">
          <IconAdjustments size={15} stroke={1.6} aria-hidden /> View
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Colour by</Menu.Label>
        {COLOURS.filter((one) => one.value !== "agent" || view.model.agents.length > 0).map((one) => (
          <Menu.Item key={one.value} role="menuitemradio" aria-checked={view.colour === one.value} rightSection={tick(view.colour === one.value)} onClick={() => set({ colour: one.value === usual ? "" : one.value })}>
            {one.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {switches.map((one) => (
          <Menu.Item
            key={one.label}
            role="menuitemcheckbox"
            aria-checked={one.on}
            rightSection={one.on ? tick(true) : one.keys === undefined ? null : <kbd className={controls["kbd"]}>{one.keys}</kbd>}
            onClick={() => set(one.patch)}
          >
            {one.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item rightSection={<kbd className={controls["kbd"]}>m</kbd>} onClick={() => view.expansion.setClosedBelow(view.root, false)}>
          Open everything
        </Menu.Item>
        <Menu.Item onClick={() => closeAll(view)}>Close everything</Menu.Item>
        <Menu.Divider />
        <Shortest value={search.min} onChange={(min) => set({ min })} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** Closes everything but the roots. */
function closeAll(view: TraceView): void {
  const { model, expansion } = view;
  expansion.setClosedBelow(view.root, true);
  if (view.root >= 0) expansion.setClosed(view.root, false);
  else for (let row = 0; row < model.count && row < (model.after[0] ?? 1); row = model.after[row] ?? model.count) expansion.setClosed(row, false);
}

function Shortest({ value, onChange }: { readonly value: string; readonly onChange: (min: string) => void }): ReactElement {
  const [text, setText] = useState(value);
  const wrong = text !== "" && parseDuration(text) === undefined;
  const commit = (): void => {
    if (!wrong && text !== value) onChange(text);
  };
  return (
    <TextInput
      label="Only spans of at least"
      placeholder="250ms"
      px="sm"
      pb="sm"
      value={text}
      error={wrong ? "a duration such as 250ms or 2s" : undefined}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") commit();
      }}
    />
  );
}
