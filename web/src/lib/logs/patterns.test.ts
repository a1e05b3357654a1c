import { expect, it } from "vitest";
import { EVERYTHING } from "@/lib/logs/conditions";
import { excludePattern, includePattern, patternPieces } from "@/lib/logs/patterns";

it("takes patterns apart", () => {
  expect(patternPieces("<*> took <*>ms")).toEqual([{ text: "<*>", gap: true }, { text: " took ", gap: false }, { text: "<*>", gap: true }, { text: "ms", gap: false }]);
});

it("shows lines of a pattern, or leaves them out", () => {
  expect(includePattern(EVERYTHING, '|= "took" |= "ms"').q).toBe('{} |= "took" |= "ms"');
  expect(includePattern({ ...EVERYTHING, q: '{a="b"}' }, '|= "took"').q).toBe('{a="b"} |= "took"');
  expect(excludePattern(EVERYTHING, '|= "took"').q).toBe('{} != "took"');
  expect(excludePattern(EVERYTHING, '|= "took (" |= "ms"').q).toBe(String.raw`{} !~ "(?s)took \\(.*ms"`);
  expect(excludePattern(EVERYTHING, "")).toEqual(EVERYTHING);
});
