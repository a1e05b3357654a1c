import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration";
import { groupAttributes } from "./groups";
import { chunksOf, foldText } from "./textFold";
import { countLines, largeOf, numberOf, prettyText, previewText, structureOf, valueText } from "./values";

describe("values", () => {
  it("are texts for people", () => {
    expect([valueText("a"), valueText(3), valueText(true), valueText({ $double: "NaN" }), valueText({ $bytes: "AA==" }), valueText([1, "b"])]).toEqual(["a", "3", "true", "NaN", "base64:AA==", '[1,"b"]']);
    expect(largeOf({ $ref: { hash: "h", bytes: 5, kind: "string", preview: "p" } })).toEqual({ hash: "h", bytes: 5, kind: "string", preview: "p" });
    expect(largeOf({ ref: 1 })).toBeUndefined();
  });
  it("hold numbers and structures", () => {
    expect([numberOf("12"), numberOf(1.5), numberOf(""), numberOf("x")]).toEqual([12, 1.5, undefined, undefined]);
    expect([structureOf(' {"a":1}'), structureOf("[1"), structureOf("7")]).toEqual([{ a: 1 }, undefined, undefined]);
    expect(prettyText('{"a":1}')).toBe('{"a":1}');
    expect(prettyText(JSON.stringify({ a: "x".repeat(80) }))).toContain("\n");
    expect(countLines("a\nb\n")).toBe(3);
  });
  it("begin with words", () => {
    expect(previewText('[{"role":"user","parts":[{"type":"text","content":"line \\"0\\"\\nnext')).toBe('line "0"\nnext');
    expect(previewText('[{"role":"user","content":"hi"},{"role"')).toBe("hi");
    expect(previewText("plain")).toBe("plain");
  });
});

describe("long texts", () => {
  const text = Array.from({ length: 500 }, (_, line) => `line ${line}`).join("\n");
  it("fold to their first lines", () => {
    expect(foldText(text, 3)).toBe("line 0\nline 1\nline 2");
    expect(foldText("short\ntext", 3)).toBe("short\ntext");
    expect(foldText("x".repeat(5000), 3)).toHaveLength(331);
  });
  it("come in pieces that are the text", () => {
    expect(chunksOf(text).join("\n")).toBe(text);
    expect(chunksOf(text).length).toBeGreaterThan(10);
    expect(chunksOf("x".repeat(10_000)).join("")).toHaveLength(10_000);
    expect(chunksOf(`a\n${"x".repeat(9000)}\nb`).join("").replaceAll("\n", "")).toHaveLength(9002);
  });
  it("are cut however long they are", () => {
    const large = "the quick brown fox\n".repeat(100_000);
    expect(chunksOf(large).length).toBe(2500);
    expect(foldText(large, 12).split("\n")).toHaveLength(12);
  });
});

describe("groupAttributes", () => {
  it("sorts into groups and leaves keys out", () => {
    expect(groupAttributes({ "http.route": "/", "gen_ai.x": 1, zebra: 2, "db.name": "d", left: 0 }, new Set(["left"])).map((group) => [group.title, group.items.map(([key]) => key)])).toEqual([
      ["Agents and models", ["gen_ai.x"]], ["HTTP", ["http.route"]], ["Data base", ["db.name"]], ["Other", ["zebra"]],
    ]);
  });
});

describe("parseDuration", () => {
  it("takes what people type", () => {
    expect([parseDuration("250ms"), parseDuration("1.5s"), parseDuration("2m"), parseDuration("30"), parseDuration("soon"), parseDuration("")]).toEqual([250, 1500, 120_000, 30, undefined, undefined]);
  });
});
