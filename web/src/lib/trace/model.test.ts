import { describe, expect, it } from "vitest";
import { firstCollapsed, carryCollapsed } from "./collapse";
import { largeOutline, outlineOf } from "./fixture";
import { findSpans } from "./find";
import { MARK, buildModel } from "./model";
import { criticalMsWithin, missingBelow, nameOf, workKinds } from "./read";
import { visibleRows } from "./rows";
import { findStacks } from "./stacks";

const simple = outlineOf(
  [{ name: "run", at: 0, ms: 100, spans: [
    { name: "a", at: 0, ms: 40, spans: [{ name: "a1", at: 10, ms: 20, status: 2 }, { name: "a2", at: 25, ms: 30 }] },
    { name: "b", at: 50, ms: 10 },
  ] }],
  [[0, 60, 100], [2, 10, 30]],
);

describe("buildModel", () => {
  const model = buildModel(simple);
  it("knows the tree", () => {
    expect([...model.depth]).toEqual([0, 1, 2, 2, 1]);
    expect([...model.after]).toEqual([5, 4, 3, 4, 5]);
    expect([...model.loaded]).toEqual([2, 2, 0, 0, 0]);
    expect([...model.errors]).toEqual([2]);
    const chain = buildModel(outlineOf([{ name: "run", status: 2, spans: [{ name: "a", status: 2, spans: [{ name: "b", status: 2 }] }, { name: "c", status: 2 }] }]));
    expect([...chain.origins]).toEqual([2, 3]);
  });
  it("counts self time without overlaps and without what lies beyond the parent", () => {
    expect([...model.self]).toEqual([50, 10, 20, 30, 10]);
  });
  it("marks children that outlive their parent", () => {
    expect([...model.marks]).toEqual([0, 0, 0, MARK.outlives, 0]);
    expect([...model.treeEnd]).toEqual([100, 55, 30, 55, 60]);
  });
  it("indexes the critical path by row", () => {
    expect([...model.critical.ms]).toEqual([40, 0, 20, 0, 0]);
    expect(criticalMsWithin(model, 1)).toBe(20);
    expect(criticalMsWithin(model, 0)).toBe(60);
  });
  it("marks clocks that went back and children before their parent", () => {
    const odd = buildModel(outlineOf([{ name: "run", at: 10, ms: 20, spans: [{ name: "early", at: 0, ms: 5 }, { name: "back", at: 12, ms: -3 }] }]));
    expect([...odd.marks]).toEqual([0, MARK.early, MARK.backwards]);
    expect(odd.end[2]).toBe(12);
  });
  it("builds 100,000 spans", () => {
    const large = buildModel(largeOutline(100_000));
    expect(large.count).toBe(100_000);
    expect(large.after[0]).toBe(100_000);
    expect(large.errors.every((row) => large.status[row] === 2)).toBe(true);
  });
});

describe("workKinds", () => {
  it("names what the colours mean, and finds it", () => {
    const model = buildModel(outlineOf([{ name: "run", kind: 2, spans: [{ name: "a", role: 1 }, { name: "b", role: 1 }, { name: "c", kind: 3 }] }]));
    const kinds = workKinds(model);
    expect(kinds.map(({ word, spans }) => [word, spans])).toEqual([["model call", 2], ["server", 1], ["client", 1]]);
    expect([...(findSpans(model, kinds[0]?.find ?? "")?.rows ?? [])]).toEqual([1, 2]);
  });
});

