// What the browser remembers: small texts by name. A browser that refuses storage remembers nothing, and nothing breaks.

const PREFIX = "tacho.";

/** Where a text is kept: for good, or until the tab closes. */
export type Keep = "local" | "session";

function area(keep: Keep): Storage | undefined {
  try {
    return keep === "local" ? globalThis.localStorage : globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

/** A remembered text. */
export function remembered(name: string, keep: Keep = "local"): string | undefined {
  try {
    return area(keep)?.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a text; `undefined` forgets it. */
export function remember(name: string, value: string | undefined, keep: Keep = "local"): void {
  try {
    if (value === undefined) area(keep)?.removeItem(PREFIX + name);
    else area(keep)?.setItem(PREFIX + name, value);
  } catch {
    // Storage is full or forbidden: go on without.
  }
}

/** A remembered list of texts; whatever else was stored there counts as nothing. */
export function rememberedList(name: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(remembered(name) ?? "[]");
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** Puts a text at the front of a remembered list of at most `most` texts. */
export function rememberInList(name: string, value: string, most: number): readonly string[] {
  const list = [value, ...rememberedList(name).filter((one) => one !== value)].slice(0, most);
  remember(name, JSON.stringify(list));
  return list;
}
