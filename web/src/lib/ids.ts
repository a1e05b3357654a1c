// Ids of traces, spans and log records: telling them apart and shortening them.

/** What an id can be by its form. A record and a span look the same: 16 hexadecimal digits. */
export type IdForm = "trace" | "span" | "other";

/** The form of an id; dashes of a UUID are taken, too. */
export function formOfId(text: string): IdForm {
  const plain = normalId(text);
  if (/^[0-9a-f]{32}$/.test(plain)) return "trace";
  if (/^[0-9a-f]{16}$/.test(plain)) return "span";
  return "other";
}

/** An id as the API writes it: lower case, without the dashes of a UUID; other texts trimmed alone. */
export function normalId(text: string): string {
  const trimmed = text.trim();
  const plain = trimmed.replaceAll("-", "").toLowerCase();
  return /^[0-9a-f]{16}$|^[0-9a-f]{32}$/.test(plain) ? plain : trimmed;
}

/** The first eight characters of an id, as lists show it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
