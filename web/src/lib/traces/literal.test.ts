// Strings, fields and values of TraceQL.
import { describe, expect, it } from "vitest";
import { durationText, fieldOf, isDuration, literalsOf, nameOf, quote, unquote } from "@/lib/traces/literal";

describe("strings", () => {
  it.each(["plain", 'with "quotes"', "back\\slash", "two\nlines\ttab", "null\u0000", "grüße 🦀"])("survive: %j", (text) => {
    expect(unquote(quote(text))).toBe(text);
  });

  it("read the escapes of Go and backticks", () => {
    expect(unquote('"\\x41\\u00e9\\U0001F980\\d"')).toBe("Aé🦀d");
    expect(unquote("`a\\d`")).toBe("a\\d");
    expect(unquote("error")).toBe("error");
  });
});

describe("fields", () => {
  it.each([
    ["service.name", "resource.service.name"], ["name", "name"], ["gen_ai.tool.name", ".gen_ai.tool.name"], ["odd name", '."odd name"'], ["a=b", '."a=b"'],
    ["toString", ".toString"],
  ])("%s is %s", (name, field) => {
    expect(fieldOf(name)).toBe(field);
    expect(nameOf(field)).toBe(name);
  });

  it("have the same name in every scope", () => {
    expect(["span.a", "resource.a", "instrumentation.a", ".a"].map(nameOf)).toEqual(["a", "a", "a", "a"]);
    expect(nameOf(".service.name")).toBe("service.name");
  });
});

describe("values", () => {
  const types = (name: string) => ({ retry: ["int"], both: ["int", "string"], text: ["string"], on: ["bool"] })[name];

  it("are written by their type, both ways where it is not clear", () => {
    expect(literalsOf("retry", "3", types)).toEqual(["3"]);
    expect(literalsOf("text", "3", types)).toEqual(['"3"']);
    expect(literalsOf("both", "3", types)).toEqual(['"3"', "3"]);
    expect(literalsOf("new", "3", types)).toEqual(['"3"', "3"]);
    expect(literalsOf("on", "true", types)).toEqual(["true"]);
    expect(literalsOf("retry", "many", types)).toEqual(['"many"']);
  });

  it("of statuses and kinds are words, of names always strings", () => {
    expect(literalsOf("status", "error", types)).toEqual(["error"]);
    expect(literalsOf("kind", "SERVER", types)).toEqual(["server"]);
    expect(literalsOf("name", "7", types)).toEqual(['"7"']);
  });
});

describe("durations", () => {
  it.each([[0.0004, "0us"], [0.25, "250us"], [12.345, "12.345ms"], [250, "250ms"], [1500, "1.5s"], [1234.5678, "1234.568ms"], [90_000, "90s"]])("%d ms is %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
    expect(isDuration(text)).toBe(true);
  });

  it("need a unit", () => {
    expect(["5", "5 s", "s", "1d", "-1s"].map(isDuration)).toEqual([false, false, false, false, false]);
    expect(isDuration("1h30m")).toBe(true);
  });
});
