import { describe, expect, it } from "vitest";
import type { RuleDefinition } from "@/api/schema";
import { canBeTried, definitionOf, draftOf, draftProblems, fieldOf, NEW_DRAFT } from "./draft";

const full: RuleDefinition = {
  name: "HighErrors", kind: "alerting", group: "api", expr: "rate(errors[5m]) > 1", signal: "metrics", forMs: 300_000, keepFiringForMs: 60_000, intervalMs: 15_000, cooldownMs: 0,
  onArrival: true, enabled: false, severity: "critical", noData: "alert", labels: { team: "a" }, annotations: { summary: "S", runbook_url: "/runbooks/x", dashboard: "d" },
  receivers: ["ops"], tags: ["x", "y"],
};

describe("the form of a rule", () => {
  it("gives the rule back", () => {
    expect(definitionOf(draftOf(full))).toEqual(full);
  });

  it("knows how the condition is written", () => {
    expect(draftOf({ metric: "m", condition: "> 1" }).mode).toBe("short");
    expect(draftOf({ query: "{}", signal: "logs" }).mode).toBe("logs");
    const counted = definitionOf({ ...NEW_DRAFT, mode: "traces", query: "{status=error}", condition: "> 3", window: "10m" });
    expect(counted).toMatchObject({ query: "{status=error}", condition: "> 3", signal: "traces", windowMs: 600_000 });
    expect(counted.expr).toBeUndefined();
  });

  it("tells what is missing", () => {
    expect(draftProblems({ ...NEW_DRAFT, for: "soon" })).toEqual({ name: "give it a name", expr: "write what to watch", forMs: "write a duration such as 5m or 1h30m" });
    expect(canBeTried(NEW_DRAFT)).toBe(false);
    expect(canBeTried({ ...NEW_DRAFT, expr: "up == 0" })).toBe(true);
  });

  it("knows its fields by the server's names", () => {
    expect(fieldOf("for")).toBe("forMs");
    expect(fieldOf("annotations.summary")).toBe("summary");
    expect(fieldOf("labels.team")).toBe("labels");
    expect(fieldOf("expr")).toBe("expr");
  });
});
