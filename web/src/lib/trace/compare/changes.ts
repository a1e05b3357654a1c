// Two traces side by side: what is new, gone, slower, faster, by operation.
import type { Operation } from "../table/operations";

/** An operation in both traces; a side without it has no figures. */
export interface Change {
  readonly name: string;
  readonly service: string;
  readonly slot: number;
  readonly before: Operation | undefined;
  readonly after: Operation | undefined;
  /** Time at work itself, after less before, milliseconds. */
  readonly deltaMs: number;
  /** Spans, after less before. */
  readonly deltaCount: number;
  readonly word: "new" | "gone" | "slower" | "faster" | "same";
}

/** Changes below this share of the larger side, or below a millisecond, are none. */
const SHARE = 0.05;

/** Joins the operations of two traces; the largest change first. */
export function changesOf(before: readonly Operation[], after: readonly Operation[]): Change[] {
  const key = (one: Operation): string => `${one.service}\u0000${one.name}`;
  const left = new Map(before.map((one) => [key(one), one]));
  const right = new Map(after.map((one) => [key(one), one]));
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys]
    .map((one) => changeOf(left.get(one), right.get(one)))
    .toSorted((a, b) => Math.abs(b.deltaMs) - Math.abs(a.deltaMs) || Math.abs(b.deltaCount) - Math.abs(a.deltaCount));
}

function changeOf(before: Operation | undefined, after: Operation | undefined): Change {
  const deltaMs = (after?.self ?? 0) - (before?.self ?? 0);
  const any = after ?? before;
  return {
    name: any?.name ?? "",
    service: any?.service ?? "",
    slot: any?.slot ?? 0,
    before,
    after,
    deltaMs,
    deltaCount: (after?.count ?? 0) - (before?.count ?? 0),
    word: wordOf(before, after, deltaMs),
  };
}

function wordOf(before: Operation | undefined, after: Operation | undefined, deltaMs: number): Change["word"] {
  if (before === undefined) return "new";
  if (after === undefined) return "gone";
  if (Math.abs(deltaMs) < 1 || Math.abs(deltaMs) < SHARE * Math.max(before.self, after.self)) return "same";
  return deltaMs > 0 ? "slower" : "faster";
}

/** The difference of two figures as text with a sign; `same` for none. */
export function signed(delta: number, write: (size: number) => string): string {
  if (delta === 0) return "same";
  return `${delta > 0 ? "+" : "−"}${write(Math.abs(delta))}`;
}
