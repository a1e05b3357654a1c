// Which facets the column shows, in which order; which names the quick fields stand for.
import type { Facet } from "@/api/schema";

/** Facets that come first where they occur. */
const FIRST = ["severity", "service.name", "agent", "gen_ai.agent.name", "agent.name", "agent_type", "event_name", "tool_name", "gen_ai.tool.name", "error.type"];
/** Facets that say again what another one says. */
const TWINS: Readonly<Record<string, string>> = { level: "severity", event: "event_name", "deployment.environment": "deployment.environment.name" };

/** The facets to show: usual names first, those that were added by hand after them, none twice, no twin of another. */
export function facetsShown(usual: readonly Facet[], added: readonly Facet[]): readonly Facet[] {
  const names = new Set([...usual, ...added].map((facet) => facet.name));
  const byName = new Map([...usual.filter((facet) => !names.has(TWINS[facet.name] ?? "")), ...added].map((facet) => [facet.name, facet]));
  const place = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return [...byName.values()].toSorted((a, b) => place(a.name) - place(b.name));
}

/** A field that filters by one name. */
export interface QuickField {
  readonly name: string;
  readonly label: string;
}

const QUICK: readonly (readonly [label: string, names: readonly string[]])[] = [
  ["Agent", ["agent", "gen_ai.agent.name", "agent.name", "agent_name"]],
  ["Task id", ["task_id", "task.id", "taskId"]],
  ["Correlation id", ["correlation_id", "correlation.id", "correlationId", "request_id"]],
];

/** The quick fields by the names that occur; the first name of each where none does. */
export function chosenFields(names: readonly string[]): readonly QuickField[] {
  return QUICK.map(([label, candidates]) => ({ label, name: candidates.find((name) => names.includes(name)) ?? candidates[0] ?? label }));
}

/** A name or value that can be seen: blanks stand in quotes, control characters as their codes. */
export function visibleText(text: string): string {
  if (text.trim() === "") return JSON.stringify(text);
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return text.replace(/[\u0000-\u001f\u007f]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
