// The theme's colours as canvases need them: computed values, read once a theme.
import { useSyncExternalStore } from "react";
import { SLOT_COUNT, slotIndex, type Tone } from "@/lib/colour";

/** Computed colours of the theme in force. */
export interface Palette {
  ink: string;
  ink2: string;
  ink3: string;
  hairline: string;
  edge: string;
  surface: string;
  tones: Readonly<Record<Tone, string>>;
  heat: readonly [string, string];
  slots: readonly string[];
  /** Face for text in canvases, with fallbacks. */
  font: string;
}

let current: Palette | undefined;
const listeners = new Set<() => void>();
let observer: MutationObserver | undefined;

function read(): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: of("--ink"),
    ink2: of("--ink-2"),
    ink3: of("--ink-3"),
    hairline: of("--hairline"),
    edge: of("--edge"),
    surface: of("--surface"),
    tones: { steady: of("--steady"), amber: of("--amber"), red: of("--red"), accent: of("--accent") },
    heat: [of("--heat-0"), of("--heat-1")],
    slots: Array.from({ length: SLOT_COUNT }, (_, slot) => of(`--slot-${slot}`)),
    font: `11px ${of("--font-text")}`,
  };
}

function snapshot(): Palette {
  current ??= read();
  return current;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (observer === undefined) {
    observer = new MutationObserver(() => {
      current = undefined;
      for (const each of listeners) each();
    });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      observer?.disconnect();
      observer = undefined;
      current = undefined;
    }
  };
}

/** The colours of the theme in force; a new object when the theme changes. */
export function usePalette(): Palette {
  return useSyncExternalStore(subscribe, snapshot);
}

/** The computed colour of a slot. */
export function slotColour(palette: Palette, slot: number): string {
  return palette.slots[slotIndex(slot)] ?? palette.ink2;
}
