// The list of all shortcuts that work at this moment.
import type { ReactElement } from "react";
import { keycaps } from "@/lib/keys";
import { isApple } from "@/lib/platform";
import { Dialog } from "@/shell/Dialog";
import { showOverlay } from "@/shell/overlays";
import { useRegisteredShortcuts, type Shortcut } from "@/shell/shortcuts";
import controls from "./controls.module.css";
import classes from "./ShortcutList.module.css";

const PAGE = "This page";
const LAST = ["Time", "Go to", "Everywhere"];

function grouped(all: readonly Shortcut[]): readonly (readonly [string, readonly Shortcut[]])[] {
  const groups = new Map<string, Shortcut[]>();
  // The newest of the same keys is the one that works.
  for (const one of all.filter((candidate, index) => !all.some((other, later) => later > index && other.keys === candidate.keys))) {
    const name = one.group ?? PAGE;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups].sort(([a], [b]) => LAST.indexOf(a) - LAST.indexOf(b));
}

function Keys({ keys }: { readonly keys: string }): ReactElement {
  return (
    <>
      {keycaps(keys, isApple()).map((cap, index) =>
        cap === "then" ? (
          <span key={index} className={classes["then"]}>
            then
          </span>
        ) : (
          <kbd key={index} className={controls["kbd"]}>
            {cap}
          </kbd>
        ),
      )}
    </>
  );
}

/** The dialog behind `?`. */
export function ShortcutList({ opened }: { readonly opened: boolean }): ReactElement {
  const groups = grouped(useRegisteredShortcuts());
  return (
    <Dialog opened={opened} onClose={() => showOverlay("shortcuts", false)} title="Keyboard shortcuts">
      <div className={classes["groups"]}>
        {groups.map(([name, shortcuts]) => (
          <section key={name} className={classes["group"]}>
            <h3 className={classes["heading"]}>{name}</h3>
            <dl className={classes["list"]}>
              {shortcuts.map((one) => (
                <div key={one.keys} className={classes["row"]}>
                  <dt className={classes["keys"]}>
                    <Keys keys={one.keys} />
                  </dt>
                  <dd>{one.what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
