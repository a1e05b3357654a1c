// What the URL of the list of rules says.
import type { RuleOrigin } from "@/api/schema";
import { RULE_ORIGINS, STANDINGS, type RuleFilter, type Standing } from "@/lib/alerting/rules";
import { flagParam, searchOf, textParam, wordParam, type SearchCodec } from "@/lib/urlState";

const KINDS = ["", "alerting", "recording"] as const;

function listed<W extends string>(text: string, words: readonly W[]): readonly W[] {
  const named = new Set(text.split(","));
  return words.filter((word) => named.has(word));
}

/** The filters of the list: `text`, `state`, `origin` (words with commas between), `kind`. */
export const rulesCodec: SearchCodec<RuleFilter> = {
  parse: (raw) => ({
    text: textParam(raw, "text"),
    standing: listed<Standing>(textParam(raw, "state"), STANDINGS),
    origin: listed<RuleOrigin>(textParam(raw, "origin"), RULE_ORIGINS),
    kind: wordParam(raw, "kind", KINDS, ""),
  }),
  format: ({ text, standing, origin, kind }) => searchOf({ text, state: standing.join(","), origin: origin.join(","), kind }),
};

/** Nothing is narrowed. */
export const NO_FILTER: RuleFilter = { text: "", standing: [], origin: [], kind: "" };

/** What the URL of one rule says. */
export interface RuleSearch {
  /** The moment to explain, as it was typed or RFC 3339; "" for none. */
  readonly explain: string;
  /** Matchers of the label sets that are explained. */
  readonly labels: string;
  readonly edit: boolean;
}

/** `explain`, `labels`, `edit=1`. */
export const ruleCodec: SearchCodec<RuleSearch> = {
  parse: (raw) => ({ explain: textParam(raw, "explain"), labels: textParam(raw, "labels"), edit: flagParam(raw, "edit") }),
  format: ({ explain, labels, edit }) => searchOf({ explain, labels, edit }),
};

/** What the URL of a new rule says: `expr` to begin with, `copy` the id of the rule that is copied. */
export interface NewRuleSearch {
  readonly expr: string;
  readonly copy: string;
}

/** `expr`, `copy`. */
export const newRuleCodec: SearchCodec<NewRuleSearch> = {
  parse: (raw) => ({ expr: textParam(raw, "expr"), copy: textParam(raw, "copy") }),
  format: ({ expr, copy }) => searchOf({ expr, copy }),
};
