// Labels of an alert for trial, as they are typed: `service="api", agent_id=coder-1`.
import { readMatchers, type Labels } from "@/lib/alerting/matchers";

/** Reads labels, with or without braces; each needs `=`. */
export function labelsOfText(text: string): { readonly labels: Labels } | { readonly problem: string } {
  const read = readMatchers(text);
  if ("problem" in read) return read;
  const other = read.matchers.find((matcher) => matcher.op !== "=");
  if (other !== undefined) return { problem: `a label is NAME="VALUE", not ${other.name}${other.op}…` };
  return { labels: Object.fromEntries(read.matchers.map(({ name, value }) => [name, value])) };
}
