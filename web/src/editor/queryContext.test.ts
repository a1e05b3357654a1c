// What completion offers where, in TraceQL and LogQL; and where errors are marked.
import { describe, expect, test } from "vitest";
import { markAt, positionIn } from "./diagnosticRange";
import { logqlExpects, writtenLabel } from "./logqlContext";
import { queryTokens } from "./queryTokens";
import { operatorsOf, storedName, traceqlExpects, wordsOf, writtenAttribute } from "./traceqlContext";

const short = (found: { want: string; from: number; field?: string; quoted: boolean }): string => `${found.want}@${found.from}${found.field === undefined ? "" : ` of ${found.field}`}${found.quoted ? " quoted" : ""}`;

describe("tokens", () => {
  test("words run on through quoted parts, strings may be open", () => {
    expect(queryTokens('{ span."a b" =~ "x\\"y').map((token) => token.text)).toEqual(["{", 'span."a b"', "=~", '"x\\"y']);
    expect(queryTokens('a="b').at(-1)?.open).toBe(true);
    expect(queryTokens("`a\\`").at(-1)?.open).toBe(false);
  });
});

describe("TraceQL", () => {
  test.each([
    ["", "start@0"],
    ["{ ", "field@2"],
    ["{ resource.ser", "field@2"],
    ["{ status ", "operator@9 of status"],
    ["{ status = ", "value@11 of status"],
    ["{ status = err", "value@11 of status"],
    ['{ name = "pl', 'value@10 of name quoted'],
    ['{ name = "plan" ', "join@16 of \"plan\""],
    ['{ name = "plan" && ', "field@19"],
    ["{ !(", "field@4"],
    ["{ .a = 1 }", "nothing@10"],
    ["{ duration > 5s", "value@13 of duration"],
    ["{ (.a = 1) ", "join@11"],
  ])("%s", (text, wanted) => expect(short(traceqlExpects(text))).toBe(wanted));

  test("names there and back", () => {
    expect([storedName("resource.service.name"), storedName('span."a b"'), storedName(".x"), storedName("rootServiceName"), storedName("duration")]).toEqual(["service.name", "a b", "x", "service.name", undefined]);
    expect([writtenAttribute("service.name", "resource"), writtenAttribute("a b", "item"), writtenAttribute("x", "scope")]).toEqual(["resource.service.name", 'span."a b"', "instrumentation.x"]);
    expect(wordsOf("span:status")).toContain("error");
    expect(operatorsOf("kind")).toEqual(["=", "!="]);
  });
});

describe("LogQL", () => {
  test.each([
    ["", "start@0"],
    ["{", "field@1"],
    ["{serv", "field@1"],
    ["{service_name", "field@1"],
    ["{service_name ", "operator@14 of service_name"],
    ["{service_name=", "value@14 of service_name"],
    ['{service_name="ap', "value@15 of service_name quoted"],
    ['{a="b",', "field@7"],
    ['{a="b"} ', "join@8"],
    ['{a="b"} |= "tim', "nothing@12 quoted"],
    ['{a="b"} |= "x" ', "join@15"],
    ['{a="b"} | ', "field@10"],
    ['{a="b"} | lev', "field@10"],
    ['{a="b"} | level ', "operator@16 of level"],
    ['{a="b"} | level = "e', "value@19 of level quoted"],
    ['{a="b"} | took > 5s ', "join@20"],
    ['{a="b"} != ', "nothing@11"],
  ])("%s", (text, wanted) => expect(short(logqlExpects(text))).toBe(wanted));

  test("names", () => expect([writtenLabel("service.name"), writtenLabel("1st")]).toEqual(["service_name", "_1st"]));
});

describe("errors", () => {
  test("the word or sign at a place; at the end the last character", () => {
    expect([markAt("sum(rate)", 4), markAt("a or )", 5), markAt("sum(", 4), markAt("", 3), markAt("sum(  ", 6)]).toEqual([{ from: 4, to: 8 }, { from: 5, to: 6 }, { from: 3, to: 4 }, { from: 0, to: 0 }, { from: 3, to: 4 }]);
  });
  test("positions in messages of the parser", () => {
    expect(positionIn('invalid parameter "query": 1:19: parse error: unexpected', "x")).toBe(18);
    expect(positionIn("2:3: parse error", "ab\ncdef")).toBe(5);
    expect(positionIn("no place", "")).toBeUndefined();
  });
});
