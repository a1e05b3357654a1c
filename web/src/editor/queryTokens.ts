// Query text before the cursor as tokens: enough to know what may come next in TraceQL and LogQL. Pure.

/** A token of a query. `open`: a string without its end. */
export interface Token {
  kind: "word" | "string" | "operator";
  text: string;
  from: number;
  to: number;
  open: boolean;
}

/** What may come at the cursor. `from` is where it starts; `field` is what a value belongs to. */
export interface Expected {
  want: "start" | "field" | "operator" | "value" | "join" | "nothing";
  from: number;
  field?: string;
  /** The cursor stands inside quotes. */
  quoted: boolean;
}

const OPERATORS: ReadonlySet<string> = new Set(["&&", "||", "|=", "|~", "=~", "!~", "!=", ">=", "<=", "=="]);
const PUNCTUATION = "{}()=~!<>&|^,";

function stringEnd(text: string, from: number): { to: number; open: boolean } {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text[at] === quote) return { to: at + 1, open: false };
  }
  return { to: text.length, open: true };
}

function operatorAt(text: string, from: number): Token {
  const two = text.slice(from, from + 2);
  const found = OPERATORS.has(two) ? two : text.slice(from, from + 1);
  return { kind: "operator", text: found, from, to: from + found.length, open: false };
}

/** Tokens of a text. A word runs on through a quoted part: `span."a b"` is one word. */
export function queryTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (/\s/u.test(char)) at += 1;
    else if (char === '"' || char === "`") {
      const { to, open } = stringEnd(text, at);
      tokens.push({ kind: "string", text: text.slice(at, to), from: at, to, open });
      at = to;
    } else if (PUNCTUATION.includes(char)) {
      const token = operatorAt(text, at);
      tokens.push(token);
      at = token.to;
    } else {
      const token = wordAt(text, at);
      tokens.push(token);
      at = token.to;
    }
  }
  return tokens;
}

function wordAt(text: string, from: number): Token {
  let to = from;
  while (to < text.length) {
    const char = text[to] ?? "";
    if (/\s/u.test(char) || PUNCTUATION.includes(char) || char === "`") break;
    if (char === '"') {
      if (text[to - 1] !== ".") break;
      to = stringEnd(text, to).to;
    } else to += 1;
  }
  return { kind: "word", text: text.slice(from, to), from, to, open: false };
}

const COMPARISONS: ReadonlySet<string> = new Set(["=", "==", "!=", "=~", "!~", ">", ">=", "<", "<="]);

/** Whether a token compares a field with a value. */
export function isComparison(token: Token | undefined): boolean {
  return token?.kind === "operator" && COMPARISONS.has(token.text);
}
