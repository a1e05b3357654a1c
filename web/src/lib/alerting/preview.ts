// The text of a message as it was sent, made readable: JSON is indented.

/** The text; a body of JSON behind the first line (`POST example.org`) is indented. What is no whole JSON stays as it is. */
export function readablePreview(text: string): string {
  const at = text.search(/^[[{]/mu);
  if (at < 0) return text;
  try {
    return text.slice(0, at) + JSON.stringify(JSON.parse(text.slice(at)), undefined, 2);
  } catch {
    return text;
  }
}
