// Values of attributes as the API sends them: JSON's own, `$double`, `$bytes`, and `$ref` for large ones that are not loaded.

/** Attributes by key. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A large value that was not asked for. */
export interface LargeValue {
  readonly hash: string;
  /** Length of its content. */
  readonly bytes: number;
  /** Its type: `string`, `array`, `map`, `bytes`. */
  readonly kind: string;
  /** How it begins. */
  readonly preview: string;
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as a large one; undefined for any other. */
export function largeOf(value: unknown): LargeValue | undefined {
  if (!isRecord(value) || !isRecord(value["$ref"])) return undefined;
  const ref = value["$ref"];
  return { hash: text(ref["hash"]), bytes: Number(ref["bytes"] ?? 0) || 0, kind: text(ref["kind"]), preview: text(ref["preview"]) };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A value for people, on one or more lines. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  const large = largeOf(value);
  if (large !== undefined) return large.preview;
  if (isRecord(value)) {
    if (typeof value["$double"] === "string") return value["$double"];
    if (typeof value["$bytes"] === "string") return `base64:${value["$bytes"]}`;
  }
  if (typeof value === "object") return JSON.stringify(value);
  return String(value as boolean | number | bigint);
}

/** A number, also where it came as digits; undefined for what is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A text that is not empty; undefined for anything else. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The structure inside a value: JSON in a text is read, what is structured already stays; undefined where there is none. */
export function structureOf(value: unknown): unknown {
  if (typeof value === "object" && value !== null) return value;
  if (typeof value !== "string" || !/^\s*[[{]/u.test(value)) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Texts that hold JSON are written out with indents, if they are not too long for that; others stay. */
export function prettyText(text: string, mostChars = 200_000): string {
  if (text.length > mostChars) return text;
  const structure = structureOf(text);
  if (structure === undefined) return text;
  const short = JSON.stringify(structure);
  return short.length <= SHORT_JSON ? short : JSON.stringify(structure, undefined, 2);
}

/** JSON up to so many characters stays on one line. */
const SHORT_JSON = 72;

/** The beginning of a large value for people: of messages in JSON the words, not the braces around them. */
export function previewText(preview: string): string {
  if (!/^\s*[[{]/u.test(preview)) return preview;
  const [found] = /"(?:content|text)"\s*:\s*"/u.exec(preview) ?? [];
  if (found === undefined) return preview;
  const words = preview.slice(preview.indexOf(found) + found.length);
  const end = /(?<!\\)(?:\\\\)*"/u.exec(words);
  const inside = end === null ? words : words.slice(0, end.index + end[0].length - 1);
  return inside.replaceAll(/\\(["\\/nrt])/gu, (_, sign: string) => ({ n: "\n", r: "", t: "\t" })[sign] ?? sign);
}

/** How many lines a text has. */
export function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
