// Rules as a list: what narrows it, how they stand in words, how many of each. Pure.
import type { Rule, RuleKind, RuleOrigin } from "@/api/schema";
import type { Tone } from "@/lib/colour";

/** How a rule stands, with failing evaluations as a standing of its own. */
export type Standing = "firing" | "pending" | "failing" | "noData" | "inactive" | "disabled";

/** All standings in the order of the list. */
export const STANDINGS: readonly Standing[] = ["firing", "pending", "failing", "noData", "inactive", "disabled"];

const WORDS: Readonly<Record<Standing, string>> = { firing: "Firing", pending: "Pending", failing: "Failing", noData: "No data", inactive: "Quiet", disabled: "Off" };

/** A standing in a word. */
export function standingWord(standing: Standing): string {
  return WORDS[standing];
}

/** How a rule stands. What fires is said first: an evaluation that fails may lie behind it. */
export function standingOf(rule: Pick<Rule, "state" | "health">): Standing {
  if (rule.state === "disabled" || rule.state === "firing" || rule.state === "pending") return rule.state;
  return rule.health === "error" ? "failing" : rule.state;
}

/** What somebody should see at a glance. */
export function standingTone(standing: Standing): Tone {
  if (standing === "firing" || standing === "failing") return "red";
  return standing === "pending" || standing === "noData" ? "amber" : "steady";
}

const ORIGINS: Readonly<Record<RuleOrigin, string>> = { builtin: "built-in", file: "file", configuration: "configuration", editor: "editor" };

/** Where rules come from, in words, in the order of the list. */
export const RULE_ORIGINS: readonly RuleOrigin[] = ["editor", "file", "configuration", "builtin"];

/** `built-in`, `rules.yml:12`, `configuration`, `editor`. */
export function originWord(rule: Pick<Rule, "origin" | "file">): string {
  if (rule.origin === "file" && rule.file !== undefined) return rule.file.split("/").at(-1) ?? rule.file;
  return ORIGINS[rule.origin];
}

/** An origin as a filter. */
export function originName(origin: RuleOrigin): string {
  return ORIGINS[origin];
}

/** What narrows the list; empty texts and lists narrow nothing. */
export interface RuleFilter {
  readonly text: string;
  readonly standing: readonly Standing[];
  readonly origin: readonly RuleOrigin[];
  readonly kind: RuleKind | "";
}

/** What a rule asks, whichever way it is written. */
export function queryOf(definition: Rule["definition"]): string {
  const { expr = "", metric = "", condition = "", query = "" } = definition;
  if (expr !== "") return expr;
  return [query === "" ? metric : query, condition].filter((part) => part !== "").join(" ");
}

function textOf(rule: Rule): string {
  const { name = "", group = "", tags = [], severity = "", labels = {} } = rule.definition;
  return [name, group, queryOf(rule.definition), severity, rule.error ?? "", ...tags, ...Object.values(labels)].join("\n").toLowerCase();
}

/** Whether each word stands somewhere in a rule. */
function holdsWords(rule: Rule, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = textOf(rule);
  return words.every((word) => text.includes(word));
}

/** Rules that a filter takes, in their order: those that fire first, then pending, failing, without data, then by name. */
export function findRules(rules: readonly Rule[], filter: RuleFilter): readonly Rule[] {
  const words = filter.text.toLowerCase().split(/\s+/u).filter((word) => word !== "");
  return rules
    .filter((rule) => (filter.kind === "" || (rule.definition.kind ?? "alerting") === filter.kind) && (filter.origin.length === 0 || filter.origin.includes(rule.origin)))
    .filter((rule) => (filter.standing.length === 0 || filter.standing.includes(standingOf(rule))) && holdsWords(rule, words))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || compare(a.definition.name ?? "", b.definition.name ?? "") || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Quiet ones and those that are off stand together by name. */
function rankOf(rule: Rule): number {
  return Math.min(STANDINGS.indexOf(standingOf(rule)), STANDINGS.indexOf("inactive"));
}

/** How many rules stand how. */
export function standingCounts(rules: readonly Rule[]): Readonly<Record<Standing, number>> {
  const counts = { firing: 0, pending: 0, failing: 0, noData: 0, inactive: 0, disabled: 0 };
  for (const rule of rules) counts[standingOf(rule)] += 1;
  return counts;
}

/** The line below the title: `62 rules, 2 firing, 1 failing`. */
export function rulesLine(rules: readonly Rule[]): string {
  const counts = standingCounts(rules);
  const parts = STANDINGS.filter((one) => one !== "inactive" && counts[one] > 0).map((one) => `${counts[one]} ${WORDS[one].toLowerCase()}`);
  return [`${rules.length} ${rules.length === 1 ? "rule" : "rules"}`, ...parts].join(", ");
}
