// Tables, colours, CSV and JSON lines.
import { expect, test } from "vitest";
import { mixColours, parseColour, slotIndex, slotOfText, slotVar, withAlpha } from "@/lib/colour";
import { toCsv } from "@/lib/copyCsv";
import { formatSort, nextSort, parseSort, rowAfterKey, sortRows } from "@/lib/table";
import { foldedBelow, jsonLines, parseJson } from "@/lib/tableJson";
import { toneOfSeverity } from "@/lib/tableTones";

test("sorts as the URL writes them", () => {
  expect([parseSort("-duration"), parseSort("start"), parseSort(""), parseSort("-")]).toEqual([{ key: "duration", down: true }, { key: "start", down: false }, undefined, undefined]);
  expect(formatSort({ key: "a", down: true })).toBe("-a");
  expect(nextSort({ key: "a", down: true }, "a", true)).toEqual({ key: "a", down: false });
  expect(nextSort(undefined, "a", true)).toEqual({ key: "a", down: true });
});

test("what has no value comes last both ways; words by their numbers", () => {
  const rows = [null, 2, 1];
  expect([sortRows(rows, (row) => row, false), sortRows(rows, (row) => row, true)]).toEqual([[1, 2, null], [2, 1, null]]);
  expect(sortRows(["s10", "s2"], (row) => row, false)).toEqual(["s2", "s10"]);
});

test("keys move by rows", () => {
  expect(["j", "k", "Home", "End", "PageDown", "x"].map((key) => rowAfterKey(key, 5, 20, 10))).toEqual([6, 4, 0, 19, 15, undefined]);
  expect([rowAfterKey("j", 19, 20, 10), rowAfterKey("j", -1, 0, 10), rowAfterKey("j", -1, 3, 10)]).toEqual([19, undefined, 0]);
});

test("colours", () => {
  expect([slotVar(3), slotVar(12), slotIndex(-1)]).toEqual(["var(--slot-3)", "var(--slot-0)", 11]);
  expect([parseColour("#c6f24e"), parseColour("#fff"), parseColour("rgb(1, 2, 3)"), parseColour("?")]).toEqual([[198, 242, 78], [255, 255, 255], [1, 2, 3], [0, 0, 0]]);
  expect([withAlpha("#ffffff", 0.5), mixColours("#000000", "#ffffff", 2)]).toEqual(["rgba(255, 255, 255, 0.5)", "rgb(255, 255, 255)"]);
  expect(slotOfText("up")).toBe(slotOfText("up"));
});

test("CSV quotes what needs it and defuses formulas", () => {
  expect(toCsv([["a", 'b"c', "d,e"], [1.5, null, "=1+1"], ["-3", "+x", "plain"]])).toBe('a,"b""c","d,e"\r\n1.5,,\'=1+1\r\n-3,\'+x,plain');
});

test("tones", () => {
  expect(["ERROR", "Fatal", "warning", "info"].map(toneOfSeverity)).toEqual(["red", "red", "amber", "steady"]);
  expect([toneOfSeverity(17), toneOfSeverity(13), toneOfSeverity(9)]).toEqual(["red", "amber", "steady"]);
});

test("JSON lines fold", () => {
  const value = { a: [1, "x"], b: {} };
  expect(jsonLines(value, new Set()).map((line) => `${line.name ?? ""}${line.text}${line.tail}`)).toEqual(["{", '"a"[', "1,", '"x"', "],", '"b"{}', "}"]);
  expect(jsonLines(value, new Set(["$.a"])).map((line) => line.text)).toEqual(["{", "[…]", "{}", "}"]);
  expect([...foldedBelow(value, 1)]).toEqual(["$.a"]);
  expect(jsonLines(value, new Set(), 2).length).toBeLessThan(5);
  expect([parseJson("[1]"), parseJson("1"), parseJson("{bad"), parseJson("text")]).toEqual([[1], undefined, undefined, undefined]);
});
