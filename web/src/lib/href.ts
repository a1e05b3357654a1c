// Every address in the UI, relative to the base. `Go` and `useGo` add the time range of the page that is open where an
// address names none.
import { formatSearch, parseSearch, searchOf, shellSearch, type RawSearch } from "@/lib/urlState";

/** A time range to open with: `now-3h`, RFC 3339 or Unix milliseconds. Absent: the range that is open now. */
export interface RangeParams {
  readonly from?: string | number | undefined;
  readonly to?: string | number | undefined;
}

type Texts = readonly string[] | undefined;
type Text = string | undefined;

/** Parameters of the list of traces. */
export interface TracesParams extends RangeParams {
  readonly q?: Text;
  readonly service?: Text;
  readonly name?: Text;
  readonly status?: Text;
  /** `KEY=VALUE` each. */
  readonly attr?: Texts;
  /** Durations such as `250ms`. */
  readonly min?: Text;
  readonly max?: Text;
  readonly sort?: Text;
  readonly cols?: Text;
}

/** Parameters of one trace. */
export interface TraceParams extends RangeParams {
  readonly tab?: Text;
  readonly span?: Text;
  readonly root?: Text;
  readonly find?: Text;
  readonly colour?: Text;
  readonly with?: Text;
}

/** Parameters of the logs. */
export interface LogsParams extends RangeParams {
  readonly q?: Text;
  readonly service?: Text;
  readonly severity?: Text;
  readonly attr?: Texts;
  readonly trace_id?: Text;
  readonly span_id?: Text;
  readonly tail?: boolean | undefined;
  readonly wrap?: boolean | undefined;
  readonly cols?: Text;
  readonly record?: Text;
  readonly view?: Text;
}

/** Parameters of Explore. */
export interface ExploreParams extends RangeParams {
  readonly expr?: Texts;
  readonly hide?: Texts;
  readonly view?: Text;
  readonly step?: Text;
  readonly metric?: Text;
}

/** Parameters of the services. */
export interface ServicesParams extends RangeParams {
  readonly view?: Text;
  readonly service?: Text;
  readonly sort?: Text;
}

/** Parameters of the status page. */
export interface StatusParams extends RangeParams {
  readonly tab?: Text;
}

/** Parameters of the alerts. Left out: firing and pending ones. */
export interface AlertsParams extends RangeParams {
  /** `firing`, `pending`, `resolved`, `all` or `history`. */
  readonly state?: Text;
  /** Severities, separated by commas. */
  readonly severity?: Text;
  readonly text?: Text;
  /** Matchers as Alertmanager writes them: `{service="api"}`. */
  readonly q?: Text;
  /** `yes` or `no`. */
  readonly acknowledged?: Text;
  readonly hidden?: Text;
  readonly rule?: Text;
  /** `groups`. */
  readonly view?: Text;
}

/** Parameters of the rules. */
export interface RulesParams extends RangeParams {
  readonly text?: Text;
  readonly state?: Text;
  readonly origin?: Text;
  readonly kind?: Text;
}

/** Parameters of one rule. `explain` is a moment (RFC 3339) to explain, `labels` matchers of the label sets to look at. */
export interface RuleParams extends RangeParams {
  readonly explain?: Text;
  readonly labels?: Text;
  readonly tab?: Text;
  /** Opens the editor. */
  readonly edit?: boolean | undefined;
}

/** What a new rule begins with: an expression, or a copy of the rule of this id. */
export interface NewRuleParams extends RangeParams {
  readonly expr?: Text;
  readonly copy?: Text;
}

/** Parameters of the routes. `labels` fills the tester: `{severity="critical"}`. */
export interface RoutesParams extends RangeParams {
  readonly labels?: Text;
}

/** Parameters of the silences. `new` opens the form with these matchers: `{alertname="X"}`. */
export interface SilencesParams extends RangeParams {
  readonly new?: Text;
  readonly state?: Text;
  readonly id?: Text;
}

/** Parameters of the delivery log. */
export interface DeliveriesParams extends RangeParams {
  /** Statuses, separated by commas. */
  readonly status?: Text;
  readonly receiver?: Text;
  readonly alert?: Text;
  /** The message that is open. */
  readonly id?: Text;
  /** Opens the dialog that sends a test. */
  readonly test?: boolean | undefined;
}

function page(path: string, params: object): string {
  return path + formatSearch(searchOf(Object.fromEntries(Object.entries(params))));
}

/** Addresses of the pages. */
export const hrefs = {
  overview: (params: RangeParams = {}): string => page("./", params),
  traces: (params: TracesParams = {}): string => page("./traces", params),
  trace: (traceId: string, params: TraceParams = {}): string => page(`./traces/${encodeURIComponent(traceId)}`, params),
  logs: (params: LogsParams = {}): string => page("./logs", params),
  explore: (params: ExploreParams = {}): string => page("./explore", params),
  services: (params: ServicesParams = {}): string => page("./services", params),
  status: (params: StatusParams = {}): string => page("./status", params),
  alerts: (params: AlertsParams = {}): string => page("./alerts", params),
  /** `acknowledge` opens the dialog at once. */
  alert: (id: string, params: { readonly acknowledge?: boolean } = {}): string => page(`./alerts/${encodeURIComponent(id)}`, params),
  rules: (params: RulesParams = {}): string => page("./rules", params),
  rule: (id: string, params: RuleParams = {}): string => page(`./rules/${encodeURIComponent(id)}`, params),
  newRule: (params: NewRuleParams = {}): string => page("./rules/new", params),
  routes: (params: RoutesParams = {}): string => page("./routes", params),
  silences: (params: SilencesParams = {}): string => page("./silences", params),
  onCall: (): string => page("./on-call", {}),
  deliveries: (params: DeliveriesParams = {}): string => page("./deliveries", params),
} as const;

/** An address with the time range of `current` added, unless it names one itself. Other sites' addresses stay as they are. */
export function withRange(href: string, current: RawSearch): string {
  if (!href.startsWith("./")) return href;
  const [rest = "", fragment] = href.split("#", 2);
  const [path = "", search = ""] = rest.split("?", 2);
  const own = parseSearch(search);
  const kept = "from" in own || "to" in own ? {} : shellSearch(current);
  return path + formatSearch({ ...own, ...kept, ...shellSearch(own) }) + (fragment === undefined ? "" : `#${fragment}`);
}
