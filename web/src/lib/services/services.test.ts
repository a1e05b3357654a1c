// Lines, links and the map of the services page.
import { describe, expect, it } from "vitest";
import type { QueryStats, Red, Service } from "@/api/schema";
import { parseSearch } from "@/lib/urlState";
import { graphOf, mapLine } from "@/lib/services/map";
import { errorLogsHref, leadsOfOperation, leadsOfService, nodeHref, operationsOf, perMinute, servicesOf, totalsLine } from "@/lib/services/rows";
import { serviceSearchCodec } from "@/lib/services/search";
import { conjunctsOf } from "@/lib/traces/conditions";

const stats: QueryStats = { durationMs: 1, blocksFailed: 0, blocksRead: 0, blocksSkipped: 0, bytesRead: 0, rowsMatched: 0, rowsScanned: 0 };
const red = (count: number, errorCount: number, p95: number): Red => ({ count, perMinute: count / 60, errorCount, errorRate: count === 0 ? 0 : errorCount / count, latency: { p50: p95 / 2, p95, p99: p95, max: p95 }, trend: [], errorTrend: [] });
const service = (name: string, patch: Partial<Service> = {}): Service => ({ name, slot: 0, spanCount: 10, red: red(60, 6, 20), entriesOnly: true, errorLogs: 0, lastSeen: "2026-11-20T10:00:00Z", ...patch });
const query = (href: string) => parseSearch(href.split("?")[1] ?? "");

describe("lines", () => {
  const all = [service("api"), service("worker", { red: red(600, 0, 5), spanCount: "9007199254740993" }), service("Agent-API", { red: red(1, 1, 50) })];

  it("are filtered and sorted", () => {
    expect(servicesOf(all, "API", { key: "name", down: false }).map(({ name }) => name)).toEqual(["Agent-API", "api"]);
    expect(servicesOf(all, "", { key: "rate", down: true })[0]?.name).toBe("worker");
    expect(servicesOf(all, "", { key: "errors", down: true })[0]?.name).toBe("Agent-API");
    expect(servicesOf(all, "", { key: "spans", down: true })[0]?.name).toBe("worker");
  });

  it("of operations follow, by rate where the column is none of theirs", () => {
    const operations = [{ name: "a", kind: "SERVER", red: red(1, 0, 9) }, { name: "b", kind: "CLIENT", red: red(5, 0, 1) }];
    expect(operationsOf(operations, { key: "p95", down: true })[0]?.name).toBe("a");
    expect(operationsOf(operations, { key: "logs", down: true })[0]?.name).toBe("b");
  });

  it("are summed", () => {
    expect(totalsLine([service("a", { errorLogs: 3 }), service("b")], false)).toBe("2 services, 2 requests a minute, 10% failing, 20 spans, 3 error logs");
    expect(totalsLine([service("a", { red: red(0, 0, 0) })], true)).toBe("busiest 1 service, 0 requests a minute, none failing, 10 spans");
    expect([perMinute(0), perMinute(0.001), perMinute(3.3773)]).toEqual(["0", "<0.01", "3.38"]);
  });
});

describe("links", () => {
  it("lead to the spans that were counted", () => {
    const entry = leadsOfService(service("api"));
    expect(query(entry.failed)).toEqual({ q: ["{ parent = nil || kind = server || kind = consumer }"], service: ["api"], status: ["error"] });
    expect(query(leadsOfService(service("api", { entriesOnly: false })).traces)).toEqual({ service: ["api"] });
    expect(query(entry.slower(20.5))).toMatchObject({ min: ["20.5ms"], sort: ["-duration"] });
    expect(query(leadsOfOperation("api", { name: "GET /", kind: "SERVER", red: red(1, 0, 1) }).traces)).toEqual({ service: ["api"], name: ["GET /"], q: ["{ kind = server }"] });
    expect(query(errorLogsHref("api"))).toEqual({ service: ["api"], severity: ["ERROR"] });
  });

  it("of the map find what a node stands for", () => {
    expect(query(nodeHref({ kind: "service", name: "api" }))).toEqual({ service: ["api"] });
    const q = query(nodeHref({ kind: "tool", name: 'a "b"' }))["q"]?.[0] ?? "";
    expect(q).toContain('.gen_ai.tool.name = "a \\"b\\""');
    expect(conjunctsOf(q)).toHaveLength(1);
    const failed = query(nodeHref({ kind: "agent", name: "coder", status: "error" }));
    expect(failed["status"]).toEqual(["error"]);
    for (const key of ["agent.type", "gen_ai.agent.name", "agent.name", "agent.id", "agent"]) expect(failed["q"]?.[0]).toContain(`.${key} = "coder"`);
  });
});

describe("the URL", () => {
  it("leaves defaults out", () => {
    expect(serviceSearchCodec.format(serviceSearchCodec.parse({}))).toEqual({});
    const raw = { view: ["map"], kind: ["agents"], service: ["a b"], find: ["x"], sort: ["-p95"] };
    expect(serviceSearchCodec.format(serviceSearchCodec.parse(raw))).toEqual(raw);
    expect(serviceSearchCodec.parse({ sort: ["-bad"], view: ["x"] })).toMatchObject({ sort: { key: "rate", down: true }, view: "list" });
  });
});

describe("the map", () => {
  const latency = { p50: 5, p95: 20, p99: 25, max: 30 };
  const map = {
    nodes: [{ id: "s:a", name: "a", kind: "service", slot: 1, spanCount: "12", errorCount: 1 }, { id: "d:pg", name: "pg", kind: "database", slot: 2, spanCount: 4, errorCount: 0 }],
    edges: [{ from: "s:a", to: "d:pg", count: 4, errorCount: 0, latency }],
    traceCount: 1000, sampled: true, stats,
  };

  it("becomes a graph", () => {
    const graph = graphOf(map);
    expect(graph.nodes[0]).toEqual({ id: "s:a", label: "a", kind: "service", slot: 1, count: 12, errors: 1 });
    expect(graph.edges[0]?.label).toBe("p50 5 ms, p95 20 ms, longest 30 ms");
    expect(mapLine(map, "services")).toBe("1 service and 1 other that they call, 1 connection, from the newest 1,000 traces");
    expect(mapLine({ ...map, sampled: false, traceCount: 7 }, "agents")).toBe("0 agents and 2 models, tools and others, 1 connection, from 7 traces");
  });
});
