// What TraceQL can do, in examples that run with one click.
import { Popover } from "@mantine/core";
import { IconHelp } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { examples } from "@/lib/traces/builder";
import bar from "./QueryBar.module.css";

interface QueryHelpProps {
  /** A service that there is. */
  readonly service: string | undefined;
  readonly onRun: (q: string) => void;
}

/** The button and its popover. */
export function QueryHelp({ service, onRun }: QueryHelpProps): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus withRoles={false} returnFocus>
      <Popover.Target>
        <button type="button" className={`${bar["button"]} ${bar["square"]}`} aria-label="Examples of queries" title="Examples of queries" aria-expanded={open} aria-haspopup="dialog" onClick={() => setOpen(!open)}>
          <IconHelp size={16} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Examples of queries">
        <h2>Examples</h2>
        <ul className={bar["examples"]}>
          {examples(service).map(({ what, q }) => (
            <li key={q}>
              <button
                type="button"
                className={bar["example"]}
                onClick={() => {
                  setOpen(false);
                  onRun(q);
                }}
              >
                <span>{what}</span>
                <code>{q}</code>
              </button>
            </li>
          ))}
        </ul>
        <p className={bar["help"]}>
          All conditions hold on one and the same span. <code>span.x</code>, <code>resource.x</code> and <code>.x</code> are attributes. <code>&amp;&amp;</code> and <code>||</code> bind equally: use parentheses.
          Enter searches, Shift Enter begins a new line.
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}
