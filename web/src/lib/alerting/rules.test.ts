import { describe, expect, it } from "vitest";
import type { Rule } from "@/api/schema";
import { findRules, originWord, queryOf, rulesLine, standingOf } from "./rules";

const rule = (name: string, more: Partial<Rule> = {}): Rule => ({
  id: `default/${name}`, definition: { name, group: "default", expr: `${name.toLowerCase()}_total > 1` }, origin: "builtin", editable: false, severity: "medium",
  state: "inactive", health: "ok", warnings: [], intervalMs: 30_000, pending: 0, firing: 0, ...more,
});
const NONE = { text: "", standing: [], origin: [], kind: "" } as const;
const rules = [rule("Beta"), rule("Off", { state: "disabled" }), rule("Alpha", { health: "error", error: "no such function" }), rule("Zeta", { state: "firing", firing: 2 }), rule("Wait", { state: "pending", origin: "file", file: "/etc/rules/a.yml:12" })];

describe("the list of rules", () => {
  it("begins with what matters", () => {
    expect(findRules(rules, NONE).map((one) => one.definition.name)).toEqual(["Zeta", "Wait", "Alpha", "Beta", "Off"]);
  });

  it("is narrowed by words, standing, origin and kind", () => {
    const names = (filter: Partial<Parameters<typeof findRules>[1]>): (string | undefined)[] => findRules(rules, { ...NONE, ...filter }).map((one) => one.definition.name);
    expect(names({ text: "function NO" })).toEqual(["Alpha"]);
    expect(names({ standing: ["failing"] })).toEqual(["Alpha"]);
    expect(names({ origin: ["file"] })).toEqual(["Wait"]);
    expect(names({ kind: "recording" })).toEqual([]);
  });

  it("is counted in a line", () => {
    expect(rulesLine(rules)).toBe("5 rules, 1 firing, 1 pending, 1 failing, 1 off");
    expect(rulesLine([rule("One")])).toBe("1 rule");
  });

  it("says how and from where", () => {
    expect(standingOf({ state: "firing", health: "error" })).toBe("firing");
    expect(standingOf({ state: "inactive", health: "error" })).toBe("failing");
    expect(originWord({ origin: "file", file: "/etc/rules/a.yml:12" })).toBe("a.yml:12");
    expect(queryOf({ metric: "errors", condition: "rate(5m) > 1" })).toBe("errors rate(5m) > 1");
  });
});
