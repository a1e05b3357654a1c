// Taking queries apart and putting them together.
import { describe, expect, it } from "vitest";
import { addCondition, anyOf, conjunctsOf, noneOf, queryOf } from "@/lib/traces/conditions";

const texts = (query: string) => conjunctsOf(query)?.map(({ text }) => text);
const values = (query: string) => conjunctsOf(query)?.map((one) => one.values);

describe("conjunctsOf", () => {
  it("splits at && and keeps what is inside strings and parentheses", () => {
    expect(texts('{ name = "a && b" && (.x = 1 || .y = 2) && ."odd && name" = `}` }')).toEqual(['name = "a && b"', "(.x = 1 || .y = 2)", '."odd && name" = `}`']);
    expect(texts("")).toEqual([]);
    expect(texts(" { } ")).toEqual([]);
  });

  it("keeps a mix of && and || together, as it groups from the left", () => {
    expect(texts("{ .a = 1 || .b = 2 && .c = 3 }")).toEqual(["(.a = 1 || .b = 2 && .c = 3)"]);
  });

  it("drops comments, which could swallow what is added", () => {
    expect(texts("{ .a = 1 // the first\n && .b = /* } */ 2 }")).toEqual([".a = 1", ".b =   2"]);
    expect(addCondition("{ .a = 1 // all }\n}", ".b = 2")).toBe("{ .a = 1 && .b = 2 }");
  });

  it.each(["{ .a = 1", '{ .a = "x }', "{ (.a = 1 }", "{ .a = 1) && (.b = 2 }", "{ } | count() > 2", "{ .a } && { .b }", "{ .a = 1 && }", "{ /* }", ".a = 1"])("refuses %s", (query) => {
    expect(conjunctsOf(query)).toBeUndefined();
    expect(addCondition(query, ".b = 2")).toBeUndefined();
  });
});

describe("what a condition says", () => {
  it("reads values in, values out, and any of several", () => {
    expect(values('{ resource.service.name = "api" }')).toEqual([{ name: "service.name", values: ["api"], negated: false }]);
    expect(values("{ status != error }")).toEqual([{ name: "status", values: ["error"], negated: true }]);
    expect(values('{ (.k = "3" || .k = 3 || .k = 4) }')).toEqual([{ name: "k", values: ["3", "4"], negated: false }]);
    expect(values("{ !(span.k = 4) && !( .k = 1 || .k = 2 ) }")).toEqual([{ name: "k", values: ["4"], negated: true }, { name: "k", values: ["1", "2"], negated: true }]);
  });

  it("leaves alone what is more than that", () => {
    expect(values('{ duration > 2s && .a =~ "x" && (.a = 1 || .b = 2) && .a = nil && .cached && !(.a != 1) && (.a != 1 || .a != 2) }')).toEqual(Array.from({ length: 7 }, () => undefined));
  });
});

describe("writing", () => {
  it("is read again as the same", () => {
    for (const text of [anyOf(".a", ["1"]), anyOf("name", ['"x"', '"y"']), noneOf(".a", ['"1"', "1"]), noneOf("status", ["error"]), noneOf(".a", ["1"])]) {
      const query = queryOf([{ text: "duration > 1s" }, { text }]);
      expect(texts(query)).toEqual(["duration > 1s", text]);
      expect(conjunctsOf(query)?.[1]?.values?.negated).toBe(text.includes("!"));
    }
  });

  it("keeps what lacks an attribute when a value is left out", () => {
    expect(noneOf(".tool", ['"a"'])).toBe('!(.tool = "a")');
    expect(noneOf("resource.service.name", ['"a"'])).toBe('resource.service.name != "a"');
  });

  it("does not say the same twice", () => {
    expect(addCondition("", "status = error")).toBe("{ status = error }");
    expect(addCondition("{ status = error }", "status = error")).toBe("{ status = error }");
  });
});
