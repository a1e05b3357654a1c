import { describe, expect, it } from "vitest";
import { formatSearch, parseSearch } from "@/lib/urlState";
import { traceSearch } from "./search";

const turn = (search: string): string => formatSearch(traceSearch.format(traceSearch.parse(parseSearch(search))));

describe("traceSearch", () => {
  it("keeps what it knows and leaves defaults out", () => {
    const search = "?tab=flame&span=00f067aa0ba902b7&root=00f067aa0ba902b8&find=edit&only=1&colour=agent&critical=1&min=250ms&window=1.5-20&inside=1&fold=0&stack=0&with=abc";
    expect(turn(search)).toBe(search);
    expect(turn("?tab=waterfall&colour=&fold=1&stack=1")).toBe("");
  });
  it("drops what makes no sense", () => {
    expect(turn("?tab=pie&colour=blue&min=soon&window=5-2&inside=1&only=1&other=1")).toBe("");
  });
  it("rounds windows to what their length makes meaningful", () => {
    const format = traceSearch.format({ ...traceSearch.parse({}), window: { from: 1234.56789, to: 601_234.56789 } });
    expect(format["window"]).toEqual(["1235-601235"]);
  });
});
