import { describe, expect, it } from "vitest";
import { highlightOf, piecesOf } from "@/lib/logs/highlight";

const hits = (query: string, text: string): readonly string[] =>
  piecesOf(text, highlightOf(query)).filter((piece) => piece.hit).map((piece) => piece.text);

describe("highlights", () => {
  it("mark words and patterns that have to be there", () => {
    expect(hits('{} |= "a.b" or "c" != "d"', "a.b axb c d")).toEqual(["a.b", "c"]);
    expect(hits('{} |~ "t[ao]ok \\\\d+ms"', "took 12ms, taok 3ms")).toEqual(["took 12ms", "taok 3ms"]);
    expect(hits('{} |~ `(?i)error`', "an ERROR")).toEqual(["ERROR"]);
    expect(hits('{} |= "a/b-c"', "xa/b-c")).toEqual(["a/b-c"]);
  });
  it("mark nothing for patterns that browsers do not know or that take the empty text", () => {
    expect(highlightOf('{} |~ "x*"')).toBeUndefined();
    expect(highlightOf('{} |~ "[[:alpha:]"')).toBeUndefined();
    expect(highlightOf("")).toBeUndefined();
    expect(highlightOf("{} | json")).toBeUndefined();
  });
  it("lose no text", () => {
    expect(piecesOf("abcab", highlightOf('{} |= "b"')).map((piece) => piece.text).join("")).toBe("abcab");
  });
});
