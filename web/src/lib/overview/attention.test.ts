// The list of what needs a look: its head line and where its entries lead.
import { describe, expect, it } from "vitest";
import type { Attention } from "@/api/schema";
import { headline, leadsOf } from "./attention";

const item = (part: Partial<Attention>): Attention => ({ kind: "failing", level: "warning", message: "", subject: "shop", trend: [], ...part });

describe("headline", () => {
  const say = (attention: readonly Attention[], requests: number, firing = 0): string => headline({ attention, empty: false, requests, firing });

  it("counts what needs a look", () => {
    expect(headline({ attention: [], empty: true, requests: 0, firing: 0 })).toBe("No data yet");
    expect(say([], 5)).toBe("Everything is steady");
    expect(say([], 0)).toBe("No requests in this range");
    expect(say([item({})], 5)).toBe("One thing needs a look, the rest is steady");
    expect(say([item({}), item({})], 5)).toBe("2 things need a look, the rest is steady");
  });

  it("names firing alerts first", () => {
    expect(say([], 5, 1)).toBe("One alert fires");
    expect(say([item({})], 5, 3)).toBe("3 alerts fire, 1 more thing needs a look");
    expect(headline({ attention: [], empty: true, requests: 0, firing: 2 })).toBe("2 alerts fire");
  });
});

describe("leadsOf", () => {
  it("goes to the trace that shows it first, then to its logs and to all of its kind", () => {
    const leads = leadsOf(item({ traceId: "ab", spanId: "cd", operation: "pay" }));
    expect(leads.map((lead) => lead.href)).toEqual([
      "./traces/ab?span=cd",
      "./logs?trace_id=ab",
      "./traces?service=shop&name=pay&status=error",
    ]);
  });
  it("always leads somewhere", () => {
    for (const kind of ["failing", "slow", "stuck", "silent", "target_down", "refused", "server"] as const) {
      expect(leadsOf(item({ kind }))[0].href).toMatch(/^\.\//u);
    }
  });
  it("looks for a silent service in its past", () => {
    expect(leadsOf(item({ kind: "silent" }))[0].href).toContain("from=now-24h");
  });
});
