// Adds one condition by choosing: field, operator, value with completion.
import { Popover } from "@mantine/core";
import { IconFilterPlus } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Label } from "@/api/schema";
import type { TypesOf } from "@/lib/traces/literal";
import type { Filters } from "@/lib/traces/search";
import { useShortcuts } from "@/shell/shortcuts";
import { FilterForm } from "./FilterForm";
import type { HeldRange } from "./useHeldRange";
import bar from "./QueryBar.module.css";

interface FilterBuilderProps {
  readonly filters: Filters;
  /** Undefined: the text has a mistake and cannot be added to. */
  readonly onUse: (filters: Filters | undefined) => void;
  readonly labels: readonly Label[];
  readonly typesOf: TypesOf;
  readonly range: HeldRange;
}

/** The button and its popover. */
export function FilterBuilder({ onUse, ...form }: FilterBuilderProps): ReactElement {
  const [open, setOpen] = useState(false);
  useShortcuts([{ keys: "f", what: "add a filter", run: () => setOpen(true) }]);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus withRoles={false} returnFocus>
      <Popover.Target>
        <button type="button" className={bar["button"]} aria-expanded={open} aria-haspopup="dialog" onClick={() => setOpen(!open)} title="Add a filter (f)">
          <IconFilterPlus size={15} aria-hidden />
          Filter
        </button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Add a filter">
        <FilterForm
          {...form}
          onDone={(next) => {
            setOpen(false);
            onUse(next);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
