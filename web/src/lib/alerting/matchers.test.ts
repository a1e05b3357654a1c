import { expect, test } from "vitest";
import { formatMatchers, matchersOf, matchersOfAll, readMatchers, withMatcher, withoutMatcher } from "@/lib/alerting/matchers";

test("reads what Alertmanager writes, and writes it back", () => {
  const text = String.raw`{alertname="Agent \"x\"", severity=~"high|critical", service!="api", "agent.id"!~"a.*"}`;
  expect(formatMatchers(matchersOf(text))).toBe(text);
});

test("takes no braces, bare values and blanks", () => {
  expect(matchersOf(" service = api , zone!= ")).toEqual([
    { name: "service", op: "=", value: "api" },
    { name: "zone", op: "!=", value: "" },
  ]);
  expect(matchersOf("{}")).toEqual([]);
  expect(matchersOf('{a="b",}')).toEqual([{ name: "a", op: "=", value: "b" }]);
});

test("says what is wrong", () => {
  expect(readMatchers('{a="b"')).toEqual({ problem: "a brace is missing" });
  expect(readMatchers("service")).toEqual({ problem: "expected NAME=\"VALUE\" at “service”" });
  expect(readMatchers('a="b" c="d"')).toEqual({ problem: "expected a comma at “c=\"d\"”" });
});

test("matchers of several alerts keep what they share and list what differs", () => {
  expect(matchersOfAll([
    { alertname: "A", agent: "x.1", zone: "eu" },
    { alertname: "A", agent: "y", pod: "p" },
  ])).toEqual([
    { name: "alertname", op: "=", value: "A" },
    { name: "agent", op: "=~", value: String.raw`x\.1|y` },
  ]);
  expect(matchersOfAll([])).toEqual([]);
});

test("adds and removes one", () => {
  expect(withMatcher('{a="b", c="d"}', { name: "a", op: "!=", value: "x" })).toBe('{c="d", a!="x"}');
  expect(withoutMatcher('{a="b", c="d"}', 0)).toBe('{c="d"}');
  expect(withoutMatcher('{a="b"}', 0)).toBe("");
});
