import { describe, expect, it } from "vitest";
import type { Line } from "@/lib/logs/line";
import { LineStore, type FetchPage } from "@/lib/logs/lineStore";

const line = (id: number): Line => ({
  id: String(id), timestamp: "2026-11-20T10:00:00Z", severity: "INFO", severityNumber: 9, serviceName: "s", body: "", attributes: {},
  resource: { attributes: {} }, scope: {},
});

/** Lines 0 … `total - 1` around `middle`, ten a page. */
function source(middle: number, total: number): { fetchPage: FetchPage; calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    fetchPage: (side, cursor) => {
      calls.push(`${side} ${cursor ?? "first"}`);
      const at = cursor === undefined ? middle : Number(cursor);
      const ids = side === "down" ? range(at, Math.min(total, at + 10)) : range(Math.max(0, at - 10), at);
      const end = side === "down" ? at + 10 : at - 10;
      return Promise.resolve({ lines: ids.map(line), next: end > 0 && end < total ? String(end) : undefined });
    },
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

const ids = (store: LineStore): (string | undefined)[] => range(0, store.view().count).map((index) => store.line(index)?.id);

describe("LineStore", () => {
  it("grows in both directions from where it was opened", async () => {
    const store = new LineStore(source(20, 45).fetchPage, { up: true, down: true });
    await store.grow("down");
    await store.grow("up");
    await store.grow("up");
    await store.grow("down");
    await store.grow("down");
    expect(ids(store)).toEqual(range(0, 45).map(String));
    expect(store.view()).toMatchObject({ count: 45, above: 20, more: { up: false, down: false } });
    expect(store.find("33")).toBe(33);
    expect(store.find("99")).toBe(-1);
  });

  it("lets pages far away go, keeps their place and brings them back", async () => {
    const { fetchPage, calls } = source(0, 1000);
    const store = new LineStore(fetchPage, { up: false, down: true }, 30);
    for (let at = 0; at < 8; at += 1) await store.grow("down");
    expect(store.view()).toMatchObject({ count: 80, held: 30 });
    expect(store.line(0)).toBeUndefined();
    expect(store.line(79)?.id).toBe("79");
    store.show(0, 12);
    await new Promise((resolve) => setTimeout(resolve));
    expect(calls.slice(-2)).toEqual(["down first", "down 10"]);
    expect(store.line(12)?.id).toBe("12");
    expect(store.view()).toMatchObject({ count: 80, held: 30 });
  });

  it("asks once while a page is under way, and again after a failure", async () => {
    let fail = true;
    let asked = 0;
    const store = new LineStore(() => {
      asked += 1;
      return fail ? Promise.reject(new Error("no")) : Promise.resolve({ lines: [line(1)], next: undefined });
    }, { up: false, down: true });
    await Promise.all([store.grow("down"), store.grow("down"), store.grow("up")]);
    expect(asked).toBe(1);
    expect(store.view()).toMatchObject({ count: 0, more: { down: true } });
    expect(store.view().error).toBeInstanceOf(Error);
    fail = false;
    await store.grow("down");
    expect(store.view()).toMatchObject({ count: 1, error: undefined });
  });

  it("tells of changes until it is closed", async () => {
    const store = new LineStore(source(0, 20).fetchPage, { up: false, down: true });
    let told = 0;
    store.subscribe(() => (told += 1));
    await store.grow("down");
    expect(told).toBe(2);
    store.close();
    await store.grow("down");
    expect(told).toBe(2);
  });
});
