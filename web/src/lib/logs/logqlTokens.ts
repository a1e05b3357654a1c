// Splits the subset of LogQL that the server takes into tokens. Lenient: what it does not know ends the reading.

/** A token of LogQL with its place in the text (UTF-16 units). `value` of a string is without quotes and escapes. */
export interface Token {
  readonly kind: "string" | "word" | "number" | "sign";
  readonly text: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

const SIGNS = ["|=", "|~", "==", "=~", "!=", "!~", "<=", ">=", "<", ">", "=", "|", "{", "}", "(", ")", ",", "-"] as const;
const BLANK = /(?:\s|#[^\n]*)+/y;
const WORD = /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y;
const NUMBER = /\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?/y;
const STRING = /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\u0007", b: "\b", f: "\f", v: "\v" };

/** The text that a quoted string stands for: escapes of Go in double quotes, none in backticks. */
function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("`")) return inner;
  return inner.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{3})|(.))/gi, (_, x?: string, u?: string, long?: string, octal?: string, one?: string) => {
    if (one !== undefined) return ESCAPES[one] ?? one;
    const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? "0", 16) : Number.parseInt(octal, 8);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : "\ufffd";
  });
}

/** The tokens of a text, or undefined where something in it is no token. */
export function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(BLANK, text, at)?.length ?? 0;
    if (at >= text.length) return tokens;
    const token = tokenAt(text, at);
    if (token === undefined) return undefined;
    tokens.push(token);
    at = token.to;
  }
}

function tokenAt(text: string, from: number): Token | undefined {
  const make = (kind: Token["kind"], found: string, value = found): Token => ({ kind, text: found, value, from, to: from + found.length });
  const string = match(STRING, text, from);
  if (string !== undefined) return make("string", string, unquote(string));
  const word = match(WORD, text, from);
  if (word !== undefined) return make("word", word);
  const number = match(NUMBER, text, from);
  if (number !== undefined) return make("number", number);
  const sign = SIGNS.find((one) => text.startsWith(one, from));
  return sign === undefined ? undefined : make("sign", sign);
}
