import { describe, expect, it } from "vitest";
import { setCollapsedBelow } from "./collapse";
import { keptRows } from "./filter";
import { step } from "./find";
import { outlineOf, largeOutline, type FixtureSpan } from "./fixture";
import { buildModel, type TraceModel } from "./model";
import { nameOf } from "./read";
import { visibleRows, type RowOptions, type VisibleRows } from "./rows";
import { findStacks, noStacks, stackFacts } from "./stacks";

const options = (model: TraceModel, more: Partial<RowOptions> = {}): RowOptions => ({
  root: -1, collapsed: new Uint8Array(model.count), stacks: findStacks(model, more.keep), openStacks: new Set(), keep: undefined, ...more,
});
const shown = (model: TraceModel, rows: VisibleRows): string[] =>
  Array.from({ length: rows.length }, (_, place) => {
    const one = rows.at(place);
    if (one === undefined) return "?";
    return `${"  ".repeat(one.level)}${one.kind === "span" ? "" : `${one.kind} `}${nameOf(model, one.row)}`;
  });
const edits: FixtureSpan[] = Array.from({ length: 6 }, (_, at) => ({ name: "edit", at: 10 + at, ms: at + 1, status: at === 3 ? 2 : 0, spans: at === 1 ? [{ name: "write", at: 11 }] : [] }));

describe("visibleRows", () => {
  const model = buildModel(outlineOf([{ name: "run", ms: 100, spans: [{ name: "plan", spans: [{ name: "call" }] }, ...edits, { name: "done", at: 50 }] }]));
  it("stacks five and more siblings that do the same", () => {
    expect(shown(model, visibleRows(model, options(model)))).toEqual(["run", "  plan", "    call", "  stack edit", "  done"]);
  });
  it("shows the members of an open stack one level below it", () => {
    expect(shown(model, visibleRows(model, options(model, { openStacks: new Set([3]) })))).toEqual([
      "run", "  plan", "    call", "  stack edit", "    edit", "    edit", "      write", "    edit", "    edit", "    edit", "    edit", "  done",
    ]);
  });
  it("hides what is below closed spans and outside of the zoom", () => {
    const collapsed = new Uint8Array(model.count);
    collapsed[1] = 1;
    expect(shown(model, visibleRows(model, options(model, { collapsed })))).toEqual(["run", "  plan", "  stack edit", "  done"]);
    expect(shown(model, visibleRows(model, options(model, { root: 1 })))).toEqual(["plan", "  call"]);
  });
  it("keeps ancestors of what passes the filters", () => {
    const flags = new Uint8Array(model.count);
    flags[5] = 1;
    const keep = keptRows(model, { matches: flags, criticalOnly: false, minMs: 0, within: undefined });
    const rows = visibleRows(model, options(model, { keep }));
    expect(shown(model, rows)).toEqual(["run", "  edit", "    write"]);
    expect(keptRows(model, { matches: undefined, criticalOnly: false, minMs: 0, within: undefined })).toBeUndefined();
  });
  it("keeps what was at work in a time", () => {
    const keep = keptRows(model, { matches: undefined, criticalOnly: false, minMs: 0, within: { from: 40, to: 60 } });
    expect(shown(model, visibleRows(model, options(model, { keep })))).toEqual(["run", "  done"]);
  });
  it("finds places by span, stack and key", () => {
    const rows = visibleRows(model, options(model));
    expect(rows.placeOf(2)).toBe(2);
    expect(rows.placeOf(4)).toBe(-1);
    expect(rows.placeFor(5)).toBe(3);
    expect(rows.placeOfKey(rows.at(3)?.key ?? "")).toBe(3);
  });
  it("sums up a stack", () => {
    const rows = visibleRows(model, options(model));
    expect(stackFacts(model, rows.stacks, 3)).toMatchObject({ count: 6, totalMs: 21, minMs: 1, averageMs: 3.5, maxMs: 6, errors: 1 });
  });
  it("says where children are not loaded, after the last that is", () => {
    const cut = buildModel(outlineOf([{ name: "run", children: 9, below: 40, spans: [...edits.slice(0, 5), { name: "last", children: 3, below: 3 }] }]));
    expect(shown(cut, visibleRows(cut, options(cut, { openStacks: new Set([1]) })))).toEqual([
      "run", "  stack edit", "    edit", "    edit", "      write", "    edit", "    edit", "    edit", "  last", "    more last", "  more run",
    ]);
  });
  it("works out 100,000 rows", () => {
    const large = buildModel(largeOutline(100_000));
    const collapsed = setCollapsedBelow(large, new Uint8Array(large.count), -1, false);
    expect(visibleRows(large, options(large, { collapsed, stacks: noStacks(large) })).length).toBe(100_000);
  });
});

describe("step", () => {
  const rows = Int32Array.from([2, 5, 9]);
  it("goes on and back, around the ends", () => {
    expect([step(rows, 2, 1), step(rows, 9, 1), step(rows, 5, -1), step(rows, 0, -1), step(rows, -1, 1)]).toEqual([5, 2, 2, 9, 2]);
    expect(step(Int32Array.from([]), 3, 1)).toBe(-1);
  });
});
