// Search words of a query, and where they are in a text.
import { readQuery } from "@/lib/logs/logql";

/** A piece of a text; `hit` where a search word stands. */
export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

const HITS_MAX = 200;
const TEXT_MAX = 20_000;

/** A pattern of the server's (RE2) as one of the browser's; undefined where the two differ or it takes the empty text. */
function browserPattern(pattern: string): string | undefined {
  const source = pattern.replace(/^\(\?i\)/, "");
  if (/\(\?[a-zA-Z]|\[\[:|\\[pPQEAzC]/.test(source)) return undefined;
  try {
    return new RegExp(source, "u").test("") ? undefined : source;
  } catch {
    return undefined;
  }
}

/** What to highlight for a query: its words and patterns that have to be there. Undefined for none. */
export function highlightOf(query: string): RegExp | undefined {
  const read = readQuery(query);
  const sources: string[] = [];
  let anyCase = false;
  for (const stage of read?.stages ?? []) {
    if (stage.kind !== "line") continue;
    for (const text of stage.texts) {
      if (stage.op === "|=" && text !== "") sources.push(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
      if (stage.op !== "|~") continue;
      anyCase ||= text.startsWith("(?i)");
      sources.push(browserPattern(text) ?? "");
    }
  }
  const found = sources.filter((source) => source !== "");
  if (found.length === 0) return undefined;
  try {
    return new RegExp(found.map((source) => `(?:${source})`).join("|"), anyCase ? "giu" : "gu");
  } catch {
    return undefined;
  }
}

/** A text in pieces, hits apart. Very long texts are searched at their beginning alone. */
export function piecesOf(text: string, words: RegExp | undefined): readonly Piece[] {
  if (words === undefined) return [{ text, hit: false }];
  const pieces: Piece[] = [];
  let at = 0;
  let hits = 0;
  for (const match of text.slice(0, TEXT_MAX).matchAll(words)) {
    if (match[0] === "" || (hits += 1) > HITS_MAX) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), hit: false });
    pieces.push({ text: match[0], hit: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), hit: false });
  return pieces;
}
