// Pieces of TraceQL as text: strings, fields, durations, values of attributes of known or unknown type. Pure.

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A string of TraceQL: `"text"` with the escapes of Go. */
export function quote(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what has to be escaped
  const inner = text.replace(/["\\\u0000-\u001f\u007f]/g, (c) => ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${inner}"`;
}

const UNESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", a: "\u0007", b: "\b", f: "\f", v: "\v" };

/** What a literal says: the text of a string, any other literal as it is written. */
export function unquote(literal: string): string {
  if (literal.startsWith("`")) return literal.slice(1, -1);
  if (!literal.startsWith('"')) return literal;
  return literal.slice(1, -1).replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g, (_, x?: string, u?: string, long?: string, c?: string) => {
    const code = x ?? u ?? long;
    return code === undefined ? (UNESCAPES[c ?? ""] ?? c ?? "") : String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(code, 16)));
  });
}

/** Names of facets and filters that are no attributes, and how TraceQL writes them. */
const INTRINSICS: Readonly<Record<string, string>> = {
  name: "name", status: "status", kind: "kind", "status message": "statusMessage", duration: "duration",
  "trace duration": "traceDuration", "root name": "rootName", "root service": "rootServiceName", service: "resource.service.name", "service.name": "resource.service.name",
};

/** The field of a name: `.gen_ai.tool.name`, `."odd name"`, `resource.service.name`, `status`. */
export function fieldOf(name: string): string {
  const known = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  return known ?? attributeField(name);
}

function attributeField(name: string): string {
  // oxlint-disable-next-line no-control-regex -- TraceQL wants quotes around them
  return /^[^\s{}()=~!<>&|^,"`\u0000-\u001f\u007f]+$/.test(name) ? `.${name}` : `.${quote(name)}`;
}

/** The name of a field as facets and chips show it; the other way round of `fieldOf`, whatever its scope. */
export function nameOf(field: string): string {
  if (/^(?:resource)?\.service\.name$/.test(field)) return "service.name";
  const found = Object.entries(INTRINSICS).find(([, written]) => written === field)?.[0];
  if (found !== undefined) return found;
  const name = field.replace(/^(?:span|resource|instrumentation)?\./, "");
  return name.startsWith('"') ? unquote(name) : name;
}

/** Whether a name is an attribute: it may be absent, and has a type of its own. */
export function isAttribute(name: string): boolean {
  return !Object.hasOwn(INTRINSICS, name);
}

/** Types that values of a name have, as the API lists them (`string`, `int`, `double`, `bool` …); undefined if not known. */
export type TypesOf = (name: string) => readonly string[] | undefined;

const NUMBER = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether a text is a number as TraceQL writes it. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** Whether a text is a duration as TraceQL writes it: `1.5s`, `1h30m`, `250ms`. */
export function isDuration(text: string): boolean {
  return /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text);
}

/**
 * The literals that stand for a value as text. Where the types of an attribute are mixed or not known, `3` may be a number
 * or a string: then both.
 */
export function literalsOf(name: string, value: string, typesOf: TypesOf): readonly string[] {
  if (name === "status" || name === "kind") return [value.toLowerCase()];
  if (!isAttribute(name)) return [quote(value)];
  const types = typesOf(name);
  const bare = isNumber(value) ? ["int", "double"] : /^(?:true|false)$/.test(value) ? ["bool"] : [];
  if (bare.length === 0) return [quote(value)];
  const mayBeBare = types === undefined || bare.some((type) => types.includes(type));
  const mayBeText = types === undefined || types.some((type) => !["int", "double", "bool"].includes(type)) || !mayBeBare;
  return [...(mayBeText ? [quote(value)] : []), ...(mayBeBare ? [value] : [])];
}

/** A duration of so many milliseconds as the API and TraceQL take it, to the microsecond: `1.5s`, `250ms`, `12us`. */
export function durationText(ms: number): string {
  const us = Math.max(0, Math.round(ms * 1000));
  if (us >= 1_000_000 && us % 1000 === 0) return `${us / 1_000_000}s`;
  return us >= 1000 ? `${us / 1000}ms` : `${us}us`;
}
