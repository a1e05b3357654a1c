// The list of what needs a look: its head line and where its entries lead.
import { describe, expect, it } from "vitest";
import type { Attention } from "@/api/schema";
import { headline, leadsOf } from "./attention";

const item = (part: Partial<Attention>): Attention => ({ kind: "failing", level: "warning", message: "", subject: "shop", trend: [], ...part });

describe("headline", () => {
  it("counts what needs a look", () => {
    expect(headline([], true, 0)).toBe("No data yet");
    expect(headline([], false, 5)).toBe("Everything is steady");
    expect(headline([], false, 0)).toBe("No requests in this range");
    expect(headline([item({})], false, 5)).toBe("One thing needs a look, the rest is steady");
    expect(headline([item({}), item({})], false, 5)).toBe("2 things need a look, the rest is steady");
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
