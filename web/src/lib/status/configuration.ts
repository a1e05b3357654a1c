// Keys of the configuration: finding them, and those that somebody set.
import type { ConfigurationKey } from "@/api/schema";

/** Keys with every word in name or value; `set`: only those that are not default. */
export function findKeys(keys: readonly ConfigurationKey[], words: string, set: boolean): readonly ConfigurationKey[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return keys.filter(({ key, value, source }) => {
    if (set && source === "default") return false;
    const text = `${key} ${value}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** How many keys come from where, the most frequent first. */
export function sourcesOf(keys: readonly ConfigurationKey[]): readonly (readonly [source: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { source } of keys) counts.set(source, (counts.get(source) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]);
}
