// Which overlay of the shell is open; one at a time.
import { useSyncExternalStore } from "react";
import { keepTyping, takeTyped } from "@/lib/typeAhead";

/** The overlays of the shell. */
export type Overlay = "palette" | "shortcuts" | "time" | "settings" | "firstData" | "alerts";

let open: Overlay | undefined;
const listeners = new Set<() => void>();

/** Opens an overlay in place of the one that is open, or closes it if it is that one. */
export function showOverlay(which: Overlay, show = true): void {
  const next = show ? which : undefined;
  if (next === open || (!show && open !== which)) return;
  if (next === "palette") keepTyping();
  else takeTyped();
  open = next;
  for (const listener of listeners) listener();
}

/** The overlay that is open. */
export function openOverlay(): Overlay | undefined {
  return open;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether an overlay is open. */
export function useOverlay(which: Overlay): boolean {
  return useSyncExternalStore(subscribe, () => open === which);
}
