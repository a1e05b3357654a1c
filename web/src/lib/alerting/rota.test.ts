import { describe, expect, it } from "vitest";
import type { RotaTurn } from "@/api/schema";
import { allTurns, momentIn, mondays, turnBars, WEEK_MS } from "./rota";

const turn = (member: string, start: string, end: string, overrideId?: string): RotaTurn => ({ member, receivers: [], start, end, ...(overrideId === undefined ? {} : { overrideId }) });
const from = Date.UTC(2026, 10, 20, 12);

describe("turns of a rota", () => {
  it("become bars, cut at the ends", () => {
    const bars = turnBars([turn("ann", "2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z"), turn("bob", "2026-11-23T08:00:00Z", "2027-01-01T00:00:00Z", "o-1"), turn("old", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")], from, from + WEEK_MS);
    expect(bars.map(({ turn: one, override }) => [one.member, override])).toEqual([["ann", false], ["bob", true]]);
    expect(bars[0]?.left).toBe(0);
    expect((bars[0]?.width ?? 0) + (bars[1]?.width ?? 0)).toBeCloseTo(100);
  });

  it("hold the present turn once", () => {
    const ann = turn("ann", "2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z");
    const bob = turn("bob", "2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z");
    expect(allTurns(ann, [ann, bob]).map((one) => one.member)).toEqual(["ann", "bob"]);
    expect(allTurns(undefined, [bob]).map((one) => one.member)).toEqual(["bob"]);
  });

  it("are told in the zone of the rota", () => {
    expect(momentIn(Date.UTC(2026, 10, 23, 8), "Europe/Berlin")).toBe("Mon 23 Nov 09:00");
    expect(momentIn(Date.UTC(2026, 10, 23, 8), "No/Zone")).toBe("Mon 23 Nov 08:00");
  });

  it("have Mondays as ticks", () => {
    const ticks = mondays(from, from + 2 * WEEK_MS, "Europe/Berlin");
    expect(ticks.map((tick) => new Date(tick.ms).toISOString())).toEqual(["2026-11-22T23:00:00.000Z", "2026-11-29T23:00:00.000Z"]);
  });
});
