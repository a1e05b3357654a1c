import { describe, expect, it } from "vitest";
import { conditionsOf, labelFilter, queryOfTyped, readQuery, without, withStage, writeQuery } from "@/lib/logs/logql";

const kinds = (text: string): unknown => readQuery(text)?.stages.map((stage) => `${stage.kind} ${stage.text}`);

describe("readQuery", () => {
  it("splits selector, line filters and label filters", () => {
    const text = '{service_name="api", env=~"p.*"} |= "a, |b" or `c` != "retry" | agent != "x" | took >= 1.5s and (size > 2MiB or n == 3) |~ "e\\\\d"';
    expect(readQuery(text)?.matchers.map((one) => one.text)).toEqual(['service_name="api"', 'env=~"p.*"']);
    expect(kinds(text)).toEqual([
      'line |= "a, |b" or `c`', 'line != "retry"', 'label | agent != "x"', "label | took >= 1.5s and (size > 2MiB or n == 3)", 'line |~ "e\\\\d"',
    ]);
  });
  it("tells a line filter behind a label filter from a condition with a quoted name", () => {
    expect(kinds('{} | a = "b" != "c"')).toEqual(['label | a = "b"', 'line != "c"']);
    expect(kinds('{} | "odd name" != "c"')).toEqual(['label | "odd name" != "c"']);
  });
  it("reads comments, escapes and names with dots", () => {
    expect(conditionsOf('{} # all\n | gen_ai.request.model = "a\\"b\\n"')).toMatchObject([{ name: "gen_ai.request.model", op: "=", value: 'a"b\n' }]);
  });
  it("leaves alone what it does not understand", () => {
    for (const text of ["foo", "{", "{} | json", "{} |=", "{a=1 b=2}", "{} & x", '{} | (a="b"']) expect(readQuery(text)).toBeUndefined();
    expect(readQuery("")).toEqual({ matchers: [], stages: [] });
  });
});

describe("editing", () => {
  it("adds a stage once", () => {
    const stage = labelFilter("agent", "!=", "x");
    expect(withStage("", stage)).toBe('{} | agent != "x"');
    expect(withStage('{} | agent != "x"', stage)).toBe('{} | agent != "x"');
    expect(withStage('{a="b"}', labelFilter("odd name", "=", 'q"'))).toBe('{a="b"} | "odd name" = "q\\""');
  });
  it("drops conditions", () => {
    const text = '{a="b", c="d"} |= "x"';
    expect(without(text, (part) => part.text === 'a="b"')).toBe('{c="d"} |= "x"');
    expect(without('{} |= "x"', (part) => part.text === '|= "x"')).toBe("");
    expect(without("{} | json", () => true)).toBe("{} | json");
  });
  it("writes what it read", () => {
    const read = readQuery('{a="b"} |= "x"');
    expect(read && writeQuery(read)).toBe('{a="b"} |= "x"');
  });
});

describe("queryOfTyped", () => {
  it("makes a query of words, pairs and stages", () => {
    expect(queryOfTyped(" timed out ")).toEqual({ query: '{} |= "timed out"', note: 'Lines that contain “timed out”: {} |= "timed out"' });
    expect(queryOfTyped('"a b"').query).toBe('{} |= "a b"');
    expect(queryOfTyped("agent=coder").query).toBe('{} | agent = "coder"');
    expect(queryOfTyped('|= "x"')).toEqual({ query: '{} |= "x"', note: undefined });
    expect(queryOfTyped('{a="b"}')).toEqual({ query: '{a="b"}', note: undefined });
  });
});
