// The search of a URL: plain text, lists repeated, defaults left out.
import { expect, test } from "vitest";
import { flagParam, formatSearch, intParam, parseSearch, searchOf, shellSearch, textParam, textsParam, wordParam } from "@/lib/urlState";

test("what is written is read back", () => {
  const raw = { q: ['{ span.a = "x & y" && duration > 2s }'], attr: ["a=b", "c=d,e"], from: ["now-3h"], "odd name": ["+ %"] };
  expect(parseSearch(formatSearch(raw))).toEqual(raw);
  expect(formatSearch({ from: ["2026-11-20T13:05:00Z"], cols: ["a,b"] })).toBe("?from=2026-11-20T13:05:00Z&cols=a,b");
  expect(formatSearch({})).toBe("");
});

test("plain values, defaults left out", () => {
  expect(searchOf({ q: "", tail: true, wrap: false, n: 3, attr: ["a=b"], none: [], sort: undefined })).toEqual({ tail: ["1"], n: ["3"], attr: ["a=b"] });
});

test("parameters that make no sense are the default", () => {
  const raw = parseSearch("?view=pie&n=12x&m=7&wrap=yes&tail=1&q=a&q=b&attr=&attr=x");
  expect(wordParam(raw, "view", ["chart", "table"], "chart")).toBe("chart");
  expect(intParam(raw, "n", 5)).toBe(5);
  expect(intParam(raw, "m", 5)).toBe(7);
  expect(intParam(raw, "m", 5, 0, 6)).toBe(5);
  expect(flagParam(raw, "wrap")).toBe(false);
  expect(flagParam(raw, "tail")).toBe(true);
  expect(textParam(raw, "q")).toBe("a");
  expect(textParam(raw, "none", "x")).toBe("x");
  expect(textsParam(raw, "attr")).toEqual(["x"]);
});

test("the shell keeps its own", () => {
  expect(shellSearch(parseSearch("?q=1&from=now-3h&live=0&page=2"))).toEqual({ from: ["now-3h"], live: ["0"] });
});
