import { describe, expect, it } from "vitest";
import { asText, largeValues, linesOf, pairsOf, valueOf, type Line } from "@/lib/logs/line";

/** A record for tests. */
function line(attributes: Line["attributes"], body: unknown = "text"): Line {
  return {
    id: "1", timestamp: "2026-11-20T10:00:00Z", severity: "INFO", severityNumber: 9, serviceName: "api", body, attributes,
    resource: { attributes: { "host.name": "h" } }, scope: { name: "lib", attributes: { v: 1 } },
  };
}

describe("lines", () => {
  it("carry what their row points at", () => {
    const { resource: _, scope: __, ...record } = line({});
    const [one] = linesOf({ logs: [{ ...record, resource: 1, scope: 0 }], resources: [{ attributes: {} }, { attributes: { a: 1 } }], scopes: [{ name: "s" }] });
    expect(one).toMatchObject({ resource: { attributes: { a: 1 } }, scope: { name: "s" } });
  });
  it("give values by name, own attributes first", () => {
    expect(valueOf(line({ "host.name": "own" }), "host.name")).toBe("own");
    expect(valueOf(line({}), "host.name")).toBe("h");
    expect(valueOf(line({}), "v")).toBe(1);
    expect(valueOf(line({}), "nothing")).toBeUndefined();
  });
  it("write values as text", () => {
    expect([asText("a"), asText(1), asText(null), asText([1]), asText({ $double: "NaN" })]).toEqual(["a", "1", "", "[1]", "NaN"]);
    const large = { $ref: { hash: "x", bytes: 5000, kind: "string", preview: "first" } };
    expect(asText(large)).toBe("first…");
    expect(largeValues(line({ a: large, b: 1 }, large))).toMatchObject([["", { bytes: 5000 }], ["a", { preview: "first" }]]);
  });
  it("show telling attributes, none twice", () => {
    const one = line({ zeta: 1, level: "INFO", "session.id": "sess-1", session_id: "sess-1", agent: "coder", nested: { a: 1 }, hidden: "x", zz: 2 });
    expect(pairsOf(one, new Set(["hidden"]), 3)).toEqual([["agent", "coder"], ["zeta", "1"], ["session.id", "sess-1"]]);
  });
});
