// Cutting long texts: the first lines, and pieces that a virtual list can show one by one.

/** Characters that a folded text has at most, by line. */
const CHARS_A_LINE = 110;
const PIECE_LINES = 40;
const PIECE_CHARS = 4000;

/** The first lines of a text; the text itself where no more than a few lines would be hidden. */
export function foldText(text: string, lines: number): string {
  let at = -1;
  for (let line = 0; line < lines; line += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) break;
  }
  const byLines = at < 0 ? text.length : at;
  const byChars = lines * CHARS_A_LINE;
  const end = Math.min(byLines, byChars);
  // Hiding two lines behind a button helps nobody.
  if (text.length - end <= CHARS_A_LINE * 2 && !text.slice(end, -1).slice(1).includes("\n")) return text;
  return end < byLines ? `${text.slice(0, end)}…` : text.slice(0, end);
}

/** A text in pieces of some lines; together they are the text, but for the line breaks between them. */
export function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  let from = 0;
  while (from < text.length) {
    let at = from;
    for (let line = 0; line < PIECE_LINES; line += 1) {
      const next = text.indexOf("\n", at);
      if (next < 0 || next - from > PIECE_CHARS) {
        at = next < 0 && text.length - from <= PIECE_CHARS ? text.length + 1 : at;
        break;
      }
      at = next + 1;
    }
    const end = at > from ? at : Math.min(text.length, from + PIECE_CHARS);
    chunks.push(text.slice(from, at > from && text[end - 1] === "\n" ? end - 1 : end));
    from = end;
  }
  return chunks;
}
