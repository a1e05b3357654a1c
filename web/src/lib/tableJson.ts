// JSON as lines that can be folded: for values small and large. Pure.

/** One line of a JSON value. */
export interface JsonLine {
  depth: number;
  /** Name of the member, with quotes, if it is one of an object. */
  name: string | undefined;
  /** What the line says behind the name; brackets for containers. */
  text: string;
  kind: "text" | "number" | "word" | "open" | "close";
  /** Path of the container that this line opens: `$.a[0]`. */
  path: string | undefined;
  /** How many members a container has. */
  size: number;
  /** Written behind the line: a comma where another follows. */
  tail: string;
}

/** JSON text as a value; undefined where it is none, or no container. */
export function parseJson(text: string): object | undefined {
  if (!/^\s*[[{]/u.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Lines of a value, those inside folded paths left out. Stops at `limit` lines. */
export function jsonLines(value: unknown, folded: ReadonlySet<string>, limit = 200_000): JsonLine[] {
  const lines: JsonLine[] = [];
  walk({ value, name: undefined, depth: 0, path: "$", tail: "" }, folded, lines, limit);
  return lines;
}

interface Place {
  value: unknown;
  name: string | undefined;
  depth: number;
  path: string;
  tail: string;
}

const MAX_DEPTH = 200;

function walk(place: Place, folded: ReadonlySet<string>, lines: JsonLine[], limit: number): void {
  if (lines.length >= limit) return;
  const { value, name, depth, path, tail } = place;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) {
    const kind = typeof value === "string" ? "text" : typeof value === "number" ? "number" : "word";
    lines.push({ depth, name, text: depth > MAX_DEPTH ? "…" : (JSON.stringify(value) ?? "null"), kind, path: undefined, size: 0, tail });
    return;
  }
  const list = Array.isArray(value);
  const members: (readonly [string | undefined, unknown, string])[] = list
    ? value.map((member: unknown, index) => [undefined, member, `${path}[${index}]`] as const)
    : Object.entries(value).map(([key, member]) => [JSON.stringify(key), member, `${path}.${key}`] as const);
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  const size = members.length;
  if (size === 0 || folded.has(path)) {
    const inside = size === 0 ? "" : "…";
    lines.push({ depth, name, text: `${open}${inside}${close}`, kind: "open", path: size === 0 ? undefined : path, size, tail });
    return;
  }
  lines.push({ depth, name, text: open, kind: "open", path, size, tail: "" });
  members.forEach(([key, member, below], index) => walk({ value: member, name: key, depth: depth + 1, path: below, tail: index < size - 1 ? "," : "" }, folded, lines, limit));
  lines.push({ depth, name: undefined, text: close, kind: "close", path: undefined, size: 0, tail });
}

/** Paths of all containers at or below a depth, to fold at first. */
export function foldedBelow(value: unknown, depth: number): Set<string> {
  const paths = new Set<string>();
  for (const line of jsonLines(value, new Set(), 50_000)) if (line.depth >= depth && line.path !== undefined) paths.add(line.path);
  return paths;
}
