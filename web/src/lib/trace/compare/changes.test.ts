// The comparison of two traces by operation.
import { describe, expect, it } from "vitest";
import { outlineOf, type FixtureSpan } from "../fixture";
import { buildModel } from "../model";
import { operationsOf } from "../table/operations";
import { changesOf, signed } from "./changes";

const of = (spans: readonly FixtureSpan[]) => operationsOf(buildModel(outlineOf([{ name: "run", ms: 100, spans }])));

describe("changesOf", () => {
  it("names what is new, gone, slower, faster and the same; the largest change first", () => {
    const before = of([{ name: "a", ms: 10 }, { name: "b", at: 10, ms: 50 }, { name: "c", at: 60, ms: 10 }, { name: "d", at: 70, ms: 20 }]);
    const after = of([{ name: "a", ms: 30 }, { name: "b", at: 30, ms: 10 }, { name: "c", at: 40, ms: 10 }, { name: "e", at: 50, ms: 8 }]);
    const words = changesOf(before, after).map((one) => [one.name, one.word]);
    expect(words).toEqual([["b", "faster"], ["run", "slower"], ["d", "gone"], ["a", "slower"], ["e", "new"], ["c", "same"]]);
  });
  it("tells more spans of the same operation", () => {
    const [first] = changesOf(of([{ name: "a", ms: 0 }]), of([{ name: "a", ms: 0 }, { name: "a", ms: 0 }]));
    expect(first).toMatchObject({ name: "a", deltaCount: 1, word: "same" });
  });
});

describe("signed", () => {
  it("writes a sign", () => {
    expect([signed(2, String), signed(-2, String), signed(0, String)]).toEqual(["+2", "−2", "same"]);
  });
});
