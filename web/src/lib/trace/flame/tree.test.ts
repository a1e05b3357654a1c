// Flame graphs: merging by path, boxes, search, sandwich and difference.
import { describe, expect, it } from "vitest";
import { outlineOf, type FixtureSpan } from "../fixture";
import { buildModel } from "../model";
import { boxAt, boxesOf, matchesOf, stepFrom, totalOfMatches } from "./boxes";
import { diffOf, leaning } from "./diff";
import { sandwichOf } from "./sandwich";
import { flameOf, Labels, waitingShare, type FlameTree } from "./tree";

const RUN: readonly FixtureSpan[] = [
  {
    name: "run", at: 0, ms: 100, spans: [
      { name: "read", at: 0, ms: 10 },
      { name: "chat", at: 10, ms: 40, spans: [{ name: "read", at: 20, ms: 5, status: 2 }] },
      { name: "read", at: 60, ms: 20 },
    ],
  },
];
const tree = (spans: readonly FixtureSpan[] = RUN, labels = new Labels()): FlameTree => flameOf(buildModel(outlineOf(spans)), { measure: "self", colour: "service", labels });
const named = (flame: FlameTree, name: string, depth: number): number =>
  Array.from({ length: flame.count }, (_, node) => node).find((node) => flame.depth[node] === depth && flame.labels[flame.label[node] ?? -1]?.name === name) ?? -1;

describe("flameOf", () => {
  it("merges spans of one path and keeps the measure whole", () => {
    const flame = tree();
    expect(flame.count).toBe(5);
    expect(flame.total[0]).toBeCloseTo(100);
    const read = named(flame, "read", 2);
    expect([flame.total[read], flame.spans[read], flame.example[read]]).toEqual([30, 2, 4]);
    const chat = named(flame, "chat", 2);
    expect([flame.total[chat], flame.self[chat]]).toEqual([40, 35]);
    expect(flame.errors[named(flame, "read", 3)]).toBe(1);
  });
  it("lays children side by side, the biggest first", () => {
    const flame = tree();
    expect(flame.offset[named(flame, "chat", 2)]).toBe(0);
    expect(flame.offset[named(flame, "read", 2)]).toBe(40);
  });
  it("counts spans as well, and takes a subtree alone", () => {
    const model = buildModel(outlineOf(RUN));
    expect(flameOf(model, { measure: "spans", colour: "service" }).total[0]).toBe(5);
    const chat = flameOf(model, { measure: "self", colour: "service", root: 2 });
    expect([chat.count, chat.total[0]]).toEqual([3, 40]);
  });
});

describe("waiting", () => {
  it("is left out where only the leaves count", () => {
    const model = buildModel(outlineOf([{ name: "run", ms: 100, spans: [{ name: "read", ms: 10 }] }]));
    expect(waitingShare(model)).toBeCloseTo(0.9);
    expect(flameOf(model, { measure: "leaves", colour: "service" }).total[0]).toBe(10);
  });
});

describe("colours", () => {
  it("tell the agents of one operation apart", () => {
    const model = buildModel(outlineOf([{ name: "run", spans: [{ name: "chat", agent: "a" }, { name: "chat", agent: "b" }] }]));
    expect(flameOf(model, { measure: "spans", colour: "service" }).count).toBe(3);
    expect(flameOf(model, { measure: "spans", colour: "agent" }).labels.map((label) => label.party)).toEqual(["svc", "a", "b"]);
  });
});

describe("boxesOf", () => {
  it("draws the way to the focus over the whole width and what is below it", () => {
    const flame = tree();
    const boxes = boxesOf(flame, named(flame, "chat", 2), 200);
    expect(boxes.slice(0, 3).map((box) => [box.level, box.x, box.width])).toEqual([[0, 0, 200], [1, 0, 200], [2, 0, 200]]);
    expect(boxes[3]).toMatchObject({ level: 3, x: 0, width: 25 });
    expect(boxAt(boxes, 10, 3)?.node).toBe(named(flame, "read", 3));
    expect(boxAt(boxes, 100, 3)).toBeUndefined();
  });
  it("heaps crumbs that nobody could see", () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ name: `step ${index}`, at: index, ms: 1 }));
    const boxes = boxesOf(tree([{ name: "run", at: 0, ms: 500, spans: many }]), 0, 100);
    expect(boxes.filter((box) => box.crumbs > 0)).toHaveLength(1);
    expect(boxes.length).toBeLessThan(110);
  });
});

describe("search and keys", () => {
  it("counts nested matches once", () => {
    const flame = tree();
    expect(totalOfMatches(flame, matchesOf(flame, "READ"))).toBe(35);
    expect(totalOfMatches(flame, matchesOf(flame, ""))).toBe(0);
  });
  it("walks up, down and aside", () => {
    const flame = tree();
    const chat = named(flame, "chat", 2);
    expect(stepFrom(flame, chat, "up")).toBe(named(flame, "run", 1));
    expect(stepFrom(flame, chat, "down")).toBe(named(flame, "read", 3));
    expect(stepFrom(flame, chat, "right")).toBe(named(flame, "read", 2));
    expect(stepFrom(flame, chat, "left")).toBe(chat);
  });
});

describe("sandwichOf", () => {
  it("gathers callers and callees from wherever the operation stands", () => {
    const flame = tree();
    const { callers, callees } = sandwichOf(flame, flame.label[named(flame, "read", 2)] ?? -1);
    expect(callees.total[0]).toBe(35);
    expect(callers.total[0]).toBe(35);
    expect(callers.total[named(callers, "chat", 1)]).toBe(5);
    expect(callers.total[named(callers, "run", 1)]).toBe(30);
  });
  it("counts an operation that calls itself once", () => {
    const flame = tree([{ name: "a", at: 0, ms: 10, spans: [{ name: "a", at: 2, ms: 4 }] }]);
    expect(sandwichOf(flame, 0).callees.total[0]).toBe(10);
  });
});

describe("diffOf", () => {
  it("leans to the side that has more", () => {
    const labels = new Labels();
    const before = tree(RUN, labels);
    const after = tree([{ name: "run", at: 0, ms: 100, spans: [{ name: "read", at: 0, ms: 90 }, { name: "new", at: 90, ms: 5 }] }], labels);
    const diff = diffOf(before, after);
    expect(leaning(diff, named(diff.tree, "read", 2))).toBeCloseTo(0.5);
    expect(leaning(diff, named(diff.tree, "chat", 2))).toBe(-1);
    expect(leaning(diff, named(diff.tree, "new", 2))).toBe(1);
    expect(diff.tree.total[0]).toBeCloseTo(200);
  });
});
