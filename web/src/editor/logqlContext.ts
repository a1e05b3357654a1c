// What may come at the cursor of a LogQL query (the subset that the server takes). Pure.
import { isComparison, queryTokens, type Expected, type Token } from "./queryTokens";

/** As `Expected`; `place` tells the selector in braces from the filters behind it. */
export interface LogqlExpected extends Expected {
  place: "selector" | "filters";
}

const LINE_FILTERS: ReadonlySet<string> = new Set(["|=", "|~"]);

/** What is expected after `text`, which ends at the cursor. */
export function logqlExpects(text: string): LogqlExpected {
  const tokens = queryTokens(text);
  const last = tokens.at(-1);
  if (last === undefined) return { want: "start", from: text.length, quoted: false, place: "selector" };
  if (last.to === text.length && (last.kind === "word" || last.open)) {
    const found = behind(tokens.slice(0, -1), last.from);
    const quoted = last.kind === "string";
    const from = quoted ? last.from + 1 : last.from;
    if (found.want === "value") return { ...found, from, quoted };
    if (found.want === "field" && !quoted) return { ...found, from };
    // A half-typed `and`.
    return { ...found, want: found.want === "join" && !quoted ? "join" : "nothing", from, quoted };
  }
  return behind(tokens, text.length);
}

function behind(tokens: readonly Token[], from: number): LogqlExpected {
  const last = tokens.at(-1);
  const closed = tokens.some((token) => token.kind === "operator" && token.text === "}");
  const opened = tokens.some((token) => token.kind === "operator" && token.text === "{");
  const place = closed ? ("filters" as const) : ("selector" as const);
  const answer = (want: Expected["want"], field?: string): LogqlExpected => ({ want, from, quoted: false, place, ...(field === undefined ? {} : { field }) });
  if (last === undefined || !opened) return answer(last === undefined ? "start" : "nothing");
  const before = tokens.at(-2);
  if (place === "selector") {
    if (last.text === "{" || last.text === ",") return answer("field");
    if (isComparison(last)) return answer("value", before?.text);
    return answer(last.kind === "word" ? "operator" : isComparison(before) ? "join" : "nothing", last.text);
  }
  return inFilters(tokens, last, before, answer);
}

function inFilters(tokens: readonly Token[], last: Token, before: Token | undefined, answer: (want: Expected["want"], field?: string) => LogqlExpected): LogqlExpected {
  if (last.kind === "operator" && last.text === "}") return answer("join");
  if (last.text === "|" || last.text === "(" || last.text === "," || (last.kind === "word" && isJoin(last.text) && before?.kind !== "operator")) return answer("field");
  if (last.kind === "operator" && LINE_FILTERS.has(last.text)) return answer("nothing");
  if (isComparison(last)) {
    // `!=` and `!~` behind the braces or a text filter lines; behind a name they compare.
    return before?.kind === "word" ? answer("value", before.text) : answer("nothing");
  }
  if (last.text === ")") return answer("join");
  if (last.kind === "string" || isComparison(before)) return answer("join");
  return last.kind === "word" && tokens.length > 1 ? answer("operator", last.text) : answer("nothing");
}

function isJoin(word: string): boolean {
  return word === "and" || word === "or";
}

/** A name as LogQL writes it: every character but letters, digits and `_` becomes `_`. */
export function writtenLabel(name: string): string {
  const text = name.replaceAll(/\W/gu, "_");
  return /^\d/u.test(text) ? `_${text}` : text;
}

/** Operators behind a name: only of texts in the selector, of numbers, too, in filters. */
export function logqlOperators(place: LogqlExpected["place"]): readonly string[] {
  return place === "selector" ? ["=", "!=", "=~", "!~"] : ["=", "!=", "=~", "!~", ">", ">=", "<", "<=", "=="];
}

/** What may follow a finished condition. */
export function logqlJoins(place: LogqlExpected["place"]): readonly { text: string; detail: string }[] {
  if (place === "selector") return [{ text: ", ", detail: "one more" }];
  return [
    { text: '|= "', detail: "lines that contain" },
    { text: '!= "', detail: "lines without" },
    { text: '|~ "', detail: "lines that match" },
    { text: '!~ "', detail: "lines that do not match" },
    { text: "| ", detail: "filter by a label" },
    { text: "and ", detail: "both" },
    { text: "or ", detail: "either" },
  ];
}
