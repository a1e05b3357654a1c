// Which entries of the palette fit what was typed, the best first. Pure.

/** What of an entry is searched. */
export interface Searchable {
  readonly label: string;
  /** Other words for it. */
  readonly words?: string;
}

/** How well an entry fits: smaller is better; `undefined` does not fit. Every word that was typed must be there. */
function fit({ label, words = "" }: Searchable, typed: readonly string[]): number | undefined {
  const name = label.toLowerCase();
  const all = `${name} ${words.toLowerCase()}`;
  if (!typed.every((word) => all.includes(word))) return undefined;
  const [first = ""] = typed;
  if (name === typed.join(" ")) return 0;
  if (name.startsWith(first)) return 1;
  if (name.split(/[^a-z0-9]+/).some((word) => word.startsWith(first))) return 2;
  return name.includes(first) ? 3 : 4;
}

/** The entries that fit, at most `most`; with nothing typed all of them, in their order. */
export function fitting<T extends Searchable>(entries: readonly T[], typed: string, most: number): readonly T[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return entries.slice(0, most);
  return entries
    .map((entry, index) => ({ entry, index, rank: fit(entry, words) }))
    .filter((one): one is { entry: T; index: number; rank: number } => one.rank !== undefined)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, most)
    .map(({ entry }) => entry);
}

/** Whether what was typed can be an id: one word of at least eight characters with a digit in it, or hexadecimal. */
export function looksLikeId(typed: string): boolean {
  const text = typed.trim();
  if (text.length < 8 || text.length > 256 || /\s/.test(text)) return false;
  return /^[0-9a-f-]{8,}$/i.test(text) || (/\d/.test(text) && /^[\w.:-]+$/.test(text));
}
