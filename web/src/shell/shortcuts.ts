// Keyboard shortcuts: components register theirs while they are there; the `?` list shows all that are registered.
import { useEffect, useRef, useSyncExternalStore } from "react";
import { matchKeys, type Pressed } from "@/lib/keys";
import { openOverlay, showOverlay } from "@/shell/overlays";

/** A shortcut. `keys`: `e`, `[`, `shift+e`, `mod+k` (Ctrl or Cmd), or a sequence such as `g t`. */
export interface Shortcut {
  readonly keys: string;
  /** What it does, in the words of the `?` list: `next error`. */
  readonly what: string;
  readonly run: () => void;
  /** Heading in the `?` list; `This page` if absent. */
  readonly group?: string;
  /** Works while typing in a field, too. */
  readonly whileTyping?: boolean;
}

let registered: readonly Shortcut[] = [];
const listeners = new Set<() => void>();
let earlier: Pressed[] = [];
/** Longest pause inside a sequence. */
const SEQUENCE_MS = 1500;

function change(next: readonly Shortcut[]): void {
  registered = next;
  for (const listener of listeners) listener();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Keys inside an open dialog or menu are its own. */
function isInOverlay(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("dialog,[popover],[role=dialog],[role=menu],[role=listbox]") !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const overlay = openOverlay();
  if (event.key === "Escape" && overlay !== undefined) {
    // At once, also one that is still loading: the browser tells of its own closing later, and keys until then were lost.
    event.preventDefault();
    showOverlay(overlay, false);
    return;
  }
  earlier = [...earlier.filter((one) => event.timeStamp - one.at < SEQUENCE_MS), { key: event.key, at: event.timeStamp }].slice(-3);
  // An overlay that is open but still loading has the keys already.
  const held = overlay !== undefined || isTyping(event.target) || isInOverlay(event.target);
  const usable = registered.filter((one) => (!held || one.whileTyping === true) && matchKeys(one.keys, event, earlier));
  // A sequence goes before its last key; then a page may take a key of the shell (whose own have a heading), whichever
  // was registered first; then the newest registration wins.
  const found = usable.findLast((one) => one.keys.includes(" ")) ?? usable.findLast((one) => one.group === undefined) ?? usable.at(-1);
  if (!found) return;
  event.preventDefault();
  earlier = [];
  found.run();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Listens to the keyboard; called once by the shell. */
export function listenToKeys(): () => void {
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

/** Registers shortcuts while the component is there. `run` may change between renders. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const shape = shortcuts.map((one) => `${one.keys}\n${one.what}\n${one.group ?? ""}`).join("\n\n");
  useEffect(() => {
    const mine = latest.current.map((one, index) => ({ ...one, run: () => latest.current[index]?.run() }));
    change([...registered, ...mine]);
    return () => change(registered.filter((one) => !mine.includes(one)));
  }, [shape]);
}

/** All that are registered, for the `?` list. */
export function useRegisteredShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => registered);
}
