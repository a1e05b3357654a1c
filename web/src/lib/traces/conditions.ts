// The conditions of a TraceQL text: taken apart at `&&`, put together again. Strict subset of docs/guide/query-language.md. Pure.
import { nameOf, unquote } from "@/lib/traces/literal";

/** A condition that facets and chips understand: a field has, or has not, one of these values. */
export interface ValueCondition {
  /** Name as `nameOf` gives it. */
  readonly name: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

/** One part of a query between `&&`. */
export interface Conjunct {
  readonly text: string;
  /** What it says, if it is that simple. */
  readonly values?: ValueCondition;
}

interface Piece {
  readonly kind: "text" | "string" | "comment";
  readonly start: number;
  readonly end: number;
}

/** Where strings and comments stand; undefined if one has no end. */
function piecesOf(text: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const two = text.slice(at, at + 2);
    let kind: Piece["kind"] = "text";
    if (text[at] === '"' || text[at] === "`") {
      kind = "string";
      const match = (text[at] === '"' ? /"(?:[^"\\]|\\[\s\S])*"/y : /`[^`]*`/y);
      match.lastIndex = at;
      const found = match.exec(text);
      if (!found) return undefined;
      at += found[0].length;
    } else if (two === "//" || two === "/*") {
      kind = "comment";
      const end = two === "//" ? text.indexOf("\n", at) : text.indexOf("*/", at + 2);
      if (end < 0 && two === "/*") return undefined;
      at = end < 0 ? text.length : end + (two === "/*" ? 2 : 0);
    } else at += 1;
    const last = pieces.at(-1);
    if (kind === "text" && last?.kind === "text") pieces[pieces.length - 1] = { ...last, end: at };
    else pieces.push({ kind, start, end: at });
  }
  return pieces;
}

/** The text without comments, and a copy of the same length in which strings are blanked out. */
function masked(text: string): { readonly plain: string; readonly mask: string } | undefined {
  const pieces = piecesOf(text);
  if (pieces === undefined) return undefined;
  let plain = "";
  let mask = "";
  for (const { kind, start, end } of pieces) {
    const part = kind === "comment" ? " " : text.slice(start, end);
    plain += part;
    mask += kind === "string" ? "_".repeat(part.length) : part;
  }
  return { plain, mask };
}

/** Places of an operator outside of parentheses; undefined if the parentheses do not match. */
function placesOf(mask: string, operator: string): readonly number[] | undefined {
  const places: number[] = [];
  let depth = 0;
  for (let at = 0; at < mask.length; at += 1) {
    if (mask[at] === "(") depth += 1;
    else if (mask[at] === ")") depth -= 1;
    else if (depth === 0 && mask.startsWith(operator, at)) places.push(at);
    if (depth < 0) return undefined;
  }
  return depth === 0 ? places : undefined;
}

function splitAt(text: string, places: readonly number[], length: number): string[] {
  const edges = [-length, ...places, text.length];
  return edges.slice(1).map((place, index) => text.slice((edges[index] ?? 0) + length, place).trim());
}

/** The conditions of a query; undefined if it is no pair of braces, or not well formed. The empty text has none. */
export function conjunctsOf(query: string): readonly Conjunct[] | undefined {
  const whole = masked(query);
  if (whole === undefined) return undefined;
  if (whole.plain.trim() === "") return [];
  const match = /^(\s*\{)([^{}]*)\}\s*$/.exec(whole.mask);
  if (!match) return undefined;
  const start = match[1]?.length ?? 0;
  const mask = match[2] ?? "";
  const body = whole.plain.slice(start, start + mask.length);
  if (body.trim() === "") return [];
  const ors = placesOf(mask, "||");
  const ands = placesOf(mask, "&&");
  if (ors === undefined || ands === undefined) return undefined;
  // `&&` and `||` bind equally: with both on one level, no part stands for itself.
  const texts = ors.length > 0 ? [`(${body.trim()})`] : splitAt(body, ands, 2);
  return texts.some((text) => text === "") ? undefined : texts.map(conjunctOf);
}

const FIELD = String.raw`(?:[a-zA-Z:]+|(?:span|resource|instrumentation)?\.(?:[^\s{}()=~!<>&|^,"` + "`" + String.raw`]|"(?:[^"\\]|\\.)*")+)`;
const LITERAL = String.raw`(?:"(?:[^"\\]|\\.)*"|` + "`[^`]*`" + String.raw`|-?[\w.]+)`;
const COMPARISON = new RegExp(`^(${FIELD})\\s*(!=|=)\\s*(${LITERAL})$`);

function conjunctOf(text: string): Conjunct {
  const negated = /^!\s*\(/.test(text);
  const values = valuesOf(negated ? text.replace(/^!\s*/, "") : text);
  if (values === undefined || (negated && values.negated)) return { text };
  return { text, values: { ...values, negated: negated || values.negated } };
}

function valuesOf(text: string): ValueCondition | undefined {
  const inner = /^\(([\s\S]*)\)$/.exec(text)?.[1];
  const body = (inner ?? text).trim();
  const mask = masked(body)?.mask;
  const places = mask === undefined ? undefined : placesOf(mask, "||");
  if (places === undefined) return undefined;
  const parts = splitAt(body, places, 2).map((part) => COMPARISON.exec(part));
  const first = parts[0];
  const [field = "", operator] = [first?.[1], first?.[2]];
  if (!first || parts.some((part) => part?.[1] !== field || part[2] !== operator)) return undefined;
  if (operator === "!=" && parts.length > 1) return undefined;
  if (parts.some((part) => part?.[3] === "nil")) return undefined;
  return { name: nameOf(field), values: [...new Set(parts.map((part) => unquote(part?.[3] ?? "")))], negated: operator === "!=" };
}

/** The query of conditions; the empty text for none. */
export function queryOf(conjuncts: readonly Pick<Conjunct, "text">[]): string {
  return conjuncts.length === 0 ? "" : `{ ${conjuncts.map(({ text }) => text).join(" && ")} }`;
}

/** The query with one more condition; undefined if the query is not well formed. A condition that stands there already is not doubled. */
export function addCondition(query: string, condition: string): string | undefined {
  const conjuncts = conjunctsOf(query);
  if (conjuncts === undefined) return undefined;
  return conjuncts.some(({ text }) => text === condition) ? query : queryOf([...conjuncts, { text: condition }]);
}

/** The condition that a field has one of these literals. */
export function anyOf(field: string, literals: readonly string[]): string {
  const parts = literals.map((literal) => `${field} = ${literal}`);
  return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(" || ")})`;
}

/** The condition that a field has none of these literals; what lacks the field stays. */
export function noneOf(field: string, literals: readonly string[]): string {
  const [first = ""] = literals;
  if (/^[a-zA-Z:]+$|^resource\.service\.name$/.test(field) && literals.length === 1) return `${field} != ${first}`;
  return literals.length === 1 ? `!(${field} = ${first})` : `!${anyOf(field, literals)}`;
}
