// Reads and edits LogQL queries by their conditions: what facets, chips, highlights and "drop this condition" need.
import { tokensOf, type Token } from "@/lib/logs/logqlTokens";

/** A condition on one name: a matcher of the selector, or a label filter. `text` is as it was written. */
export interface LabelCondition {
  readonly name: string;
  readonly op: string;
  readonly value: string;
  readonly text: string;
}

/** A line filter, or a label filter; `only` is there where the label filter is a single condition. */
export type Stage =
  | { readonly kind: "line"; readonly op: string; readonly texts: readonly string[]; readonly text: string }
  | { readonly kind: "label"; readonly only: LabelCondition | undefined; readonly text: string };

/** A query by its parts, in order. */
export interface LogQuery {
  readonly matchers: readonly LabelCondition[];
  readonly stages: readonly Stage[];
}

const OPERATORS: ReadonlySet<string> = new Set(["=", "!=", "=~", "!~", "==", "<", "<=", ">", ">="]);
const LINE_OPERATORS: ReadonlySet<string> = new Set(["|=", "!=", "|~", "!~"]);
const RESERVED: ReadonlySet<string> = new Set(["and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset", "ip"]);

/** A text in double quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A name as a label filter takes it: as it is, or in quotes where it has odd letters. */
export function labelName(name: string): string {
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(name) && !RESERVED.has(name) ? name : quoted(name);
}

/** `| agent != "x"` */
export function labelFilter(name: string, op: string, value: string): string {
  return `| ${labelName(name)} ${op} ${quoted(value)}`;
}

/** `|= "x"` */
export function lineFilter(op: string, text: string): string {
  return `${op} ${quoted(text)}`;
}

class Reader {
  private at = 0;
  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
  ) {}

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  isSign(sign: string): boolean {
    return this.peek()?.kind === "sign" && this.peek()?.text === sign;
  }

  next(): Token | undefined {
    this.at += 1;
    return this.tokens[this.at - 1];
  }

  slice(from: Token): string {
    return this.text.slice(from.from, this.tokens[this.at - 1]?.to ?? from.to);
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  matchers(): readonly LabelCondition[] | undefined {
    if (!this.isSign("{")) return undefined;
    this.next();
    const found: LabelCondition[] = [];
    while (!this.isSign("}")) {
      const condition = this.condition();
      if (condition === undefined) return undefined;
      found.push(condition);
      if (this.isSign(",")) this.next();
      else if (!this.isSign("}")) return undefined;
    }
    this.next();
    return found;
  }

  condition(): LabelCondition | undefined {
    const name = this.next();
    const op = this.next();
    if (name === undefined || (name.kind !== "word" && name.kind !== "string") || op === undefined || !OPERATORS.has(op.text)) return undefined;
    if (this.isSign("-")) this.next();
    const value = this.next();
    if (value === undefined || (value.kind !== "string" && value.kind !== "number")) return undefined;
    return { name: name.value, op: op.text, value: value.value, text: this.slice(name) };
  }

  stage(): Stage | undefined {
    const start = this.peek();
    if (start === undefined) return undefined;
    if (LINE_OPERATORS.has(start.text)) return this.lineStage(start);
    if (!this.isSign("|")) return undefined;
    this.next();
    const parts = this.labelParts();
    if (parts === undefined) return undefined;
    return { kind: "label", only: parts.length === 1 && !this.slice(start).includes("(") ? parts[0] : undefined, text: this.slice(start) };
  }

  private lineStage(start: Token): Stage | undefined {
    this.next();
    const first = this.next();
    if (first?.kind !== "string") return undefined;
    const texts = [first.value];
    while (this.peek()?.text === "or" && this.peek(1)?.kind === "string") {
      this.next();
      texts.push(this.next()?.value ?? "");
    }
    return { kind: "line", op: start.text, texts, text: this.slice(start) };
  }

  private labelParts(): readonly LabelCondition[] | undefined {
    const parts: LabelCondition[] = [];
    let depth = 0;
    for (;;) {
      while (this.isSign("(")) {
        depth += 1;
        this.next();
      }
      const condition = this.condition();
      if (condition === undefined) return undefined;
      parts.push(condition);
      while (depth > 0 && this.isSign(")")) {
        depth -= 1;
        this.next();
      }
      const next = this.peek();
      const joined = next?.text === "and" || next?.text === "or" || next?.text === ",";
      if (joined) this.next();
      else if (depth === 0 && (next === undefined || next.kind === "sign")) return parts;
    }
  }
}

/** A query by its parts; undefined for what is not understood. The empty text is the query that takes everything. */
export function readQuery(text: string): LogQuery | undefined {
  if (text.trim() === "") return { matchers: [], stages: [] };
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const reader = new Reader(text, tokens);
  const matchers = reader.matchers();
  if (matchers === undefined) return undefined;
  const stages: Stage[] = [];
  while (!reader.done) {
    const stage = reader.stage();
    if (stage === undefined) return undefined;
    stages.push(stage);
  }
  return { matchers, stages };
}

/** Writes a query; "" where it takes everything. */
export function writeQuery({ matchers, stages }: LogQuery): string {
  if (matchers.length === 0 && stages.length === 0) return "";
  return [`{${matchers.map((one) => one.text).join(", ")}}`, ...stages.map((one) => one.text)].join(" ");
}

/** The query with one more stage at its end, unless it has that very stage. */
export function withStage(query: string, stage: string): string {
  const text = query.trim();
  if (text === "") return `{} ${stage}`;
  const read = readQuery(text);
  return read?.stages.some((one) => one.text === stage) === true ? text : `${text} ${stage}`;
}

/** The query without what `drop` names among its conditions and stages. */
export function without(query: string, drop: (part: LabelCondition | Stage) => boolean): string {
  const read = readQuery(query);
  if (read === undefined) return query;
  return writeQuery({ matchers: read.matchers.filter((one) => !drop(one)), stages: read.stages.filter((one) => !drop(one)) });
}

/** Conditions of a query that all have to hold and are about one name each. */
export function conditionsOf(query: string): readonly LabelCondition[] {
  const read = readQuery(query);
  if (read === undefined) return [];
  return [...read.matchers, ...read.stages.flatMap((stage) => (stage.kind === "label" && stage.only !== undefined ? [stage.only] : []))];
}

/** What was made of a text that somebody typed, and in words where it is not what they typed. */
export interface Typed {
  readonly query: string;
  readonly note: string | undefined;
}

/** Makes a query of what was typed: stages without a selector get one, `name=value` becomes a filter, plain words are looked for in the lines. */
export function queryOfTyped(typed: string): Typed {
  const text = typed.trim();
  if (text === "" || text.startsWith("{") || text.startsWith("#")) return { query: text, note: undefined };
  if (/^(?:\||!=|!~)/.test(text)) return { query: `{} ${text}`, note: undefined };
  const pair = /^([A-Za-z_][\w.]*)\s*(=~|!~|!=|=)\s*("?)([^"\s]+)\3$/.exec(text);
  if (pair) {
    const [, name = "", op = "=", , value = ""] = pair;
    const query = `{} ${labelFilter(name, op, value)}`;
    return { query, note: `Read as a filter: ${query}` };
  }
  const plain = /^"(.*)"$/.exec(text)?.[1] ?? text;
  const query = `{} ${lineFilter("|=", plain)}`;
  return { query, note: `Lines that contain “${plain}”: ${query}` };
}
