// What is open and closed in the tree: subtrees and stacks. Known spans keep their state when the trace grows.
import { useCallback, useState } from "react";
import { carryCollapsed, firstCollapsed, hasBelow, reveal, setCollapsed, setCollapsedBelow } from "@/lib/trace/collapse";
import type { TraceModel } from "@/lib/trace/model";
import type { Stacks } from "@/lib/trace/stacks";

interface Held {
  readonly model: TraceModel;
  readonly plain: Uint8Array;
  /** While filters are on everything that passes is open, apart from what was closed since. */
  readonly filtered: Uint8Array;
  readonly filters: string;
  /** Ids of the first spans of open stacks. */
  readonly stacks: ReadonlySet<string>;
}

/** The state of the tree and how to change it. */
export interface Expansion {
  readonly collapsed: Uint8Array;
  readonly openStacks: ReadonlySet<string>;
  readonly setClosed: (row: number, closed: boolean) => void;
  /** Opens or closes a span and all below it; everything with -1. */
  readonly setClosedBelow: (row: number, closed: boolean) => void;
  readonly setStack: (head: number, open: boolean) => void;
  /** Opens all that hides a span: closed ancestors, stacks around it. */
  readonly show: (row: number, stacks: Stacks) => void;
}

function freshFiltered(model: TraceModel): Uint8Array {
  const closed = new Uint8Array(model.count);
  for (let row = 0; row < model.count; row += 1) if ((model.loaded[row] ?? 0) === 0 && hasBelow(model, row)) closed[row] = 1;
  return closed;
}

/** Holds what is open. `filters` names the filters in force; empty for none. */
export function useExpansion(model: TraceModel, filters: string): Expansion {
  const [held, setHeld] = useState<Held>(() => ({ model, plain: firstCollapsed(model), filtered: freshFiltered(model), filters, stacks: new Set() }));
  let now = held;
  if (now.model !== model) {
    const known = now.model.traceId === model.traceId;
    now = { ...now, model, plain: known ? carryCollapsed(now.model, now.plain, model) : firstCollapsed(model), filtered: freshFiltered(model), stacks: known ? now.stacks : new Set() };
  }
  if (now.filters !== filters) now = { ...now, filters, filtered: freshFiltered(model) };
  if (now !== held) setHeld(now);
  const change = useCallback((next: (state: Uint8Array, model: TraceModel) => Uint8Array) => {
    setHeld((before) => (before.filters === "" ? { ...before, plain: next(before.plain, before.model) } : { ...before, filtered: next(before.filtered, before.model) }));
  }, []);
  const setClosed = useCallback((row: number, closed: boolean) => change((state) => setCollapsed(state, row, closed)), [change]);
  const setClosedBelow = useCallback((row: number, closed: boolean) => change((state, of) => setCollapsedBelow(of, state, row, closed)), [change]);
  const setStack = useCallback((head: number, open: boolean) => {
    setHeld((before) => {
      const stacks = new Set(before.stacks);
      const id = before.model.id[head] ?? "";
      if (open) stacks.add(id);
      else stacks.delete(id);
      return { ...before, stacks };
    });
  }, []);
  const show = useCallback(
    (row: number, stacks: Stacks) => {
      change((state, of) => reveal(of, state, row));
      setHeld((before) => {
        const open = new Set(before.stacks);
        for (let at = row; at >= 0; at = before.model.parent[at] ?? -1) {
          const head = stacks.head[at] ?? -1;
          if (head >= 0) open.add(before.model.id[head] ?? "");
        }
        return open.size === before.stacks.size ? before : { ...before, stacks: open };
      });
    },
    [change],
  );
  return { collapsed: now.filters === "" ? now.plain : now.filtered, openStacks: now.stacks, setClosed, setClosedBelow, setStack, show };
}
