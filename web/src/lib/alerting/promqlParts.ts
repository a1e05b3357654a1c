// A line of PromQL in parts for a cheap highlight: names of functions, numbers and durations, strings, the rest. Pure.

/** A part of a query. */
export interface QueryPart {
  readonly kind: "function" | "word" | "number" | "string" | "label" | "plain";
  readonly text: string;
}

const PART = /(?<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|(?<label>[A-Za-z_]\w*(?=\s*(?:=~|!~|!=|=)\s*["'`]))|(?<number>(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:ms|[smhdwy])?(?![\w.]))|(?<word>\b(?:by|without|on|ignoring|group_left|group_right|and|or|unless|offset|bool)\b)|(?<function>[A-Za-z_]\w*(?=\s*\(|\s+(?:by|without)\b))/gu;

/** A query on one line: white space runs together. */
export function oneLine(query: string): string {
  return query.replaceAll(/\s+/gu, " ").trim();
}

/** The parts of a query; together they are the text. */
export function queryParts(query: string): readonly QueryPart[] {
  const parts: QueryPart[] = [];
  let at = 0;
  for (const match of query.matchAll(PART)) {
    if (match.index > at) parts.push({ kind: "plain", text: query.slice(at, match.index) });
    const { string, label, number, word } = match.groups ?? {};
    const kind = string !== undefined ? "string" : label !== undefined ? "label" : number !== undefined ? "number" : word !== undefined ? "word" : "function";
    parts.push({ kind, text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < query.length) parts.push({ kind: "plain", text: query.slice(at) });
  return parts;
}
