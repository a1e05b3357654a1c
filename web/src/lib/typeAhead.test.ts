// Keys that come before the palette does.
import { describe, expect, it } from "vitest";
import { typedAfter } from "./typeAhead";

const type = (text: string, key: string, held = false) => typedAfter(text, { key, held });

describe("typedAfter", () => {
  it("keeps letters, takes one back, and leaves all other keys alone", () => {
    expect([type("ch", "e"), type("ch", "Backspace"), type("", "é"), type("a", "🚀")]).toEqual(["che", "c", "é", "a🚀"]);
    expect([type("ch", "Enter"), type("ch", "Escape"), type("ch", "k", true)]).toEqual([undefined, undefined, undefined]);
  });
});