describe("pages of a cut trace", () => {
  const cut = outlineOf([{ name: "run", ms: 100, children: 4, below: 8, spans: [{ name: "a", at: 0 }, { name: "b", at: 10, children: 2, below: 2 }] }]);
  it("tells what is missing", () => {
    const model = buildModel(cut);
    expect(missingBelow(model, 0)).toEqual({ children: 2, spans: 4 });
    expect(missingBelow(model, 2)).toEqual({ children: 2, spans: 2 });
    expect(Number.isNaN(model.self[0])).toBe(true);
  });
  it("joins a page of a subtree, by start and with its own dictionaries", () => {
    const page = outlineOf([{ name: "run", ms: 100, id: "0000000000000001", spans: [
      { name: "d", at: 30, id: "000000000000000d", service: "other" }, { name: "c", at: 20, id: "000000000000000c", agent: "coder" },
    ] }]);
    const model = buildModel(cut, [{ outline: page }]);
    expect(Array.from(model.id.keys(), (row) => nameOf(model, row))).toEqual(["run", "a", "b", "c", "d"]);
    expect([...model.parent]).toEqual([-1, 0, 0, 0, 0]);
    expect(model.services.map((party) => party.name)).toEqual(["svc", "other"]);
    expect(model.agents.map((party) => party.name)).toEqual(["coder"]);
    expect(missingBelow(model, 0).children).toBe(0);
  });
  it("hangs a span fetched out of order below its parent, and knows that siblings before it are missing", () => {
    const page = outlineOf([{ name: "d", at: 30, id: "000000000000000d", orphan: true }]);
    const model = buildModel(cut, [{ outline: page, under: "0000000000000001" }]);
    expect(model.parent[model.rowOf.get("000000000000000d") ?? -1]).toBe(0);
    expect([model.loaded[0], model.inOrder[0]]).toEqual([3, 2]);
  });
});

describe("collapse", () => {
  it("opens everything in small traces", () => {
    expect(firstCollapsed(buildModel(simple)).some((closed) => closed === 1)).toBe(false);
  });
  it("shows a few hundred rows of a large one, with the paths to the first errors open", () => {
    const model = buildModel(largeOutline(50_000));
    const collapsed = firstCollapsed(model);
    const rows = visibleRows(model, { root: -1, collapsed, stacks: findStacks(model, undefined), openStacks: new Set(), keep: undefined });
    expect(rows.length).toBeGreaterThan(150);
    expect(rows.length).toBeLessThan(3000);
    expect(rows.placeOf(model.errors[0] ?? -1)).toBeGreaterThan(0);
  });
  it("keeps the state of known spans when the trace grows", () => {
    const before = buildModel(simple);
    const state = firstCollapsed(before);
    state[1] = 1;
    const grown = buildModel(outlineOf([{ name: "run", ms: 100, spans: [
      { name: "new", id: "00000000000000ff", at: 0, ms: 1, spans: [{ name: "n", id: "00000000000000fe" }] },
      { name: "a", id: "0000000000000002", at: 0, ms: 40, spans: [{ name: "a1", id: "0000000000000003" }] },
    ] }]));
    expect([...carryCollapsed(before, state, grown)]).toEqual([0, 0, 0, 1, 0]);
  });
});

describe("findSpans", () => {
  const model = buildModel(outlineOf([{ name: "run", service: "api", spans: [
    { name: "llm_call", detail: "claude-opus", agent: "Planner", role: 1 }, { name: "edit_file", detail: "src/main.rs", status: 2, service: "file store" },
  ] }], [[1, 0, 1]]));
  const rows = (text: string): number[] => [...(findSpans(model, text)?.rows ?? [])];
  it("looks at names, details, services and agents", () => {
    expect(rows("OPUS")).toEqual([1]);
    expect(rows("planner")).toEqual([1]);
    expect(rows("main.rs")).toEqual([2]);
    expect(rows("nothing")).toEqual([]);
    expect(findSpans(model, "  ")).toBeUndefined();
  });
  it("takes fields, quotes and states, all of which must hold", () => {
    expect(rows('service:"file store"')).toEqual([2]);
    expect(rows("is:error")).toEqual([2]);
    expect(rows("is:critical")).toEqual([1]);
    expect(rows("role:model call")).toEqual([1]);
    expect(rows("role:model edit")).toEqual([]);
    expect(rows("0000000000000002")).toEqual([1]);
  });
});
