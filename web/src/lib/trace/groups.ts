// Attributes in groups, as the span panel shows them.
import type { Attributes } from "./values";

/** A group with its attributes by key. */
export interface AttributeGroup {
  readonly title: string;
  readonly items: readonly (readonly [key: string, value: unknown])[];
}

const GROUPS: readonly (readonly [title: string, keys: RegExp])[] = [
  ["Agents and models", /^(gen_ai|agent|llm|ai|openinference|mcp|tool|openai|anthropic|claude_code|langfuse|traceloop|crewai)\./u],
  ["Work", /^(workflow|task|team|batch|run|session|conversation|cicd|vcs|run_id|task_id|session_id|correlation_id|worker_type)(\.|$)/u],
  ["HTTP", /^(http|url|user_agent|client|server|network|net|peer)\./u],
  ["Calls and messages", /^(rpc|grpc|messaging|graphql|faas)\./u],
  ["Data base", /^db\./u],
  ["Code", /^(code|thread|process|exception|error|file|log)\./u],
];

/** The attributes in groups; keys in `without` are left out, empty groups, too. */
export function groupAttributes(attributes: Attributes, without: ReadonlySet<string> = new Set()): readonly AttributeGroup[] {
  const items = new Map<string, (readonly [string, unknown])[]>();
  for (const [key, value] of Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (without.has(key)) continue;
    const title = GROUPS.find(([, keys]) => keys.test(key))?.[0] ?? "Other";
    const list = items.get(title) ?? [];
    list.push([key, value]);
    items.set(title, list);
  }
  return [...GROUPS.map(([title]) => title), "Other"].flatMap((title) => {
    const list = items.get(title);
    return list === undefined ? [] : [{ title, items: list }];
  });
}
