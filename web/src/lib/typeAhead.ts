// Keys typed between opening the palette and its arrival: kept, so that the first letters of an id are not lost.

/** What a key does to the text that was typed so far; undefined where it is none of typing's. */
export function typedAfter(text: string, key: { readonly key: string; readonly held: boolean }): string | undefined {
  if (key.held) return undefined;
  if (key.key === "Backspace") return text.slice(0, -1);
  return [...key.key].length === 1 ? text + key.key : undefined;
}

/** Keys go their usual way again after so long, if the palette does not come, milliseconds. */
const LIMIT_MS = 5_000;

let typed = "";
let listening = false;
let timer: ReturnType<typeof setTimeout> | undefined;

function onKeyDown(event: KeyboardEvent): void {
  const next = typedAfter(typed, { key: event.key, held: event.ctrlKey || event.metaKey || event.altKey || event.isComposing });
  if (next === undefined) return;
  typed = next;
  event.preventDefault();
  event.stopPropagation();
}

/** Keeps what is typed from now on; nothing else sees these keys until `takeTyped`. */
export function keepTyping(): void {
  if (listening) return;
  listening = true;
  typed = "";
  globalThis.addEventListener("keydown", onKeyDown, { capture: true });
  timer = setTimeout(takeTyped, LIMIT_MS);
}

/** What was typed since `keepTyping`; keys go their usual way again. */
export function takeTyped(): string {
  if (!listening) return "";
  listening = false;
  clearTimeout(timer);
  globalThis.removeEventListener("keydown", onKeyDown, { capture: true });
  return typed;
}
