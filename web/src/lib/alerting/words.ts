// What stands in lines about alerts, in words: state, why nobody is told, who was told, what fires. Pure.
import type { Alert, AlertCounts, AlertEventKind, Hidden, HiddenBy, NotificationReason, NotificationStatus } from "@/api/schema";
import type { Tone } from "@/lib/colour";
import { plural } from "@/lib/numbers";
import { formatterOf } from "@/lib/units";

const HIDDEN: Readonly<Record<HiddenBy, string>> = { silence: "silenced", inhibition: "inhibited", muteTime: "muted", suppression: "suppressed" };

/** `silenced`, `inhibited`, … */
export function hiddenWord(hidden: Pick<Hidden, "by">): string {
  return HIDDEN[hidden.by];
}

/** The name of the bell: `Alerts: 3 firing, 1 critical`. */
export function bellName(firing: number | undefined, critical: number): string {
  if (firing === undefined) return "Alerts";
  if (firing === 0) return "Alerts: nothing to look at";
  return `Alerts: ${firing} firing${critical === 0 ? "" : `, ${critical} critical`}`;
}

/** The line below the page's title: `3 firing, 1 critical, 2 pending`. */
export function countsLine(counts: AlertCounts): string {
  const { firing, critical, acknowledged, hidden, pending } = counts;
  if (firing === 0 && pending === 0) return "All quiet";
  const parts: (readonly [number, string])[] = [
    [firing, "firing"],
    [critical, "critical"],
    [acknowledged, "acknowledged"],
    [hidden, "hidden"],
    [pending, "pending"],
  ];
  return parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`).join(", ");
}

/** Value and threshold as they are written: `34%`, `10%`; `undefined` where there is none. */
export function valueTexts(alert: Pick<Alert, "value" | "threshold" | "unit">): { readonly value?: string; readonly threshold?: string } {
  const format = formatterOf(alert.unit);
  return {
    ...(alert.value === undefined ? {} : { value: format(alert.value) }),
    ...(alert.threshold === undefined ? {} : { threshold: format(alert.threshold) }),
  };
}

/** Who was told, or why nobody was. `quiet` where nobody was. */
export function toldText(alert: Pick<Alert, "told" | "receivers" | "hidden" | "state">): { readonly text: string; readonly title: string; readonly quiet: boolean } {
  const waiting = alert.receivers.filter((name) => !alert.told.includes(name));
  if (alert.told.length > 0) {
    const title = `told: ${alert.told.join(", ")}${waiting.length === 0 ? "" : `; not yet: ${waiting.join(", ")}`}`;
    return { text: alert.told.join(", "), title, quiet: false };
  }
  if (alert.state === "pending") return { text: "–", title: "nobody is told before it fires", quiet: true };
  if (alert.hidden.length > 0) return { text: "nobody", title: alert.hidden.map((one) => one.text).join("; "), quiet: true };
  if (waiting.length === 0) return { text: "nobody", title: "no route names a receiver", quiet: true };
  return { text: alert.state === "resolved" ? "nobody" : "not yet", title: `${alert.state === "resolved" ? "not told" : "to be told"}: ${waiting.join(", ")}`, quiet: true };
}

const EVENTS: Readonly<Record<AlertEventKind, string>> = {
  fired: "Fired", resolved: "Resolved", notified: "Told", notifyFailed: "Not told", hidden: "Hidden", acknowledged: "Acknowledged",
  unacknowledged: "Acknowledgement ended", reopened: "Reopened", escalated: "Escalated", storm: "In a summary",
};

/** What happened, in a word or two. */
export function eventWord(kind: AlertEventKind): string {
  return EVENTS[kind];
}

/** What of the history somebody should see at a glance. */
export function eventTone(kind: AlertEventKind): Tone {
  if (kind === "notifyFailed") return "red";
  return kind === "escalated" || kind === "reopened" ? "amber" : "steady";
}

const STATUSES: Readonly<Record<NotificationStatus, string>> = {
  pending: "waiting", retrying: "trying again", sent: "sent", dead: "given up", superseded: "superseded",
};

/** How a message fares. */
export function statusWord(status: NotificationStatus): string {
  return STATUSES[status];
}

/** The tone of a message's status. */
export function statusTone(status: NotificationStatus): Tone {
  if (status === "dead") return "red";
  return status === "retrying" ? "amber" : "steady";
}

const REASONS: Readonly<Record<NotificationReason, string>> = {
  first: "first", grown: "alerts joined", shrunk: "some were over", repeat: "repeated", resolved: "over", acknowledged: "acknowledged",
  reopened: "became worse", escalation: "escalated", storm: "summary", test: "test",
};

/** Why a message was sent. */
export function reasonWord(reason: NotificationReason): string {
  return REASONS[reason];
}

/** `5 alerts, 3 firing`; of one alert only whether it fires. */
export function alertsText(alerts: number, firing: number): string {
  if (alerts === 1) return firing === 1 ? "1 firing" : "1 over";
  if (firing === alerts) return `${alerts} firing`;
  return firing === 0 ? `${alerts} over` : `${plural(alerts, "alert")}, ${firing} firing`;
}
