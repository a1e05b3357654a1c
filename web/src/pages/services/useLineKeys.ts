// The keyboard in the list of services: one line takes the focus, arrows and j/k walk.
import { useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { rowAfterKey } from "@/lib/table";
import { useShortcuts } from "@/shell/shortcuts";

interface LineKeys {
  readonly ref: RefObject<HTMLTableElement | null>;
  /** The line that Tab reaches. */
  readonly at: number;
  setAt(index: number): void;
  onKeyDown(event: KeyboardEvent, index: number): void;
}

const PAGE = 10;

/** Walks between the buttons that open lines. */
export function useLineKeys(): LineKeys {
  const ref = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState(0);
  const buttons = (): HTMLButtonElement[] => [...(ref.current?.querySelectorAll<HTMLButtonElement>("button[data-line]") ?? [])];
  const focus = (index: number): void => {
    const all = buttons();
    const button = all[Math.max(0, Math.min(all.length - 1, index))];
    button?.focus();
    button?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts([
    { keys: "j", what: "next service", run: () => focus(ref.current?.contains(document.activeElement) === true ? at + 1 : at) },
    { keys: "k", what: "service before", run: () => focus(at - 1) },
  ]);
  return {
    ref,
    at,
    setAt,
    onKeyDown(event, index) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = rowAfterKey(event.key, index, buttons().length, PAGE);
      if (next === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      focus(next);
    },
  };
}
