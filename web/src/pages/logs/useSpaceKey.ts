// The space bar as a key of the page: not where it types or presses a button.
import { useEffect, useRef } from "react";

const OWN = "input, textarea, select, button, a, summary, [contenteditable=true], [role=dialog], [role=menu], [role=listbox], [role=slider]";

/** Runs at every press of the space bar outside of fields and buttons. */
export function useSpaceKey(run: () => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const held = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat;
      if (event.key !== " " || held || event.defaultPrevented || (event.target instanceof Element && event.target.closest(OWN) !== null)) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
