import { describe, expect, it } from "vitest";
import type { Route, RouteStep } from "@/api/schema";
import { passageOf, routeLines, wayThrough } from "./way";

const route = (id: string, routes: readonly Route[] = []): Route => ({
  id, matchers: [], receivers: [], groupBy: [], groupWaitMs: 0, groupIntervalMs: 0, repeatIntervalMs: 0, continues: false,
  muteTimeIntervals: [], activeTimeIntervals: [], mutedNow: false, firing: 0, routes,
});
const step = (id: string, depth: number, matched: boolean, finalRoute = false): RouteStep => ({ id, depth, matched, finalRoute, receivers: [] });

const lines = routeLines(route("{}", [route("a", [route("a/x"), route("a/y")]), route("same"), route("same")]));

describe("routes as lines", () => {
  it("go in the order in which alerts go", () => {
    expect(lines.map(({ key, depth, route: one }) => `${key} ${depth} ${one.id}`)).toEqual(["0 0 {}", "0/0 1 a", "0/0/0 2 a/x", "0/0/1 2 a/y", "0/1 1 same", "0/2 1 same"]);
  });

  it("carry the way of an alert, also where nodes share a name", () => {
    const way = wayThrough(lines, [step("{}", 0, true), step("a", 1, false), step("same", 1, true, true), step("same", 1, true, true), step("gone", 1, true)]);
    expect(lines.map(({ key }) => passageOf(way.get(key)))).toEqual(["passes", "fails", "unseen", "unseen", "decides", "decides"]);
  });
});
