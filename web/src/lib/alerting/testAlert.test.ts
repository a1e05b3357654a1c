import { expect, test } from "vitest";
import { labelsOfText } from "@/lib/alerting/testAlert";

test("reads labels, and refuses conditions", () => {
  expect(labelsOfText('service="api", agent_id=coder-1')).toEqual({ labels: { service: "api", agent_id: "coder-1" } });
  expect(labelsOfText("")).toEqual({ labels: {} });
  expect(labelsOfText("a!=b")).toEqual({ problem: 'a label is NAME="VALUE", not a!=…' });
  expect(labelsOfText("nonsense")).toHaveProperty("problem");
});
