import { expect, test } from "vitest";
import { parseSearch } from "@/lib/urlState";
import { alertsCodec, isFiltered, listQuery, NO_FILTERS } from "./search";

test("defaults are left out of the URL, and everything else comes back", () => {
  const plain = alertsCodec.parse({});
  expect(alertsCodec.format(plain)).toEqual({});
  expect(isFiltered(plain)).toBe(false);
  const raw = parseSearch("?state=firing&severity=high,critical&text=agent&q=%7Ba%3D%22b%22%7D&acknowledged=no&hidden=yes&view=groups&rule=default/X");
  const search = alertsCodec.parse(raw);
  expect(alertsCodec.format(search)).toEqual({ ...raw, severity: ["critical,high"] });
  expect(isFiltered(search)).toBe(true);
  expect(isFiltered({ ...search, ...NO_FILTERS })).toBe(false);
});

test("the call gets what the filters say", () => {
  const search = alertsCodec.parse(parseSearch("?state=nonsense&acknowledged=no&hidden=yes&severity=critical"));
  expect(listQuery(search)).toEqual({ state: "active", severity: "critical", text: undefined, q: undefined, rule: undefined, acknowledged: false, hidden: true });
});
