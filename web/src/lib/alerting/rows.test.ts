import { expect, test } from "vitest";
import { alertFor } from "@/lib/alerting/fixture";
import { groupFacts, groupsOf, linesOf, meantAlerts, uniqueAlerts } from "@/lib/alerting/rows";

const A = alertFor({ id: "alert-1", groupKey: '{}:{job="a"}', severity: "low" });
const B = alertFor({ id: "alert-2", groupKey: '{}:{job="b"}', receivers: ["mail"] });
const C = alertFor({ id: "alert-3", groupKey: '{}:{job="a"}', severity: "critical", receivers: ["mail", "slack"] });

test("groups stand in the order of their first alert, their alerts below them", () => {
  expect(linesOf([A, B, C], true).map((line) => line.id)).toEqual(['group {}:{job="a"}', "alert-1", "alert-3", 'group {}:{job="b"}', "alert-2"]);
  expect(linesOf([A, B, C], false).map((line) => line.id)).toEqual(["alert-1", "alert-2", "alert-3"]);
});

test("a group says its labels, its worst severity and whom it tells", () => {
  const [group] = groupsOf([A, B, C]);
  expect(group?.labels).toBe('{job="a"}');
  expect(group === undefined ? undefined : groupFacts(group)).toEqual({ worst: "critical", receivers: ["slack", "mail"] });
  expect(groupsOf([alertFor()])[0]?.labels).toBe("");
});

test("an alert that moved between two pages is listed once, as it is now", () => {
  expect(uniqueAlerts([{ alerts: [A, B] }, { alerts: [{ ...A, summary: "newer" }, C] }]).map((one) => one.summary)).toEqual(["newer", "X", "X"]);
});

test("ticked alerts are meant before the current one", () => {
  expect(meantAlerts([A, B, C], new Set(["alert-3"]), "alert-1")).toEqual([C]);
  expect(meantAlerts([A, B, C], new Set(), "alert-1")).toEqual([A]);
  expect(meantAlerts([A, B, C], new Set(["gone"]), "")).toEqual([]);
});
