import { expect, test } from "vitest";
import { alertFor } from "@/lib/alerting/fixture";
import { alertsText, bellName, countsLine, toldText, valueTexts } from "@/lib/alerting/words";

test("the bell says how many fire and how many are critical", () => {
  expect(bellName(undefined, 0)).toBe("Alerts");
  expect(bellName(0, 0)).toBe("Alerts: nothing to look at");
  expect(bellName(3, 1)).toBe("Alerts: 3 firing, 1 critical");
  expect(bellName(3, 0)).toBe("Alerts: 3 firing");
});

test("counts name only what there is", () => {
  expect(countsLine({ firing: 0, pending: 0, acknowledged: 0, hidden: 0, critical: 0, resolved: 4 })).toBe("All quiet");
  expect(countsLine({ firing: 3, pending: 1, acknowledged: 0, hidden: 2, critical: 1, resolved: 0 })).toBe("3 firing, 1 critical, 2 hidden, 1 pending");
});

test("values are written in their unit", () => {
  expect(valueTexts({ value: 0.34, threshold: 0.1, unit: "ratio" })).toEqual({ value: "34%", threshold: "10%" });
  expect(valueTexts({})).toEqual({});
});

test("who was told, and why nobody was", () => {
  expect(toldText(alertFor({ told: ["slack"], receivers: ["slack", "mail"] }))).toEqual({ text: "slack", title: "told: slack; not yet: mail", quiet: false });
  expect(toldText(alertFor())).toEqual({ text: "not yet", title: "to be told: slack", quiet: true });
  expect(toldText(alertFor({ receivers: [] })).title).toBe("no route names a receiver");
  expect(toldText(alertFor({ hidden: [{ by: "silence", id: "s", text: "deploy, by Jo" }] })).title).toBe("deploy, by Jo");
  expect(toldText(alertFor({ state: "pending" })).text).toBe("–");
});

test("what a message is about", () => {
  expect(alertsText(1, 1)).toBe("1 firing");
  expect(alertsText(1, 0)).toBe("1 over");
  expect(alertsText(5, 3)).toBe("5 alerts, 3 firing");
  expect(alertsText(4, 0)).toBe("4 over");
});
