import { describe, expect, it } from "vitest";
import { EVERYTHING, allChips, asLogql, conditionParams, hasConditions, splitAttr } from "@/lib/logs/conditions";
import { exclude, excludedValues, include, includedValue, release, includedValues, setIncluded, unexclude, withFilter } from "@/lib/logs/filters";

const FULL = { q: '{env="p"} |= "x"', service: "api", severity: "WARN", attr: ["agent=coder", "a b=c=d"], traceId: "ab", spanId: "cd" };

describe("conditions", () => {
  it("become one LogQL query", () => {
    expect(asLogql(EVERYTHING)).toBe("");
    expect(asLogql({ ...EVERYTHING, service: "api" })).toBe('{} | service_name = "api"');
    expect(asLogql(FULL)).toBe(
      '{env="p"} |= "x" | service_name = "api" | detected_level =~ "fatal|error|warn" | agent = "coder" | "a b" = "c=d" | trace_id = "ab" | span_id = "cd"',
    );
    expect(asLogql({ ...EVERYTHING, q: "time out" })).toBe('{} |= "time out"');
  });
  it("become parameters", () => {
    expect(conditionParams(EVERYTHING)).toEqual({ q: undefined, service: undefined, severity: undefined, attr: [], trace_id: undefined, span_id: undefined });
    expect(splitAttr("a=b=c")).toEqual(["a", "b=c"]);
  });
  it("are chips that can be dropped one by one", () => {
    const chips = allChips(FULL);
    expect(chips.map((chip) => `${chip.name}: ${chip.text}`)).toEqual([
      'query: env="p"', 'query: |= "x"', "service: api", "severity: warn and graver", "agent: coder", "a b: c=d", "trace_id: ab", "span_id: cd",
    ]);
    let rest = FULL as typeof EVERYTHING;
    while (hasConditions(rest)) rest = allChips(rest)[0]?.without ?? EVERYTHING;
    expect(rest).toEqual(EVERYTHING);
  });
  it("keep a query that is not understood as one chip", () => {
    expect(allChips({ ...EVERYTHING, q: "{} | json" })).toMatchObject([{ text: "{} | json", without: EVERYTHING }]);
  });
});

describe("filters", () => {
  it("include, replace and release", () => {
    const one = include(EVERYTHING, "agent", "coder");
    expect(one.attr).toEqual(["agent=coder"]);
    expect(include(one, "agent", "planner").attr).toEqual(["agent=planner"]);
    expect(includedValue(one, "agent")).toBe("coder");
    expect(release(one, "agent")).toEqual(EVERYTHING);
    expect(include(EVERYTHING, "service.name", "api").service).toBe("api");
    expect(include(EVERYTHING, "severity", "ERROR").severity).toBe("ERROR,ERROR");
    expect(include(EVERYTHING, "trace_id", "ab").traceId).toBe("ab");
  });
  it("exclude and take back", () => {
    const out = exclude(include(EVERYTHING, "agent", "coder"), "agent", "coder");
    expect(out).toEqual({ ...EVERYTHING, q: '{} | agent != "coder"' });
    expect(excludedValues(out, "agent")).toEqual(["coder"]);
    expect(unexclude(out, "agent", "coder")).toEqual(EVERYTHING);
    expect(include(out, "agent", "coder")).toEqual({ ...EVERYTHING, attr: ["agent=coder"] });
    expect(exclude(EVERYTHING, "service.name", "api").q).toBe('{} | service_name != "api"');
    expect(excludedValues(exclude(EVERYTHING, "severity", "DEBUG"), "severity")).toEqual(["debug"]);
  });
  it("ask for one of several values", () => {
    const two = setIncluded(include(EVERYTHING, "agent", "a"), "agent", ["a", "b.c|d"]);
    expect(two).toEqual({ ...EVERYTHING, q: String.raw`{} | agent =~ "a|b\\.c\\|d"` });
    expect(includedValues(two, "agent")).toEqual(["a", "b.c|d"]);
    expect(setIncluded(two, "agent", ["a"])).toEqual({ ...EVERYTHING, attr: ["agent=a"] });
    expect(setIncluded(two, "agent", [])).toEqual(EVERYTHING);
    expect(includedValues({ ...EVERYTHING, q: '{} | agent =~ "a.*"' }, "agent")).toEqual([]);
    expect(includedValues(setIncluded(EVERYTHING, "severity", ["WARN", "INFO"]), "severity")).toEqual(["WARN", "INFO"]);
    expect(setIncluded(EVERYTHING, "service.name", ["a", "b"]).q).toBe('{} | service_name =~ "a|b"');
  });
  it("take any operator", () => {
    expect(withFilter(EVERYTHING, "agent", "=~", "c.*").q).toBe('{} | agent =~ "c.*"');
    expect(withFilter(EVERYTHING, "agent", "=", "c").attr).toEqual(["agent=c"]);
  });
});
