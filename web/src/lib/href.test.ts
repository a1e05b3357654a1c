// Addresses of pages, and the time range that travels along.
import { expect, test } from "vitest";
import { hrefs, withRange } from "@/lib/href";
import { parseSearch } from "@/lib/urlState";

const current = parseSearch("?q=x&from=now-3h&live=0");

test("addresses lie below the base", () => {
  expect(hrefs.overview()).toBe("./");
  expect(hrefs.traces({ service: "a b", attr: ["k=v", "l=w"] })).toBe("./traces?service=a%20b&attr=k%3Dv&attr=l%3Dw");
  expect(hrefs.trace("run/7", { span: "ab" })).toBe("./traces/run%2F7?span=ab");
  expect(hrefs.logs({ tail: true, from: 1795192479000 })).toBe("./logs?tail=1&from=1795192479000");
});

test("the open range travels along, unless the address names one", () => {
  expect(withRange(hrefs.logs({ q: "{}" }), current)).toBe("./logs?q=%7B%7D&from=now-3h&live=0");
  expect(withRange(hrefs.logs({ from: "now-5m" }), current)).toBe("./logs?from=now-5m");
  expect(withRange("./logs?live=1", current)).toBe("./logs?live=1&from=now-3h");
  expect(withRange("./traces#x", current)).toBe("./traces?from=now-3h&live=0#x");
  expect(withRange("https://example.org/", current)).toBe("https://example.org/");
});
