// The state of the alerts page in its URL.
import { readSeverities } from "@/lib/alerting/severity";
import { searchOf, textParam, wordParam, type RawSearch, type SearchCodec } from "@/lib/urlState";
import type { AlertSeverity } from "@/api/schema";

/** What is listed: alerts by state, or what fired in the time range. `active` is firing and pending. */
export const ALERT_STATES = ["active", "firing", "pending", "resolved", "all", "history"] as const;

/** Only such alerts, only others, or all. */
export type Wanted = "any" | "yes" | "no";

/** What the URL says. */
export interface AlertsSearch {
  readonly state: (typeof ALERT_STATES)[number];
  /** None means all. */
  readonly severity: readonly AlertSeverity[];
  /** In name, summary, values of labels. */
  readonly text: string;
  /** Matchers: `{service="api"}`. */
  readonly q: string;
  readonly rule: string;
  readonly acknowledged: Wanted;
  readonly hidden: Wanted;
  readonly view: "list" | "groups";
}

const WANTED: readonly Wanted[] = ["any", "yes", "no"];

/** Reads and writes the URL of the alerts page. */
export const alertsCodec: SearchCodec<AlertsSearch> = {
  parse: (raw: RawSearch) => ({
    state: wordParam(raw, "state", ALERT_STATES, "active"),
    severity: readSeverities(textParam(raw, "severity")),
    text: textParam(raw, "text"),
    q: textParam(raw, "q"),
    rule: textParam(raw, "rule"),
    acknowledged: wordParam(raw, "acknowledged", WANTED, "any"),
    hidden: wordParam(raw, "hidden", WANTED, "any"),
    view: wordParam(raw, "view", ["list", "groups"], "list"),
  }),
  format: ({ state, severity, text, q, rule, acknowledged, hidden, view }) =>
    searchOf({
      state: state === "active" ? "" : state,
      severity: severity.join(","),
      text,
      q,
      rule,
      acknowledged: acknowledged === "any" ? "" : acknowledged,
      hidden: hidden === "any" ? "" : hidden,
      view: view === "list" ? "" : view,
    }),
};

/** All filters open; the state and the view stay. */
export const NO_FILTERS: Omit<AlertsSearch, "state" | "view"> = { severity: [], text: "", q: "", rule: "", acknowledged: "any", hidden: "any" };

/** Whether something besides the state narrows the list. */
export function isFiltered(search: AlertsSearch): boolean {
  const { severity, text, q, rule, acknowledged, hidden } = search;
  return severity.length > 0 || text !== "" || q !== "" || rule !== "" || acknowledged !== "any" || hidden !== "any";
}

function flag(wanted: Wanted): boolean | undefined {
  return wanted === "any" ? undefined : wanted === "yes";
}

/** The parameters of the call that lists alerts. */
export function listQuery(search: AlertsSearch) {
  const { state, severity, text, q, rule, acknowledged, hidden } = search;
  return {
    state: state === "history" ? ("all" as const) : state,
    severity: severity.join(",") || undefined,
    text: text || undefined,
    q: q || undefined,
    rule: rule || undefined,
    acknowledged: flag(acknowledged),
    hidden: flag(hidden),
  };
}
