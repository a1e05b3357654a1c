// Spans by operation.
import { describe, expect, it } from "vitest";
import { outlineOf } from "../fixture";
import { buildModel } from "../model";
import { operationsOf } from "./operations";

describe("operationsOf", () => {
  it("sums what spans of one name and service cost", () => {
    const spans = Array.from({ length: 20 }, (_, index) => ({ name: "read", at: index, ms: index + 1, status: index === 3 ? 2 : 0 }));
    const found = operationsOf(buildModel(outlineOf([{ name: "run", ms: 100, spans }], [[20, 19, 39]])));
    expect(found.map((one) => one.name)).toEqual(["read", "run"]);
    expect(found[0]).toMatchObject({ count: 20, errors: 1, total: 210, mean: 10.5, p95: 19, max: 20, example: 20, critical: 20 });
    expect(found[1]).toMatchObject({ count: 1, total: 100, self: 61 });
  });
  it("keeps services apart and takes a subtree alone", () => {
    const model = buildModel(outlineOf([{ name: "run", ms: 10, spans: [{ name: "get", service: "a" }, { name: "get", service: "b" }] }]));
    expect(operationsOf(model)).toHaveLength(3);
    expect(operationsOf(model, 1)).toHaveLength(1);
  });
});
