import { expect, it } from "vitest";
import { oneLine, queryParts } from "./promqlParts";

it("parts of a query", () => {
  const query = 'sum by (job) (rate(errors_total{code=~"5.."}[5m])) > 0.1';
  const parts = queryParts(query);
  expect(parts.map((part) => part.text).join("")).toBe(query);
  const of = (kind: string): string[] => parts.filter((part) => part.kind === kind).map((part) => part.text);
  expect(of("function")).toEqual(["sum", "rate"]);
  expect(of("word")).toEqual(["by"]);
  expect(of("label")).toEqual(["code"]);
  expect(of("string")).toEqual(['"5.."']);
  expect(of("number")).toEqual(["5m", "0.1"]);
});

it("one line", () => {
  expect(oneLine("  a\n   > 3 ")).toBe("a > 3");
});
