// Labels as people type them: `severity=critical, service=api`. Pure.
import { readMatchers, type Labels } from "@/lib/alerting/matchers";

/** Labels of a text, or what is wrong with it. */
export type ReadLabels = { readonly labels: Labels } | { readonly problem: string };

/** Reads labels; an alert has one value a label, so only `=` stands between. */
export function readLabels(text: string): ReadLabels {
  const read = readMatchers(text);
  if ("problem" in read) return { problem: read.problem.replace('NAME="VALUE"', "NAME=VALUE") };
  const other = read.matchers.find(({ op }) => op !== "=");
  if (other !== undefined) return { problem: `an alert has labels, no conditions: write ${other.name}=VALUE` };
  return { labels: Object.fromEntries(read.matchers.map(({ name, value }) => [name, value])) };
}
