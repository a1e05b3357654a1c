import { describe, expect, it } from "vitest";
import { endOf, labelValues, silenceProblem, silenceRequest, type SilenceDraft } from "./silences";

const now = Date.UTC(2026, 10, 20, 21);
const draft: SilenceDraft = { matchers: [{ name: "service", op: "=", value: "api" }], end: "1h", other: "", by: "ann", comment: "deploy" };

describe("silences", () => {
  it("end when they are told to", () => {
    expect(endOf(draft, now, "utc")).toBe(now + 3_600_000);
    expect(endOf({ end: "tomorrow", other: "" }, now, "utc")).toBe(Date.UTC(2026, 10, 21, 9));
    expect(endOf({ end: "other", other: "2h30m" }, now, "utc")).toBe(now + 9_000_000);
    expect(endOf({ end: "other", other: "2026-11-22 08:00" }, now, "utc")).toBe(Date.UTC(2026, 10, 22, 8));
    expect(endOf({ end: "other", other: "2026-11-19 08:00" }, now, "utc")).toBeUndefined();
    expect(endOf({ end: "other", other: "" }, now, "utc")).toBeUndefined();
  });

  it("need matchers that ask for something, a name and a reason", () => {
    expect(silenceProblem(draft, now, "utc")).toBeUndefined();
    expect(silenceProblem({ ...draft, matchers: [] }, now, "utc")).toMatch(/add a matcher/u);
    expect(silenceProblem({ ...draft, matchers: [{ name: "a", op: "=~", value: ".*" }] }, now, "utc")).toMatch(/not empty/u);
    expect(silenceProblem({ ...draft, matchers: [{ name: "a", op: "!=", value: "x" }] }, now, "utc")).toMatch(/not empty/u);
    expect(silenceProblem({ ...draft, comment: " " }, now, "utc")).toMatch(/why/u);
    expect(silenceProblem({ ...draft, by: "" }, now, "utc")).toMatch(/who/u);
  });

  it("become requests", () => {
    expect(silenceRequest(draft, now, "utc")).toEqual({ matchers: draft.matchers, endsAt: "2026-11-20T22:00:00.000Z", createdBy: "ann", comment: "deploy" });
    expect(silenceRequest(draft, now, "utc", { id: "7", startsAt: "2026-11-20T20:00:00Z" })).toMatchObject({ id: "7", startsAt: "2026-11-20T20:00:00Z" });
  });

  it("offer the labels of alerts", () => {
    expect([...labelValues([{ b: "2", a: "1" }, { b: "1" }])]).toEqual([["a", ["1"]], ["b", ["1", "2"]]]);
  });
});
