import { describe, expect, it } from "vitest";
import type { Line } from "@/lib/logs/line";
import { Tail } from "@/lib/logs/tail";

const line = (id: number): Line => ({
  id: String(id), timestamp: "2026-11-20T10:00:00Z", severity: "INFO", severityNumber: 9, serviceName: "s", body: "", attributes: {},
  resource: { attributes: {} }, scope: {},
});

function feed(tail: Tail, from: number, to: number, nowMs = 0): void {
  for (let id = from; id < to; id += 1) tail.take(line(id), nowMs);
}

describe("Tail", () => {
  it("keeps the newest lines only, cutting rarely", () => {
    const tail = new Tail(100);
    let cuts = 0;
    let shown = 0;
    for (let round = 0; round < 400; round += 1) {
      feed(tail, round * 10, round * 10 + 10);
      const view = tail.frame();
      if (view.cut > 0) cuts += 1;
      shown = Math.max(shown, view.lines.length);
    }
    expect(shown).toBeLessThanOrEqual(1100);
    expect(cuts).toBeLessThan(6);
    expect(tail.frame().lines.at(-1)?.id).toBe("3999");
  });
  it("holds lines back, bounded, and gives them all when let go", () => {
    const tail = new Tail(100);
    feed(tail, 0, 5);
    tail.frame();
    tail.hold(true);
    feed(tail, 5, 8);
    expect(tail.frame()).toMatchObject({ waiting: 3, dropped: 0 });
    feed(tail, 8, 150);
    expect(tail.frame()).toMatchObject({ waiting: 100, dropped: 45 });
    tail.hold(false);
    const view = tail.frame();
    expect(view.waiting).toBe(0);
    expect(view.lines.map((one) => one.id).slice(0, 6)).toEqual(["0", "1", "2", "3", "4", "50"]);
  });
  it("bounds what waits for a frame", () => {
    const tail = new Tail(100);
    feed(tail, 0, 5000);
    const view = tail.frame();
    expect(view.lines.length).toBeLessThanOrEqual(1100);
    expect(view.lines.length + view.dropped).toBe(5000);
  });
  it("counts the rate over whole seconds, and what was lost", () => {
    const tail = new Tail(100);
    for (let second = 0; second < 60; second += 1) feed(tail, 0, 20, second * 1000);
    expect(tail.rate(60_000)).toBe(20);
    expect(tail.rate(65_000)).toBe(10);
    expect(tail.rate(90_000)).toBe(0);
    tail.lose(12);
    tail.lose(3);
    tail.lose(undefined);
    expect(tail.frame()).toMatchObject({ lost: 15, lostUnknown: true });
  });
  it("puts earlier lines before, none twice", () => {
    const tail = new Tail(100);
    feed(tail, 2, 4);
    tail.seed([line(1), line(2)]);
    expect(tail.frame().lines.map((one) => one.id)).toEqual(["1", "2", "3"]);
  });
});
