// The URL of Explore.
import { expect, test } from "vitest";
import { exploreCodec } from "./search";

test("there and back", () => {
  const value = { expr: ['rate(a{b="c"}[5m])', "up"], hide: [1], view: "table" as const, step: "30s", metric: "up" };
  expect(exploreCodec.parse(exploreCodec.format(value))).toEqual(value);
});

test("defaults are left out, nonsense counts as default", () => {
  expect(exploreCodec.format({ expr: [], hide: [], view: "chart", step: "", metric: "" })).toEqual({});
  expect(exploreCodec.parse({ hide: ["x", "-1", "2"], view: ["pie"] })).toEqual({ expr: [], hide: [2], view: "chart", step: "", metric: "" });
});
