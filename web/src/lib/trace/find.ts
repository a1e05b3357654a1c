// The search inside a trace: words in name, detail, service, agent and id, and `service:orders`, `is:error` and the like.
import { ERROR, KIND_WORDS, ROLE_WORDS, type TraceModel } from "./model";

/** One condition of a search. */
export interface Term {
  readonly field: Field;
  /** Lower case. */
  readonly text: string;
  /** The whole value must be equal, not only contain it. */
  readonly exact: boolean;
}

type Field = "any" | "service" | "agent" | "name" | "detail" | "kind" | "role" | "is";

const FIELDS: readonly Field[] = ["service", "agent", "name", "detail", "kind", "role", "is"];

/** Reads a search. Words stand apart by blanks, all must hold; quotes keep blanks; `field:word` looks there alone. */
export function parseFind(text: string): readonly Term[] {
  const terms: Term[] = [];
  for (const [, field = "", quoted, bare = ""] of text.matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/giu)) {
    const known = FIELDS.find((one) => one === field.toLowerCase());
    const value = (quoted ?? bare).toLowerCase();
    if (known !== undefined && value !== "") terms.push({ field: known, text: value, exact: quoted !== undefined });
    else if (field !== "" || value !== "") terms.push({ field: "any", text: field === "" ? value : `${field.toLowerCase()}:${value}`, exact: false });
  }
  return terms;
}

/** Writes a term so that `parseFind` reads it: `service:"order api"`. */
export function findTerm(field: "service" | "agent" | "name", value: string): string {
  return `${field}:"${value.replaceAll('"', "")}"`;
}

/** What a search found. */
export interface Matches {
  /** Rows in order. */
  readonly rows: Int32Array;
  /** 1 for matches. */
  readonly flags: Uint8Array;
}

type Test = (row: number) => boolean;

/** Finds the spans for which all terms hold; undefined for an empty search. */
export function findSpans(model: TraceModel, text: string): Matches | undefined {
  const terms = parseFind(text.trim());
  if (terms.length === 0) return undefined;
  const tests = terms.map((term) => testOf(model, term));
  const flags = new Uint8Array(model.count);
  const rows: number[] = [];
  for (let row = 0; row < model.count; row += 1) {
    if (!tests.every((test) => test(row))) continue;
    flags[row] = 1;
    rows.push(row);
  }
  return { rows: Int32Array.from(rows), flags };
}

function testOf(model: TraceModel, term: Term): Test {
  switch (term.field) {
    case "service":
      return byDictionary(model.service, model.services.map((party) => party.name), term);
    case "agent":
      return byDictionary(model.agent, model.agents.map((party) => party.name), term);
    case "name":
      return byDictionary(model.name, model.names, term);
    case "kind":
      return byDictionary(model.kind, KIND_WORDS, term);
    case "role":
      return byDictionary(model.role, ROLE_WORDS, term);
    case "detail":
      return (row) => holds(model.detail[row] ?? "", term);
    case "is":
      return stateTest(model, term.text);
    default:
      return anyTest(model, term);
  }
}

function holds(value: string, { text, exact }: Term): boolean {
  const lower = value.toLowerCase();
  return exact ? lower === text : lower.includes(text);
}

function byDictionary(column: ArrayLike<number>, values: readonly string[], term: Term): Test {
  const passes = values.map((value) => holds(value, term));
  return (row) => passes[column[row] ?? -1] === true;
}

function stateTest(model: TraceModel, state: string): Test {
  if (state === "error" || state === "failed") return (row) => model.status[row] === ERROR;
  if (state === "critical") return (row) => (model.critical.first[row + 1] ?? 0) > (model.critical.first[row] ?? 0);
  if (state === "root") return (row) => (model.parent[row] ?? -1) < 0;
  return () => false;
}

function anyTest(model: TraceModel, term: Term): Test {
  const inName = byDictionary(model.name, model.names, term);
  const inService = byDictionary(model.service, model.services.map((party) => party.name), term);
  const inAgent = byDictionary(model.agent, model.agents.map((party) => party.name), term);
  const asId = /^[0-9a-f]{4,16}$/u.test(term.text);
  return (row) =>
    inName(row) || inService(row) || inAgent(row) || holds(model.detail[row] ?? "", term) || (asId && (model.id[row] ?? "").startsWith(term.text));
}

/** The next (or with -1 the previous) of sorted rows after a row, around the end; -1 for none. */
export function step(rows: Int32Array, from: number, by: 1 | -1): number {
  if (rows.length === 0) return -1;
  if (by === 1) {
    for (const row of rows) if (row > from) return row;
    return rows[0] ?? -1;
  }
  for (let index = rows.length - 1; index >= 0; index -= 1) if ((rows[index] ?? 0) < from) return rows[index] ?? -1;
  return rows.at(-1) ?? -1;
}
