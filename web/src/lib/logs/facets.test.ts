import { expect, it } from "vitest";
import { chosenFields, facetsShown, visibleText } from "@/lib/logs/facets";

const facet = (name: string): { name: string; values: [] } => ({ name, values: [] });

it("puts usual facets first and leaves twins out", () => {
  const shown = facetsShown([facet("level"), facet("host"), facet("agent"), facet("severity"), facet("event")], [facet("host"), facet("mine")]);
  expect(shown.map((one) => one.name)).toEqual(["severity", "agent", "host", "event", "mine"]);
});

it("names quick fields by what occurs", () => {
  expect(chosenFields(["gen_ai.agent.name", "taskId"]).map((one) => one.name)).toEqual(["gen_ai.agent.name", "taskId", "correlation_id"]);
});

it("makes every text visible", () => {
  expect([visibleText("a b"), visibleText(" "), visibleText(""), visibleText("a\u001b[1m")]).toEqual(["a b", '" "', '""', "a\\x1b[1m"]);
});
