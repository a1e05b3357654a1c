// The lines of the list of alerts: alerts alone, or below a line for their group. Pure.
import type { Alert } from "@/api/schema";
import { groupLabelsText } from "@/lib/alerting/labels";
import { worstSeverity } from "@/lib/alerting/severity";

/** Alerts that are told together. */
export interface AlertGroup {
  /** "" for alerts that are in no group yet. */
  readonly key: string;
  /** Its labels, such as `{alertname="X"}`. */
  readonly labels: string;
  readonly alerts: readonly Alert[];
}

/** A line of the list. */
export type AlertLine = { readonly kind: "alert"; readonly id: string; readonly alert: Alert } | { readonly kind: "group"; readonly id: string; readonly group: AlertGroup };

/** Groups in the order of their first alert. */
export function groupsOf(alerts: readonly Alert[]): readonly AlertGroup[] {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const key = alert.groupKey ?? "";
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [alert]);
    else known.push(alert);
  }
  return [...groups].map(([key, members]) => ({ key, labels: key === "" ? "" : groupLabelsText(key), alerts: members }));
}

/** The lines, with or without groups. Ids are unique in the list. */
export function linesOf(alerts: readonly Alert[], grouped: boolean): readonly AlertLine[] {
  const line = (alert: Alert): AlertLine => ({ kind: "alert", id: alert.id, alert });
  if (!grouped) return alerts.map(line);
  return groupsOf(alerts).flatMap((group) => [{ kind: "group" as const, id: `group ${group.key}`, group }, ...group.alerts.map(line)]);
}

/** Each alert once: a page may repeat one where the list moved between two calls. */
export function uniqueAlerts(pages: readonly { readonly alerts: readonly Alert[] }[]): readonly Alert[] {
  return [...new Map(pages.flatMap((page) => page.alerts).map((alert) => [alert.id, alert])).values()];
}

/** What a group's line says: how many, the worst of them, who is told. */
export function groupFacts(group: AlertGroup): { readonly worst: Alert["severity"]; readonly receivers: readonly string[] } {
  return {
    worst: worstSeverity(group.alerts.map((alert) => alert.severity)) ?? "info",
    receivers: [...new Set(group.alerts.flatMap((alert) => alert.receivers))],
  };
}

/** The alerts that are meant: the ticked ones, else the one that is current. */
export function meantAlerts(alerts: readonly Alert[], ticked: ReadonlySet<string>, current: string): readonly Alert[] {
  const some = alerts.filter((alert) => ticked.has(alert.id));
  return some.length > 0 ? some : alerts.filter((alert) => alert.id === current);
}
