import { expect, it } from "vitest";
import { readLabels } from "./typedLabels";

it("labels as they are typed", () => {
  expect(readLabels("severity=critical, service=api")).toEqual({ labels: { severity: "critical", service: "api" } });
  expect(readLabels('{a="x, y"}')).toEqual({ labels: { a: "x, y" } });
  expect(readLabels("")).toEqual({ labels: {} });
  expect(readLabels("severity=~crit.*")).toEqual({ problem: "an alert has labels, no conditions: write severity=VALUE" });
  expect(readLabels("severity")).toHaveProperty("problem");
});
