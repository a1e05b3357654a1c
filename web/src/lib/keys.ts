// Which keys a shortcut means: pure matching of `e`, `shift+e`, `mod+k`, `[` and sequences such as `g t`.

/** A key that was pressed, and when (milliseconds of the event's clock). */
export interface Pressed {
  readonly key: string;
  readonly at: number;
}

/** What of a keyboard event matters. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Whether a press completes a shortcut; `earlier` are the keys of the last moments, this one included. */
export function matchKeys(keys: string, press: KeyPress, earlier: readonly Pressed[]): boolean {
  const steps = keys.split(" ");
  const last = steps.at(-1) ?? "";
  if (!matchStep(last, press)) return false;
  if (steps.length === 1) return true;
  const before = earlier.slice(-steps.length);
  return before.length === steps.length && steps.every((step, index) => before[index]?.key === step);
}

function matchStep(step: string, press: KeyPress): boolean {
  const parts = step === "+" ? ["+"] : step.split("+");
  const key = parts.at(-1) ?? "";
  const mod = parts.includes("mod");
  if (mod !== (press.ctrlKey || press.metaKey) || parts.includes("alt") !== press.altKey) return false;
  // What Shift does to a sign is in the sign: `?` needs no word for it. Letters and named keys need it.
  const shifted = parts.includes("shift");
  const bare = key.length > 1 || /[a-z]/i.test(key);
  if (bare && shifted !== press.shiftKey) return false;
  return press.key.toLowerCase() === key.toLowerCase();
}

/** The parts of a shortcut as keycaps: `["Ctrl", "K"]`, `["g", "then", "t"]`. */
export function keycaps(keys: string, apple: boolean): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    mod: apple ? "⌘" : "Ctrl", shift: "Shift", alt: "Alt", escape: "Esc", enter: "Enter", arrowup: "↑", arrowdown: "↓",
    arrowleft: "←", arrowright: "→",
  };
  const step = (text: string): readonly string[] =>
    text === "+" ? ["+"] : text.split("+").map((part) => names[part.toLowerCase()] ?? (text.includes("+") ? part.toUpperCase() : part));
  return keys.split(" ").flatMap((text, index) => (index === 0 ? step(text) : ["then", ...step(text)]));
}
