// Times inside of sentences of the server, as the reader wants them. Pure.

const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/gu;

/** A sentence with its RFC 3339 times written by `write` (Unix ms), and a capital in front. */
export function saidWith(text: string, write: (ms: number) => string): string {
  const told = text.replaceAll(TIME, (time) => write(Date.parse(time)));
  return told.slice(0, 1).toUpperCase() + told.slice(1);
}
