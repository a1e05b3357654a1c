import { describe, expect, it } from "vitest";
import { diffLines } from "./diff";

const short = (before: string, after: string): string[] => diffLines(before, after).map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${text}`);

describe("diffLines", () => {
  it("shows what went and what came", () => {
    expect(short("a\nb\nc\n", "a\nB\nc\nd\n")).toEqual([" a", "-b", "+B", " c", "+d"]);
  });

  it("takes empty texts", () => {
    expect(short("", "a")).toEqual(["+a"]);
    expect(short("a", "")).toEqual(["-a"]);
    expect(short("", "")).toEqual([]);
  });

  it("gives both texts back", () => {
    const before = "x\ny\nz\ny";
    const after = "y\nz\nx\ny\n";
    const lines = diffLines(before, after);
    expect(lines.filter((line) => line.kind !== "added").map((line) => line.text).join("\n")).toBe(before);
    expect(lines.filter((line) => line.kind !== "removed").map((line) => line.text).join("\n")).toBe(after.trimEnd());
  });
});
