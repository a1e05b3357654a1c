import { describe, expect, it } from "vitest";
import type { Target } from "@/api/schema";
import { findKeys, sourcesOf } from "@/lib/status/configuration";
import { limitRows, memoryParts, storedRows, toneOfShare } from "@/lib/status/stored";
import { countHealths, findTargets, healthOf, scrapeShare } from "@/lib/status/targets";

describe("stored", () => {
  it("gives bytes an item only where something is on disk", () => {
    const signal = { items: "100", bytes: 5000, blocks: 2, refused: 0, oldest: "2026-11-20T10:00:00Z" };
    const rows = storedRows({ spans: signal, logs: { ...signal, bytes: 0 }, samples: { ...signal, items: 0, series: 7 } });
    expect(rows.map((row) => row.bytesEach)).toEqual([50, undefined, undefined]);
    expect(rows[0]).toMatchObject({ title: "Spans", oldestMs: Date.UTC(2026, 10, 20, 10), newestMs: undefined });
    expect(rows[2]?.series).toBe(7);
  });
  it("colours limits only when they are nearly used up", () => {
    expect([0.5, 0.8, 0.96].map(toneOfShare)).toEqual(["steady", "amber", "red"]);
    const rows = limitRows([
      { name: "free", key: "a", used: 3, unit: "count" },
      { name: "series", key: "b", used: 90, allowed: 100, unit: "series" },
      { name: "memory", key: "c", used: 1024, allowed: 4096, unit: "bytes" },
    ]);
    expect(rows.map((row) => `${row.name} ${row.tone} ${row.text}`)).toEqual(["Series amber 90 of 100 series", "Memory steady 1 KiB of 4 KiB", "Free steady 3, no limit"]);
  });
  it("names parts of memory, the largest first", () => {
    expect(memoryParts({ used: 3, limit: 9, parts: { caches: 1, heads: "2", other: 0 } }).map((part) => part.title)).toEqual(["New data not yet on disk", "Caches of blocks", "other"]);
  });
});

describe("targets", () => {
  const target = (job: string, health: string, lastError?: string): Target => ({
    job, health, url: `http://${job}:1/metrics`, labels: { job, zone: "a" }, lastScrapeDurationMs: 50, intervalMs: 100, ...(lastError === undefined ? {} : { lastError }),
  });
  const all = [target("api", "up"), target("db", "down", "connection refused"), target("web", "starting")];
  it("come with those first that are down", () => {
    expect(findTargets(all, "", "all").map((one) => one.job)).toEqual(["db", "web", "api"]);
    expect(findTargets(all, "zone=a refused", "all").map((one) => one.job)).toEqual(["db"]);
    expect(findTargets(all, "", "up").map((one) => one.job)).toEqual(["api"]);
    expect(countHealths(all)).toEqual({ down: 1, unknown: 1, up: 1 });
    expect(all.map(healthOf)).toEqual(["up", "down", "unknown"]);
    expect(scrapeShare(target("x", "up"))).toBe(0.5);
  });
});

describe("configuration", () => {
  const keys = [{ key: "a.b", value: "1", source: "default" }, { key: "a.c", value: "two", source: "file" }, { key: "d", value: "3", source: "default" }];
  it("is found by words and by who set it", () => {
    expect(findKeys(keys, "a", false)).toHaveLength(2);
    expect(findKeys(keys, "A. TWO", false)).toEqual([keys[1]]);
    expect(findKeys(keys, "", true)).toEqual([keys[1]]);
    expect(sourcesOf(keys)).toEqual([["default", 2], ["file", 1]]);
  });
});
