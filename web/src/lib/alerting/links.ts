// Where an alert leads: addresses that others wrote are only followed if they are what they seem; searches for what stands
// behind it are made from its labels. Pure but for the base of the UI.
import type { Alert } from "@/api/schema";
import { absolute } from "@/lib/base";
import type { Labels } from "@/lib/alerting/matchers";
import { hrefs, withRange } from "@/lib/href";
import { parseSearch } from "@/lib/urlState";

/** A link: inside the UI (for `Go`), or to another site or page of the server (for a plain link). */
export interface Link {
  readonly href: string;
  readonly inside: boolean;
}

const PAGES = /^(?:traces|logs|explore|services|status|alerts|rules|silences|routes|on-call|deliveries)(?:[/?#]|$)/u;

/** A link of an annotation; `undefined` for what is no address (also `javascript:` and the like). */
export function linkOf(text: string | undefined): Link | undefined {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "" || trimmed.startsWith("//")) return undefined;
  if (/^https?:\/\//iu.test(trimmed)) return { href: trimmed, inside: false };
  if (/^[a-z][a-z0-9+.-]*:/iu.test(trimmed) || /\s/u.test(trimmed)) return undefined;
  const path = trimmed.replace(/^(?:\.?\/)+/u, "");
  return PAGES.test(path) ? { href: `./${path}`, inside: true } : { href: absolute(path).href, inside: false };
}

/** A stretch of time, Unix ms. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
const MOST_MS = 7 * 24 * 60 * MINUTE_MS;

/** The time to look at for an alert: some time before it began to well after it ended, or now. */
export function windowOf(alert: Pick<Alert, "startsAt" | "endsAt">, forMs: number, nowMs: number): Window {
  const startMs = Date.parse(alert.startsAt);
  const endMs = alert.endsAt === undefined ? nowMs : Date.parse(alert.endsAt);
  const lengthMs = Math.max(0, endMs - startMs);
  const before = Math.max(30 * MINUTE_MS, forMs * 3, lengthMs / 3);
  const toMs = alert.endsAt === undefined ? nowMs : Math.min(nowMs, endMs + Math.max(10 * MINUTE_MS, lengthMs / 4));
  return { fromMs: Math.max(startMs - before, toMs - MOST_MS), toMs };
}

/** An address inside the UI with the window as its range, unless it names one. */
export function inWindow(href: string, { fromMs, toMs }: Window): string {
  return withRange(href, { from: [String(Math.round(fromMs))], to: [String(Math.round(toMs))] });
}

function first(labels: Labels, names: readonly string[]): string | undefined {
  return names.map((name) => labels[name]).find((value) => value !== undefined && value !== "");
}

/** What of the labels logs and traces can be searched by; `undefined` where there is nothing. */
export function scopeOf(labels: Labels): { readonly service?: string; readonly attr: readonly string[] } | undefined {
  const service = first(labels, ["service_name", "service.name", "service"]);
  const named: readonly (readonly [string, string | undefined])[] = [
    ["agent.id", first(labels, ["agent_id", "agent.id"])],
    ["task.id", first(labels, ["task_id", "task.id"])],
  ];
  const attr = named.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  if (service === undefined && attr.length === 0) return undefined;
  return { ...(service === undefined ? {} : { service }), attr };
}

/** What the list of traces is asked for behind an alert. */
export interface TracesQuery {
  readonly service?: string | undefined;
  readonly name?: string | undefined;
  readonly q?: string | undefined;
  readonly attr?: readonly string[] | undefined;
  readonly status?: "ok" | "error" | "unset" | undefined;
  readonly min_duration?: string | undefined;
}

const STATUSES = ["ok", "error", "unset"] as const;

/** The search for the traces behind an alert: what its link says, else failed ones of its service or agent. */
export function tracesQuery(alert: Pick<Alert, "tracesUrl" | "labels">): TracesQuery | undefined {
  const given = linkOf(alert.tracesUrl);
  const search = given?.inside === true ? /^\.\/traces\?([^#]*)/u.exec(given.href)?.[1] : undefined;
  if (search !== undefined) {
    const raw = parseSearch(search);
    const text = (name: string): string | undefined => raw[name]?.[0];
    return { service: text("service"), name: text("name"), q: text("q"), attr: raw["attr"], status: STATUSES.find((one) => one === text("status")), min_duration: text("min") };
  }
  const scope = scopeOf(alert.labels);
  return scope === undefined ? undefined : { ...scope, status: "error" };
}

/** The traces behind an alert, in its time. */
export function tracesLink(alert: Alert, window: Window): string | undefined {
  const given = linkOf(alert.tracesUrl);
  if (given?.inside === true) return inWindow(given.href, window);
  const scope = scopeOf(alert.labels);
  return scope === undefined ? undefined : inWindow(hrefs.traces({ service: scope.service, attr: scope.attr, status: "error" }), window);
}

/** Its logs of that time: errors and worse. */
export function logsLink(alert: Pick<Alert, "labels">, window: Window): string | undefined {
  const scope = scopeOf(alert.labels);
  return scope === undefined ? undefined : inWindow(hrefs.logs({ service: scope.service, attr: scope.attr, severity: "ERROR" }), window);
}
