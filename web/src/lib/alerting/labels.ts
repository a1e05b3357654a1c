// Which labels tell where an alert is, and what group keys say. Pure.
import type { Labels } from "@/lib/alerting/matchers";

/** Said elsewhere in a line, or the same for all alerts. */
const SAID = new Set(["alertname", "__name__", "severity", "priority", "alertstate", "prometheus", "prometheus_replica", "monitor", "cluster_name", "grafana_folder", "rule", "rule_id", "no_data"]);

/** Names that tell most, the most telling first; others follow by name. */
const FIRST = [
  "agent_id", "agent", "agent_type", "service_name", "service", "workflow", "workflow_id", "task_id", "tool", "model", "namespace", "pod", "container", "host_name", "host", "node", "instance", "job",
];

/** A label. */
export interface Label {
  readonly name: string;
  readonly value: string;
}

function rank(name: string): number {
  const place = FIRST.indexOf(name.replaceAll(".", "_"));
  return place < 0 ? FIRST.length : place;
}

/** The labels that tell where an alert is, the most telling first. */
export function placeLabels(labels: Labels): readonly Label[] {
  return Object.entries(labels)
    .filter(([name, value]) => !SAID.has(name) && value !== "")
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

/** All labels: `alertname` and `severity` first, then as `placeLabels`. */
export function orderedLabels(labels: Labels): readonly Label[] {
  const first = ["alertname", "severity"].flatMap((name) => (labels[name] === undefined ? [] : [{ name, value: labels[name] }]));
  const others = Object.entries(labels)
    .filter(([name]) => name !== "alertname" && name !== "severity")
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
  return [...first, ...others];
}

/** The last part of a route's id: `{}/{a="b"}/{c="d"}/0` gives `{c="d"}`, the root `root`. */
export function routeName(id: string): string {
  const bare = id.replace(/(?:\/\d+)+$/u, "");
  if (bare === "{}" || bare === "") return "root";
  let quoted = false;
  let start = 0;
  for (let at = 0; at < bare.length; at += 1) {
    const letter = bare[at];
    if (quoted && letter === "\\") at += 1;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && bare.startsWith("/{", at)) start = at + 1;
  }
  return bare.slice(start);
}

/** The labels of a group as its key says them: `{}/{severity="critical"}:{alertname="X"}` gives `{alertname="X"}`. */
export function groupLabelsText(key: string): string {
  // A route's own text ends with a brace; its matchers hold values in quotes, in which all is possible.
  let quoted = false;
  for (let at = 0; at < key.length; at += 1) {
    const letter = key[at];
    if (quoted && letter === "\\") at += 1;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && key.startsWith("}:{", at)) return key.slice(at + 2);
  }
  return key;
}
