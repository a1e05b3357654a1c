import { expect, test } from "vitest";
import { groupLabelsText, orderedLabels, placeLabels, routeName } from "@/lib/alerting/labels";

test("where an alert is: the most telling labels first, without what the line says anyway", () => {
  const labels = { alertname: "X", severity: "critical", job: "api", zone: "eu", "service.name": "pay", agent_id: "coder-1", empty: "" };
  expect(placeLabels(labels).map((one) => one.name)).toEqual(["agent_id", "service.name", "job", "zone"]);
  expect(orderedLabels(labels).map((one) => one.name)).toEqual(["alertname", "severity", "agent_id", "service.name", "job", "empty", "zone"]);
});

test("a group's labels are what follows the route in its key", () => {
  expect(groupLabelsText('{}/{severity="critical"}:{alertname="X"}')).toBe('{alertname="X"}');
  expect(groupLabelsText(String.raw`{}/{a="}:{\"x"}:{b="}:{"}`)).toBe('{b="}:{"}');
  expect(groupLabelsText("{}:{}")).toBe("{}");
  expect(groupLabelsText("strange")).toBe("strange");
});

test("a route is called by its own matchers", () => {
  expect(routeName("{}")).toBe("root");
  expect(routeName('{}/{severity="critical"}/0')).toBe('{severity="critical"}');
  expect(routeName('{}/{path="a}/{b"}/1/{c="d"}/2')).toBe('{c="d"}');
});
