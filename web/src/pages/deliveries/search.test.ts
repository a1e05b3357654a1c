import { expect, test } from "vitest";
import { parseSearch } from "@/lib/urlState";
import { deliveriesCodec, isFiltered } from "./search";

test("defaults are left out, the rest comes back", () => {
  expect(deliveriesCodec.format(deliveriesCodec.parse({}))).toEqual({});
  const raw = parseSearch("?status=retrying,dead,nonsense&receiver=slack&alert=alert-1&id=7&test=1");
  const search = deliveriesCodec.parse(raw);
  expect(deliveriesCodec.format(search)).toEqual({ ...raw, status: ["dead,retrying"] });
  expect(isFiltered(search)).toBe(true);
  expect(isFiltered({ ...search, status: [], receiver: "", alert: "" })).toBe(false);
});
