// A rule while it is edited: every field as text, and what it becomes. Pure.
import type { NoDataPolicy, RuleDefinition } from "@/api/schema";
import { readDuration, writeDuration } from "@/lib/alerting/durations";

/** How the condition is written: PromQL, a short condition on a metric, or a count of spans or log records. */
export type DraftMode = "promql" | "short" | "traces" | "logs";

/** A name and a value that are typed. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** The form. Durations are text such as `5m`. */
export interface Draft {
  readonly name: string;
  readonly kind: "alerting" | "recording";
  readonly group: string;
  readonly mode: DraftMode;
  readonly expr: string;
  readonly metric: string;
  readonly condition: string;
  readonly query: string;
  readonly window: string;
  readonly for: string;
  readonly keepFiring: string;
  readonly interval: string;
  readonly cooldown: string;
  readonly onArrival: boolean;
  readonly enabled: boolean;
  readonly severity: string;
  readonly noData: NoDataPolicy;
  readonly summary: string;
  readonly description: string;
  readonly runbook: string;
  readonly labels: readonly Pair[];
  readonly annotations: readonly Pair[];
  readonly receivers: readonly string[];
  /** Separated by commas. */
  readonly tags: string;
}

/** What is wrong with a field, by the name that the API gives it. */
export type FieldProblems = Readonly<Record<string, string>>;

/** A rule that nobody has written yet. */
export const NEW_DRAFT: Draft = {
  name: "", kind: "alerting", group: "", mode: "promql", expr: "", metric: "", condition: "rate(5m) > 0", query: "", window: "5m", for: "5m", keepFiring: "",
  interval: "", cooldown: "", onArrival: false, enabled: true, severity: "HIGH", noData: "ok", summary: "", description: "", runbook: "", labels: [], annotations: [],
  receivers: [], tags: "",
};

const OWN_ANNOTATIONS: ReadonlySet<string> = new Set(["summary", "description", "runbook_url"]);

function durationText(ms: number | undefined): string {
  return ms === undefined || ms === 0 ? "" : writeDuration(ms);
}

function modeOf({ signal = "", query = "", condition = "", expr = "" }: RuleDefinition): DraftMode {
  if (signal === "traces" || signal === "logs") return signal;
  if (query !== "") return "traces";
  return condition !== "" && expr === "" ? "short" : "promql";
}

/** The form of a rule. */
export function draftOf(definition: RuleDefinition): Draft {
  const { annotations = {}, labels = {} } = definition;
  const mode = modeOf(definition);
  return {
    name: definition.name ?? "",
    kind: definition.kind ?? "alerting",
    group: definition.group ?? "",
    mode,
    expr: definition.expr ?? "",
    metric: definition.metric ?? "",
    condition: definition.condition ?? (mode === "short" ? NEW_DRAFT.condition : ""),
    query: definition.query ?? "",
    window: durationText(definition.windowMs) || "5m",
    for: durationText(definition.forMs),
    keepFiring: durationText(definition.keepFiringForMs),
    interval: durationText(definition.intervalMs),
    cooldown: durationText(definition.cooldownMs),
    onArrival: definition.onArrival ?? false,
    enabled: definition.enabled ?? true,
    severity: definition.severity ?? "",
    noData: definition.noData ?? "ok",
    summary: annotations["summary"] ?? "",
    description: annotations["description"] ?? "",
    runbook: annotations["runbook_url"] ?? "",
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
    annotations: Object.entries(annotations).filter(([name]) => !OWN_ANNOTATIONS.has(name)).map(([name, value]) => ({ name, value })),
    receivers: definition.receivers ?? [],
    tags: (definition.tags ?? []).join(", "),
  };
}

function recordOf(pairs: readonly Pair[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), value]));
}

function conditionOf(draft: Draft): Partial<RuleDefinition> {
  switch (draft.mode) {
    case "promql":
      return { expr: draft.expr.trim(), signal: "metrics" };
    case "short":
      return { metric: draft.metric.trim(), condition: draft.condition.trim(), signal: "metrics" };
    case "traces":
    case "logs": {
      const windowMs = readDuration(draft.window);
      return { query: draft.query.trim(), condition: draft.condition.trim(), signal: draft.mode, ...(windowMs === undefined || windowMs === 0 ? {} : { windowMs }) };
    }
  }
}

/** The rule of a form. Durations that cannot be read count as none: `draftProblems` names them. */
export function definitionOf(draft: Draft): RuleDefinition {
  const intervalMs = readDuration(draft.interval) ?? 0;
  const annotations = recordOf([{ name: "summary", value: draft.summary }, { name: "description", value: draft.description }, { name: "runbook_url", value: draft.runbook }].filter(({ value }) => value.trim() !== ""));
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    group: draft.group.trim(),
    ...conditionOf(draft),
    forMs: readDuration(draft.for) ?? 0,
    keepFiringForMs: readDuration(draft.keepFiring) ?? 0,
    ...(intervalMs === 0 ? {} : { intervalMs }),
    cooldownMs: readDuration(draft.cooldown) ?? 0,
    onArrival: draft.onArrival,
    enabled: draft.enabled,
    severity: draft.severity,
    noData: draft.noData,
    labels: recordOf(draft.labels),
    annotations: { ...annotations, ...recordOf(draft.annotations) },
    receivers: draft.receivers,
    tags: draft.tags.split(",").map((tag) => tag.trim()).filter((tag) => tag !== ""),
  };
}

const DURATIONS: readonly (readonly [keyof Draft & string, string])[] = [["for", "forMs"], ["keepFiring", "keepFiringForMs"], ["interval", "intervalMs"], ["cooldown", "cooldownMs"], ["window", "windowMs"]];

/** What the form itself can tell, before the server is asked. */
export function draftProblems(draft: Draft): FieldProblems {
  const problems: Record<string, string> = {};
  if (draft.name.trim() === "") problems["name"] = "give it a name";
  if (draft.mode === "promql" && draft.expr.trim() === "") problems["expr"] = "write what to watch";
  if (draft.mode === "short" && draft.metric.trim() === "") problems["metric"] = "choose a metric";
  if ((draft.mode === "traces" || draft.mode === "logs") && draft.query.trim() === "") problems["query"] = "write what to look for";
  for (const [field, name] of DURATIONS) if (readDuration(String(draft[field])) === undefined) problems[name] = "write a duration such as 5m or 1h30m";
  const names = draft.labels.map(({ name }) => name.trim()).filter((name) => name !== "");
  if (new Set(names).size < names.length) problems["labels"] = "two labels have one name";
  return problems;
}

/** Whether there is enough to try it on data. */
export function canBeTried(draft: Draft): boolean {
  const problems = draftProblems(draft);
  return ["expr", "metric", "query"].every((field) => problems[field] === undefined);
}

/** Fields as the server names them (`forMs`, `for`, `annotations.summary`) as the form knows them. */
export function fieldOf(name: string): string {
  const first = name.split(/[.[]/u)[0] ?? name;
  const renamed: Readonly<Record<string, string>> = { for: "forMs", keep_firing_for: "keepFiringForMs", interval: "intervalMs", cooldown: "cooldownMs", window: "windowMs", alert: "name", record: "name", no_data: "noData", on_arrival: "onArrival" };
  if (first === "annotations" && /summary|description|runbook_url/u.test(name)) return name.includes("summary") ? "summary" : name.includes("description") ? "description" : "runbook";
  return renamed[first] ?? first;
}
