// Moves the threshold of a comparison: the number in the text is exchanged, all else stays as it was typed. Pure.

/** A number that a comparison at the outermost level names: where it stands, its value, and whether a unit follows. */
interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly unit: string;
}

const NUMBER = /^[+-]?\s*(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/u;
const NUMBER_AT_END = /(?<![\w.)\]}"'])[+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/u;
const UNIT = /^\s*(?:%|[A-Za-zµ]+)/u;
const OPERATOR = /^(?:==|!=|>=|<=|>|<)/u;
const SET_WORDS = new Set(["and", "or", "unless", "by", "per"]);

function quoteEnd(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && quote !== "`") at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

/** Places of comparisons outside of parentheses, strings, matchers and comments. */
function comparisons(text: string): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (letter === '"' || letter === "'" || letter === "`") at = quoteEnd(text, at);
    else if (letter === "#") at = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
    else if ("({[".includes(letter)) depth += 1;
    else if (")}]".includes(letter)) depth -= 1;
    else if (depth === 0) {
      const operator = OPERATOR.exec(text.slice(at, at + 2))?.[0];
      if (operator === undefined) continue;
      found.push({ from: at, to: at + operator.length });
      at += operator.length - 1;
    }
  }
  return found;
}

/** The inside of parentheses that hold all of a text, and where it begins. */
function unwrapped(text: string): { readonly inner: string; readonly offset: number } {
  let inner = text;
  let offset = 0;
  for (;;) {
    const start = inner.length - inner.trimStart().length;
    const trimmed = inner.trim();
    if (!trimmed.startsWith("(") || !trimmed.endsWith(")")) return { inner, offset };
    let depth = 0;
    for (let at = 0; at < trimmed.length - 1; at += 1) {
      if (`"'\``.includes(trimmed[at] ?? " ")) at = quoteEnd(trimmed, at);
      else if (trimmed[at] === "(") depth += 1;
      else if (trimmed[at] === ")") depth -= 1;
      if (depth === 0) return { inner, offset };
    }
    inner = trimmed.slice(1, -1);
    offset += start + 1;
  }
}

function valueOf(written: string): number {
  return Number(written.replaceAll(/[\s_]/gu, ""));
}

function candidatesOf(text: string): readonly Candidate[] {
  const { inner, offset } = unwrapped(text);
  return comparisons(inner).flatMap(({ from, to }, index): Candidate[] => {
    const behind = /^\s*(?:bool\b\s*)?/u.exec(inner.slice(to))?.[0] ?? "";
    const start = to + behind.length;
    const right = NUMBER.exec(inner.slice(start))?.[0];
    if (right !== undefined) {
      const after = inner.slice(start + right.length);
      const unit = UNIT.exec(after)?.[0].trim() ?? "";
      return /^\s*[*/+^(-]/u.test(after) ? [] : [{ from: offset + start, to: offset + start + right.length, value: valueOf(right), unit: SET_WORDS.has(unit) ? "" : unit }];
    }
    // `5 < errors`: the number stands first.
    const left = index === 0 ? NUMBER_AT_END.exec(inner.slice(0, from)) : null;
    if (left === null || inner.slice(0, left.index).trim() !== "") return [];
    const written = left[0].trimEnd();
    return [{ from: offset + left.index, to: offset + left.index + written.length, value: valueOf(written), unit: "" }];
  });
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** A number without noise of binary fractions: `0.3`, `1500`, `1e-7`. */
export function writeNumber(value: number): string {
  return String(Number(value.toPrecision(10)));
}

/**
 * The text with another threshold. `current` is the threshold in force, in the unit of the values (as the server tells it);
 * a number with a unit behind it (`60s`) keeps the unit. Undefined where the text has no such number, or more than one.
 */
export function withThreshold(text: string, current: number | undefined, next: number): string | undefined {
  const all = candidatesOf(text);
  const same = current === undefined ? [] : all.filter(({ value, unit }) => unit === "" && near(value, current));
  const [found, ...others] = same.length > 0 ? same : all;
  if (found === undefined || others.length > 0) return undefined;
  const scale = found.unit !== "" && current !== undefined && found.value !== 0 && current !== 0 ? current / found.value : 1;
  return text.slice(0, found.from) + writeNumber(next / scale) + text.slice(found.to);
}

/** A value rounded to what a hand can aim at on an axis of so much span: about one in two hundred. */
export function roundedTo(value: number, span: number): number {
  if (!(span > 0) || !Number.isFinite(value)) return value;
  const rough = span / 200;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  return Number((Math.round(value / step) * step).toPrecision(10));
}
