import { expect, it } from "vitest";
import { parseSearch } from "@/lib/urlState";
import { newRuleCodec, NO_FILTER, ruleCodec, rulesCodec } from "./search";

it("the list's filters come back as they went", () => {
  const search = { text: "cpu", standing: ["firing", "failing"], origin: ["file"], kind: "alerting" } as const;
  expect(rulesCodec.parse(rulesCodec.format(search))).toEqual(search);
  expect(rulesCodec.parse(parseSearch("?state=nonsense&kind=x"))).toEqual(NO_FILTER);
  expect(rulesCodec.format(NO_FILTER)).toEqual({});
});

it("a rule's too", () => {
  const search = { explain: "2026-11-20T14:03:00Z", labels: '{a="b"}', edit: true };
  expect(ruleCodec.parse(ruleCodec.format(search))).toEqual(search);
  expect(newRuleCodec.parse(newRuleCodec.format({ expr: "up == 0", copy: "" }))).toEqual({ expr: "up == 0", copy: "" });
});
