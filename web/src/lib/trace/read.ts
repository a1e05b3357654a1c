// Reading a trace model: names, colours, ancestors, what is not loaded.
import { ERROR, KIND_WORDS, ROLE_WORDS, type TraceModel } from "./model";

/** What bars are coloured by. */
export type ColourBy = "service" | "agent" | "kind";

/** The name of a span. */
export function nameOf(model: TraceModel, row: number): string {
  return model.names[model.name[row] ?? -1] ?? "";
}

/** A name for people: says so where it is blank. */
export function shownName(name: string): string {
  return name.trim() === "" ? "(no name)" : name;
}

/** The service of a span. */
export function serviceOf(model: TraceModel, row: number): string {
  return model.services[model.service[row] ?? -1]?.name ?? "";
}

/** The agent of a span; empty without one. */
export function agentOf(model: TraceModel, row: number): string {
  return model.agents[model.agent[row] ?? -1]?.name ?? "";
}

/** The kind of a span in a word. */
export function kindOf(model: TraceModel, row: number): string {
  return KIND_WORDS[model.kind[row] ?? 0] ?? "unspecified";
}

/** Whether a span failed. */
export function failed(model: TraceModel, row: number): boolean {
  return model.status[row] === ERROR;
}

/** The colour slot of a span; -1 is grey: no agent. */
export function slotOf(model: TraceModel, row: number, by: ColourBy): number {
  if (by === "service") return model.services[model.service[row] ?? -1]?.slot ?? 0;
  if (by === "agent") return model.agents[model.agent[row] ?? -1]?.slot ?? -1;
  return kindSlot(model, row);
}

/** Colour by kind: what the span is to an agent system first, else OTLP's kind. */
function kindSlot(model: TraceModel, row: number): number {
  const role = model.role[row] ?? 0;
  return role > 0 ? role - 1 : 4 + (model.kind[row] ?? 0);
}

/** A kind of work: its colour, its word, and the search that finds it. */
export interface WorkKind {
  readonly slot: number;
  readonly word: string;
  readonly find: string;
  readonly spans: number;
}

/** The kinds of work that occur, by frequency: what colours mean with `kind`. */
export function workKinds(model: TraceModel): readonly WorkKind[] {
  const counts = new Map<number, number>();
  for (let row = 0; row < model.count; row += 1) {
    const slot = kindSlot(model, row);
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  return [...counts.entries()]
    .sort(([, a], [, b]) => b - a)
    .map(([slot, spans]) => {
      const role = ROLE_WORDS[slot + 1];
      const word = slot < 4 && role !== undefined ? role : (KIND_WORDS[slot - 4] ?? "unspecified");
      return { slot, word, find: `${slot < 4 ? "role" : "kind"}:"${word}"`, spans };
    });
}

/** Whether bars are best coloured by agent (several take part) or by service. */
export function defaultColour(model: TraceModel): ColourBy {
  return model.agents.length > 1 || (model.agents.length > 0 && model.services.length < 2) ? "agent" : "service";
}

/** Rows from the root down to the parent of a span. */
export function ancestors(model: TraceModel, row: number): number[] {
  const above: number[] = [];
  for (let at = model.parent[row] ?? -1; at >= 0; at = model.parent[at] ?? -1) above.push(at);
  return above.toReversed();
}

/** Whether a span is in the subtree of another, or is it. */
export function isWithin(model: TraceModel, row: number, root: number): boolean {
  return root < 0 || (row >= root && row < (model.after[root] ?? 0));
}

/** Rows of a span's loaded children. */
export function childrenOf(model: TraceModel, row: number): number[] {
  const rows: number[] = [];
  const after = model.after[row] ?? 0;
  for (let child = row + 1; child < after; child = model.after[child] ?? after) rows.push(child);
  return rows;
}

/** Direct children that are not loaded, and spans that hang on them. */
export function missingBelow(model: TraceModel, row: number): { children: number; spans: number } {
  const children = Math.max(0, (model.children[row] ?? 0) - (model.loaded[row] ?? 0));
  if (children === 0) return { children: 0, spans: 0 };
  let held = 0;
  for (const child of childrenOf(model, row)) held += 1 + (model.below[child] ?? 0);
  return { children, spans: Math.max(children, (model.below[row] ?? 0) - held) };
}

/** Milliseconds of the critical path within a subtree. */
export function criticalMsWithin(model: TraceModel, row: number): number {
  let ms = 0;
  const { first, of, segments } = model.critical;
  const last = first[model.after[row] ?? row + 1] ?? 0;
  for (let at = first[row] ?? 0; at < last; at += 1) {
    const segment = segments[of[at] ?? -1];
    if (segment) ms += segment.endMs - segment.startMs;
  }
  return ms;
}
