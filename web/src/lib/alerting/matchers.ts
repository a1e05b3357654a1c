// Matchers of labels as Alertmanager writes them: `{service="api",severity=~"high|critical"}`.
import type { Matcher } from "@/api/schema";

/** What a text of matchers says, or what is wrong with it. */
export type ReadMatchers = { readonly matchers: readonly Matcher[] } | { readonly problem: string };

/** Labels of an alert. */
export type Labels = Readonly<Record<string, string>>;

const PLAIN_NAME = /^[A-Za-z_][\w:]*$/u;
const PART = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"=!~,{}]+))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",{}]*))\s*/u;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unquote(text: string): string {
  return text.replace(/\\(.)/gu, (_, one: string) => ESCAPES[one] ?? one);
}

/** One matcher: `severity=~"high|critical"`. */
export function formatMatcher({ name, op, value }: Matcher): string {
  return `${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}${op}${JSON.stringify(value)}`;
}

/** Matchers in braces; of none `{}`. */
export function formatMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.map(formatMatcher).join(", ")}}`;
}

/** Reads matchers, with or without braces; the empty text and `{}` are none. */
export function readMatchers(text: string): ReadMatchers {
  const trimmed = text.trim();
  if (trimmed.startsWith("{") !== trimmed.endsWith("}")) return { problem: "a brace is missing" };
  let rest = trimmed.startsWith("{") ? trimmed.slice(1, -1) : trimmed;
  const matchers: Matcher[] = [];
  while (rest.trim() !== "") {
    const found = PART.exec(rest);
    if (found === null) return { problem: `expected NAME="VALUE" at “${rest.trim().slice(0, 40)}”` };
    const [whole, quotedName, bareName, op = "=", quoted, bare = ""] = found;
    const value = quoted === undefined ? bare : unquote(quoted);
    matchers.push({ name: quotedName === undefined ? (bareName ?? "") : unquote(quotedName), op, value });
    rest = rest.slice(whole.length);
    if (rest !== "" && !rest.startsWith(",")) return { problem: `expected a comma at “${rest.slice(0, 40)}”` };
    rest = rest.slice(1);
  }
  return { matchers };
}

/** The matchers of a text; none where it is wrong. */
export function matchersOf(text: string): readonly Matcher[] {
  const read = readMatchers(text);
  return "matchers" in read ? read.matchers : [];
}

/** Matchers that take exactly these labels. */
export function matchersOfLabels(labels: Labels): readonly Matcher[] {
  return Object.entries(labels).map(([name, value]) => ({ name, op: "=", value }));
}

function quoteRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/gu, "\\$&");
}

/** Values beyond so many are not listed one by one. */
const VALUES_MAX = 20;

/**
 * Matchers that take all of these label sets: names that all of them have, with the value they share or the values they
 * have. They may take more than these; a name whose values are too many is left out.
 */
export function matchersOfAll(sets: readonly Labels[]): readonly Matcher[] {
  const [first, ...others] = sets;
  if (first === undefined) return [];
  return Object.keys(first).flatMap((name): Matcher[] => {
    if (others.some((labels) => labels[name] === undefined)) return [];
    const values = [...new Set(sets.map((labels) => labels[name] ?? ""))].sort();
    const [only = ""] = values;
    if (values.length === 1) return [{ name, op: "=", value: only }];
    return values.length > VALUES_MAX ? [] : [{ name, op: "=~", value: values.map(quoteRegex).join("|") }];
  });
}

/** A text of matchers with one more; one on the same label with `=` or `!=` is replaced. */
export function withMatcher(text: string, added: Matcher): string {
  const kept = matchersOf(text).filter((one) => !(one.name === added.name && (one.op === "=" || one.op === "!=")));
  return formatMatchers([...kept, added]);
}

/** A text of matchers without the one at a place; "" if none is left. */
export function withoutMatcher(text: string, place: number): string {
  const left = matchersOf(text).filter((_, at) => at !== place);
  return left.length === 0 ? "" : formatMatchers(left);
}
