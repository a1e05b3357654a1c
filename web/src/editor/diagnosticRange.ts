// Which characters of a query an error is about. Pure.

/** From a position (in characters from 0) to the end of the word or sign there; at the end of the text its last character. */
export function markAt(text: string, position: number): { from: number; to: number } {
  const at = Math.max(0, Math.min(position, text.length));
  if (at >= text.trimEnd().length) {
    const last = text.trimEnd().length;
    return { from: Math.max(0, last - 1), to: last };
  }
  const word = /^(?:[\w.:]+|\s*\S)/u.exec(text.slice(at));
  return { from: at, to: at + (word?.[0].length ?? 1) };
}

/** The position that a message of the PromQL parser names as `line:column` (both from 1); undefined if it names none. */
export function positionIn(message: string, text: string): number | undefined {
  const found = /(?:^|[\s:"])(\d+):(\d+): /u.exec(message);
  if (found === null) return undefined;
  const line = Number(found[1]);
  const before = text.split("\n").slice(0, line - 1).join("\n").length;
  return before + (line > 1 ? 1 : 0) + Number(found[2]) - 1;
}
