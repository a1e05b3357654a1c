// Types of the HTTP API. Generated from docs/reference/openapi.json: run `npm run api`; never edit by hand.

/** Takes an alert and its group on. */
export interface AcknowledgeRequest {
  /** Who; `api` if empty. */
  readonly by?: string;
  /** Why; may be empty. */
  readonly comment?: string;
}

/** How busy the agents of a type are. */
export interface AgentUtilization {
  /** Share (0 to 1) of the range in which at least one of its spans ran. */
  readonly busy: number;
  /** Its spans with status `ERROR`. */
  readonly errorCount: Count;
  /** Name of the agent. */
  readonly name: string;
  /** Its colour slot. */
  readonly slot: number;
  /** Its spans. */
  readonly spanCount: Count;
}

/** An alert. */
export interface Alert {
  readonly acknowledged?: AlertAcknowledgement;
  /** Describe it. */
  readonly annotations: Readonly<Record<string, string>>;
  /** When it was over; absent while it is not. */
  readonly endsAt?: string;
  /** Levels of its escalation policy that were told; 0 for none. */
  readonly escalationLevel: number;
  /** 16 hexadecimal digits of its labels, as Alertmanager shows them. */
  readonly fingerprint: string;
  /** Leads to where it came from; may be empty. */
  readonly generatorUrl: string;
  /** The first group that it is in; absent for a pending one. */
  readonly groupKey?: string;
  /** Why nobody is told, each reason; empty if nothing hides it. */
  readonly hidden: readonly Hidden[];
  /** Its name, such as `alert-12`; a pending one has its fingerprint. */
  readonly id: string;
  /** Identify it. */
  readonly labels: Readonly<Record<string, string>>;
  /** The label `alertname`. */
  readonly name: string;
  /** Whom its routes name, in order, without repeats. */
  readonly receivers: readonly string[];
  /** Values of the last evaluations, oldest first, at most 30, for a small picture. */
  readonly recent: readonly number[];
  /** The rule that it comes from; absent where another system told of it. */
  readonly ruleId?: string;
  /** What to do: the annotation `runbook_url`. */
  readonly runbookUrl?: string;
  /** How bad it is. */
  readonly severity: AlertSeverity;
  /** `rules`, `alertmanager` (API of Alertmanager, so also Prometheus), `grafana`, or `webhook`. */
  readonly source: string;
  /** Since when it fires; of a pending one since when the condition holds. */
  readonly startsAt: string;
  /** Where it is in its life. */
  readonly state: AlertState;
  /** One line: the annotation `summary`, else `description`, else the name. */
  readonly summary: string;
  /** What the value is compared with, where the rule is a comparison with a number. */
  readonly threshold?: number;
  /** Receivers that a message about it has reached. */
  readonly told: readonly string[];
  /** The traces behind it: the annotation `traces_url`, else a search by its labels; relative to the base of the UI. */
  readonly tracesUrl?: string;
  /** The unit of value and threshold as OpenTelemetry writes it (`s`, `By`, `1`, …), where it is known. */
  readonly unit?: string;
  /** When it was last heard of. */
  readonly updatedAt: string;
  /** The value of the rule at its last evaluation; absent where another system told of it. */
  readonly value?: number;
}

/** Who has taken an alert on. */
export interface AlertAcknowledgement {
  /** When. */
  readonly at: string;
  /** Who. */
  readonly by: string;
  /** Why; may be empty. */
  readonly comment: string;
}

/** Alerts by state. */
export interface AlertCounts {
  /** Firing and acknowledged. */
  readonly acknowledged: number;
  /** Firing and critical, neither acknowledged nor hidden. */
  readonly critical: number;
  /** Firing, hidden and acknowledged ones too. */
  readonly firing: number;
  /** Firing, and nobody is told. */
  readonly hidden: number;
  /** Pending. */
  readonly pending: number;
  /** Over within the last hour. */
  readonly resolved: number;
}

/** All about one alert. */
export interface AlertDetail {
  /** The alert. */
  readonly alert: Alert;
  /** What to draw: the left side of the comparison, limited to the labels of this alert. */
  readonly chartExpr?: string;
  /** Earlier times the same label set fired, newest first, at most 50. */
  readonly earlier: readonly AlertSpan[];
  readonly escalation?: AlertEscalation;
  /** What happened, newest first, at most 200. */
  readonly events: readonly AlertEvent[];
  /** The expression of the rule. */
  readonly expr?: string;
  /** How long the condition must hold, ms. */
  readonly forMs?: number;
  /** Alerts in its group. */
  readonly groupAlerts: number;
  /** When its group is looked at next. */
  readonly nextNotificationAt?: string;
  /** Messages about its group, newest first, at most 100. */
  readonly notifications: readonly NotificationEntry[];
  /** The routes that took it. */
  readonly way: readonly RouteStep[];
}

/** How far the escalation of a group is. */
export interface AlertEscalation {
  /** Levels told. */
  readonly level: number;
  /** Levels that there are. */
  readonly levels: number;
  /** When the next level is told; absent if none follows. */
  readonly nextAt?: string;
  /** Whom the next level tells. */
  readonly nextReceivers: readonly string[];
  /** The policy. */
  readonly policy: string;
}

/** One thing that happened. */
export interface AlertEvent {
  /** To which alert. */
  readonly alertId: string;
  /** When. */
  readonly at: string;
  /** What. */
  readonly kind: AlertEventKind;
  /** Its name. */
  readonly name: string;
  /** The message it is about. */
  readonly notificationId?: string;
  /** The receiver it is about. */
  readonly receiver?: string;
  /** Its severity then. */
  readonly severity: AlertSeverity;
  /** In words. */
  readonly text: string;
}

/** What happened to an alert. */
export type AlertEventKind = "fired" | "resolved" | "notified" | "notifyFailed" | "hidden" | "acknowledged" | "unacknowledged" | "reopened" | "escalated" | "storm";

/** What fired and was over in a time. */
export interface AlertHistory {
  /** Newest first. */
  readonly details: readonly AlertHistoryEntry[];
  /** Alerts that began to fire in the time. */
  readonly fired: number;
  /** Leads to the next page. */
  readonly nextCursor?: string;
  /** Alerts that were over in the time. */
  readonly resolved: number;
}

/** An alert of the history. */
export interface AlertHistoryEntry {
  /** Who took it on. */
  readonly acknowledgedBy?: string;
  /** When it began to fire. */
  readonly firedAt: string;
  /** Its name. */
  readonly id: string;
  /** Its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The label `alertname`. */
  readonly name: string;
  /** Messages about it that arrived. */
  readonly notifications: number;
  /** When it was over. */
  readonly resolvedAt?: string;
  /** Its severity. */
  readonly severity: AlertSeverity;
  /** One line. */
  readonly summary: string;
}

/** A page of alerts: firing before pending before resolved, then the worst, then the newest first. */
export interface AlertList {
  /** The alerts. */
  readonly alerts: readonly Alert[];
  /** Of all alerts, whatever the filters. */
  readonly counts: AlertCounts;
  /** Leads to the next page. */
  readonly nextCursor?: string;
  /** Alerts that the filters take. */
  readonly total: number;
}

/** What the topic `alerts` of a live stream tells: something about alerts changed. */
export interface AlertNotice {
  /** Alerts by state now. */
  readonly counts: AlertCounts;
  /** Grows with every change. */
  readonly revision: number;
}

/** How bad it is: one view of both vocabularies; the raw label stays in `labels`. */
export type AlertSeverity = "critical" | "high" | "medium" | "low" | "info";

/** A time an alert fired. */
export interface AlertSpan {
  /** From. */
  readonly firedAt: string;
  /** Its name then. */
  readonly id: string;
  /** To; absent while it fires. */
  readonly resolvedAt?: string;
}

/** Where an alert is in its life. */
export type AlertState = "firing" | "pending" | "resolved";

/** What one integration would get, or got. */
export interface AlertTestMessage {
  /** The kind of integration, such as `slack`. */
  readonly channel: string;
  /** How long the channel took. */
  readonly durationMs?: number;
  /** What went wrong. */
  readonly error?: string;
  /** The receiver. */
  readonly receiver: string;
  /** Whether it arrived; absent if it was only shown. */
  readonly sent?: boolean;
  /** The message as text. */
  readonly text: string;
  /** First line. */
  readonly title: string;
}

/** The way of an alert for trial. */
export interface AlertTestReport {
  /** What would hide it; a test is sent all the same. */
  readonly hidden: readonly Hidden[];
  /** Its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** What they get. */
  readonly messages: readonly AlertTestMessage[];
  /** Who gets it. */
  readonly receivers: readonly string[];
  /** The routes that take it. */
  readonly way: readonly RouteStep[];
}

/** An alert that is sent along the real route for trial. */
export interface AlertTestRequest {
  /** Annotations. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** More labels; `alertname` is `TachographTest` unless it is here. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only this receiver, whatever the routes say. */
  readonly receiver?: string;
  /** Really send; else only show. */
  readonly send?: boolean;
  /** The label `severity`; `HIGH` if empty. */
  readonly severity?: string;
}

/** Something that needs a look. */
export interface Attention {
  /** What it is. */
  readonly kind: AttentionKind;
  /** `critical` if somebody must act now, `warning` otherwise. */
  readonly level: AttentionLevel;
  /** What happened, in words, with its number and what it is compared with. */
  readonly message: string;
  /** The operation, where it is about one. */
  readonly operation?: string;
  /** Since when. */
  readonly since?: string;
  /** The span of that trace that shows it. */
  readonly spanId?: string;
  /** The service, agent, target or file that it is about. */
  readonly subject: string;
  /** A trace that shows it. */
  readonly traceId?: string;
  /** One entry a bucket of the value, for a small picture; of slow operations the mean duration; may be empty. */
  readonly trend: readonly number[];
  /** What it usually is. */
  readonly usual?: number;
  /**
   * The value that stands out: of failing ones a share (0 to 1), of slow ones milliseconds, of stuck and silent ones
   * minutes, of refused data items.
   */
  readonly value?: number;
}

/** What needs a look. */
export type AttentionKind = "failing" | "slow" | "stuck" | "silent" | "target_down" | "refused" | "server";

/** How urgent. */
export type AttentionLevel = "critical" | "warning";

/** An alert that there would have been. */
export interface BacktestAlert {
  /** Its annotations when it fired. */
  readonly annotations: Readonly<Record<string, string>>;
  /** When it would have fired; absent if it never held long enough. */
  readonly firedAt?: string;
  /** Its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value farthest beyond the threshold. */
  readonly peak?: number;
  /** When the condition began to hold. */
  readonly pendingAt: string;
  /** When it would have been over. */
  readonly resolvedAt?: string;
}

/** What a backup holds. */
export interface BackupReport {
  /** Their bytes. */
  readonly bytes: Count;
  /** The folder. */
  readonly dir: string;
  /** Files in it. */
  readonly files: Count;
}

/** Where to put a backup. */
export interface BackupRequest {
  /** A folder on the server's machine that does not exist yet or is empty; an absolute path. */
  readonly dir: string;
}

/** How many series there are, and where they come from. */
export interface Cardinality {
  /** Series that had a sample lately. */
  readonly activeSeries: Count;
  /** Metrics with the most series. */
  readonly byName: readonly NameCount[];
  /** Pairs `label=value` with the most series. */
  readonly byPair: readonly NameCount[];
  /** Labels whose values take the most bytes. */
  readonly bytesByLabel: readonly NameCount[];
  /** Series that appeared since memory was last written to disk: the churn. */
  readonly createdSeries: Count;
  /** Distinct pairs of label and value of active series. */
  readonly labelPairs: Count;
  /** Active series that there may be. */
  readonly seriesLimit: Count;
  /** Active series that a metric may have. */
  readonly seriesPerMetricLimit: Count;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** Series of all that is kept. */
  readonly totalSeries: Count;
  /** Labels with the most values. */
  readonly valuesByLabel: readonly NameCount[];
}

/** Data has arrived: sent on the topic `changes` of the stream at most once an interval, and only if something did. */
export interface ChangeNotice {
  /** Milliseconds between two notices at least. */
  readonly intervalMs: number;
  /** Signals of which something arrived: `spans`, `logs`, `samples`. */
  readonly signals: readonly string[];
}

/** Colour slots by name. */
export interface ColourSlots {
  /** The slots; clients take them modulo the colours they have. */
  readonly slots: Readonly<Record<string, number>>;
}

/** The configuration in force. */
export interface Configuration {
  /** The file it was read from; absent for built-in defaults. */
  readonly file?: string;
  /** Every key that is in force, sorted. */
  readonly keys: readonly ConfigurationKey[];
  /** When it was last read. */
  readonly loadedAt: string;
  /** What was found wrong with it that did not stop the server. */
  readonly warnings: readonly string[];
}

/** One key of the configuration. */
export interface ConfigurationKey {
  /** Its path, such as `storage.retention.spans.days`. */
  readonly key: string;
  /** `default`, `file`, `environment` or `flag`. */
  readonly source: string;
  /** Its value as YAML writes it, empty for none; `<secret>` stands for what must not be shown. */
  readonly value: string;
}

export type Count = number | string;

/** One group of a count. */
export interface CountGroup {
  /** Number of records. */
  readonly count: Count;
  /** Start of the bucket; absent without `step`. */
  readonly time?: string;
  /** Value of the split; absent without `by` and for records that lack it. */
  readonly value?: string;
}

/** A piece of the critical path. */
export interface CriticalSegment {
  /** Milliseconds from the start of the trace. */
  readonly endMs: number;
  /** Row of the span in `spans`; -1 if the outline is cut and the span is not in it. */
  readonly span: number;
  /** Milliseconds from the start of the trace. */
  readonly startMs: number;
}

/** Answer of `/api/health`, as Grafana gives it. */
export interface DatabaseHealth {
  /** `ok`, or `failing`. */
  readonly database: string;
}

/** What a deletion did. */
export interface DeleteReport {
  /** Log records that answers no longer show. */
  readonly logs: Count;
  /** Spans that answers no longer show. */
  readonly spans: Count;
}

/** The device of the data folder. */
export interface DiskStatus {
  /** Bytes that can still be written. */
  readonly free: Count;
}

/** The body of every answer that is no success. */
export interface ErrorBody {
  /** What went wrong. */
  readonly error: ErrorDetail;
}

/** What went wrong. */
export interface ErrorDetail {
  /** The parameter or key it is about. */
  readonly field?: string;
  /** What to do instead. */
  readonly hint?: string;
  /** What the caller can do about it. */
  readonly kind: ErrorKind;
  /** For people; names the value. */
  readonly message: string;
  /** Where in the text of a query, in characters from 0. */
  readonly position?: number;
}

/** What the caller can do about an error. One status belongs to each, see `status`. */
export type ErrorKind = "invalid" | "not_found" | "conflict" | "limit" | "unauthorized" | "forbidden" | "unavailable" | "corrupt" | "internal";

/** A level of a policy. */
export interface EscalationLevel {
  /** How long after the first message of the group. */
  readonly afterMs: number;
  /** Who is told. */
  readonly receivers: readonly string[];
  /** Whose person on call is told. */
  readonly rotas: readonly string[];
}

/** Policies and rotas. */
export interface EscalationList {
  /** Policies. */
  readonly policies: readonly EscalationPolicy[];
  /** Rotas. */
  readonly rotas: readonly Rota[];
}

/** Who is told when nobody takes an alert on. */
export interface EscalationPolicy {
  /** Levels, in order. */
  readonly levels: readonly EscalationLevel[];
  /** Groups with an alert that matches. */
  readonly matchers: readonly Matcher[];
  /** Its name. */
  readonly name: string;
  /** When the last level is repeated. */
  readonly repeatMs?: number;
  /** How often at most. */
  readonly repeatTimes?: number;
  /** Groups that it runs for now. */
  readonly running: number;
}

/** A label set of the rule at the time. */
export interface ExplainAlert {
  /** Since when the condition held. */
  readonly activeSince?: string;
  /** When it fires, or would have fired, if it goes on. */
  readonly firesAt?: string;
  /** What hid it then. */
  readonly hidden: readonly Hidden[];
  /** Whether the condition held. */
  readonly holds: boolean;
  /** Its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Who was to be told. */
  readonly receivers: readonly string[];
  /** The state it had. */
  readonly state: RuleState;
  /** When and who was told, in words. */
  readonly told: readonly string[];
  /** The value of the left side; absent if there was none. */
  readonly value?: number;
  /** Its routes. */
  readonly way: readonly RouteStep[];
}

/** A sample that an evaluation saw. */
export interface ExplainSample {
  /** Its time. */
  readonly at: string;
  /** Its series. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its value. */
  readonly value: number;
}

/** A selector of the expression and what it found. */
export interface ExplainSeries {
  /** The newest sample of each, at most 20. */
  readonly samples: readonly ExplainSample[];
  /** The selector. */
  readonly selector: string;
  /** Series found. */
  readonly series: number;
}

/** Top values of one name. */
export interface Facet {
  /** Items that match the filter and lack the name. */
  readonly absentCount?: Count;
  /** The name, as a filter takes it. */
  readonly name: string;
  /** Items that match the filter and have another value than these. */
  readonly otherCount?: Count;
  /** There are too many distinct values to count: `values` is empty. */
  readonly tooManyValues?: boolean;
  /** The values, the most frequent first. */
  readonly values: readonly LabelValue[];
}

/** Top values of the usual names under the current filter. */
export interface FacetList {
  /** The facets. */
  readonly facets: readonly Facet[];
  /** What the query cost. */
  readonly stats: QueryStats;
}

/** One figure. */
export interface Figure {
  /** The same over the time of equal length before, in whole buckets. */
  readonly before?: number;
  /** Which one. */
  readonly id: FigureId;
  /** One entry a bucket. */
  readonly trend: readonly number[];
  /** Its value over the range; absent while nothing tells it. */
  readonly value?: number;
}

/** Which figure. */
export type FigureId = "requests_per_minute" | "error_rate" | "p95_ms" | "running" | "tokens_per_minute" | "error_logs_per_minute";

/** A Parquet file of spans or log records. */
export interface FileEntry {
  /** Its length. */
  readonly bytes: Count;
  /** Absolute path on the server's machine. */
  readonly path: string;
  /** Number of spans or log records. */
  readonly rows: Count;
  /** `spans` or `logs`. */
  readonly signal: string;
  /** Latest start of a span or time of a record. */
  readonly timeMax: string;
  /** Earliest start of a span or time of a record. */
  readonly timeMin: string;
}

/** Files that other programs can read. */
export interface FileList {
  /**
   * A folder on the server's machine that holds them and nothing else, each as
   * `<signal>/<partition>/<id>.parquet`.
   */
  readonly dir: string;
  /** By signal, then by partition. */
  readonly files: readonly FileEntry[];
}

/** What a flush did. */
export interface FlushReport {
  /** Blocks that exist now. */
  readonly blocks: Count;
  /** Milliseconds it took. */
  readonly durationMs: number;
  /** Items that went to disk. */
  readonly items: Count;
  /** Bytes of write-ahead log left. */
  readonly walBytes: Count;
}

/** Answer of `/health`: the server runs. */
export interface Health {
  /** `ok`. */
  readonly status: string;
}

/** How many fell into which bucket of time and of value. */
export interface HeatMap {
  /** Upper bounds of the rows in milliseconds, ascending; the last row has none above. */
  readonly boundsMs: readonly number[];
  /** One column a bucket of time; each has one number a row (`bounds_ms.len() + 1`). Empty columns are empty lists. */
  readonly columns: readonly (readonly Count[])[];
}

/** One reason why nobody is told. */
export interface Hidden {
  /** What kind of reason. */
  readonly by: HiddenBy;
  /** The id of the silence, the fingerprint of the other alert, the name of the time interval or suppression. */
  readonly id: string;
  /** In words, with comment and creator where there are some. */
  readonly text: string;
  /** When it ends, where that is known. */
  readonly until?: string;
}

/** Why nobody is told of an alert that fires. */
export type HiddenBy = "silence" | "inhibition" | "muteTime" | "suppression";

/** One line over time. */
export interface HistogramGroup {
  /** Spans a bucket. */
  readonly counts: readonly Count[];
  /** Spans with status `ERROR` a bucket. */
  readonly errors: readonly Count[];
  /** How long its spans took. */
  readonly latency: LatencyMs;
  /** Value of the split; absent without one, and for spans that lack the name or are beyond `limit`. */
  readonly value?: string;
}

/** A value at a point of time. */
export interface HistoryPoint {
  /** When. */
  readonly time: string;
  /** The value. */
  readonly value: MetricValue;
}

/** What came of one part of an import. */
export interface ImportReport {
  /** Why the first of them was. */
  readonly reason?: string;
  /** Samples that were refused. */
  readonly refused: Count;
  /** Samples that were taken; those that were there already count. */
  readonly samples: Count;
  /** Series of the part. */
  readonly series: Count;
}

/** What comes in of a signal. */
export interface IngestFlow {
  /** Items accepted since start. */
  readonly accepted: Count;
  /**
   * Items accepted in each of the last sixty minutes, the oldest first; fewer after a start, of
   * which the first may be a part of a minute.
   */
  readonly minutes: readonly Count[];
  /** Items accepted a second over the last minute. */
  readonly perSecond: number;
  /** Items refused since start. */
  readonly refused: Count;
  /** `spans`, `logs` or `samples`. */
  readonly signal: string;
}

/** What comes in and what is refused. */
export interface IngestStatus {
  /** By signal, the busiest first. */
  readonly flows: readonly IngestFlow[];
  /** How far limits are used. */
  readonly limits: readonly LimitUse[];
  /** What was refused since start, by reason, the most frequent first. */
  readonly refusals: readonly RefusalCount[];
}

/** Alerts that make others needless. */
export interface InhibitRule {
  /** Labels in which both must agree. */
  readonly equal: readonly string[];
  /** Alerts it hides now. */
  readonly hiddenNow: number;
  /** Of the alert that says enough. */
  readonly source: readonly Matcher[];
  /** Of alerts that are then not told. */
  readonly target: readonly Matcher[];
}

/** One way to reach a receiver. */
export interface Integration {
  /** Whether this program can deliver to it. */
  readonly delivered: boolean;
  /** How it fares. */
  readonly health: IntegrationHealth;
  /** Such as `slack`. */
  readonly kind: string;
  /** What last went wrong, if that is newer. */
  readonly lastError?: string;
  /** When it last said yes. */
  readonly lastSuccessAt?: string;
  /** Messages that wait. */
  readonly queued: number;
  /** Whether the end is told too. */
  readonly sendResolved: boolean;
  /** Where to, without secrets: a host, a channel, an address. */
  readonly target: string;
}

/** How an integration fares. */
export type IntegrationHealth = "unused" | "working" | "failing" | "broken";

/** A name that occurs. */
export interface Label {
  /** About how many items have it. */
  readonly count: Count;
  /** The key. */
  readonly name: string;
  /** Where it stands: `item`, `resource` or `scope`. */
  readonly scope: string;
  /** Types of its values: `string`, `int`, `double`, `bool`, `bytes`, `json`. */
  readonly types: readonly string[];
}

/** Names of attributes that occur. */
export interface LabelList {
  /** The names, the most frequent first. */
  readonly labels: readonly Label[];
  /** What the query cost. */
  readonly stats: QueryStats;
}

/** A value and how often it occurs. */
export interface LabelValue {
  /** Number of items that have it. */
  readonly count: Count;
  /** The value as text. */
  readonly value: string;
}

/** Values of one name. */
export interface LabelValues {
  /** What the query cost. */
  readonly stats: QueryStats;
  /** The values, the most frequent first. */
  readonly values: readonly LabelValue[];
}

/** Percentiles of durations in milliseconds, exact to about 5 %. */
export interface LatencyMs {
  /** The longest. */
  readonly max: number;
  /** Half took no longer. */
  readonly p50: number;
  /** 95 % took no longer. */
  readonly p95: number;
  /** 99 % took no longer. */
  readonly p99: number;
}

/** How far a limit is used. */
export interface LimitUse {
  /** Allowed; absent for no limit. */
  readonly allowed?: number;
  /** The configuration key. */
  readonly key: string;
  /** What is limited, in words. */
  readonly name: string;
  /** `bytes`, `count`, `series`, `streams`, `queries`. */
  readonly unit: string;
  /** In use. */
  readonly used: number;
}

/** A span by itself, as a live stream sends it. */
export interface LiveSpan {
  /** Who emitted it. */
  readonly resource: Resource;
  /** The library that emitted it. */
  readonly scope: Scope;
  /** The span; its `resource` and `scope` are 0 and mean the ones below. */
  readonly span: Span;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
}

/** What was written before and after a record, oldest first, the record in between. */
export interface LogContext {
  /** Where in `logs` the record asked for stands. */
  readonly index: number;
  /** The records; the one asked for is at `index`. */
  readonly logs: readonly LogRow[];
  /** Resources that the records point at. */
  readonly resources: readonly Resource[];
  /** Scopes that the records point at. */
  readonly scopes: readonly Scope[];
  /** What the query cost. */
  readonly stats: QueryStats;
}

/** How many records match. */
export interface LogCount {
  /** In all. */
  readonly count: Count;
  /**
   * One for each time bucket (with `step`) and value (with `by`), by time; buckets without
   * records are left out.
   */
  readonly groups: readonly CountGroup[];
  /** What the query cost. */
  readonly stats: QueryStats;
}

/** A record by itself: the answer for one id, and what a live stream sends. */
export type LogDocument = LogRecord & {
  /** Who emitted it. */
  readonly resource: Resource;
  /** The library that emitted it. */
  readonly scope: Scope;
};

/** A page of log records, newest first. */
export interface LogList {
  /** The records. */
  readonly logs: readonly LogRow[];
  /** Give this as `cursor` for the next page; absent on the last one. */
  readonly nextCursor?: string;
  /**
   * Large values that are shown as `$ref` although they were asked for in full: their content
   * is gone, or did not fit into the page.
   */
  readonly omittedValues?: Count;
  /** Resources that the records point at. */
  readonly resources: readonly Resource[];
  /** Scopes that the records point at. */
  readonly scopes: readonly Scope[];
  /** What the query cost. */
  readonly stats: QueryStats;
}

/** Lines that differ in a few words only. */
export interface LogPattern {
  /** Lines of it among those looked at. */
  readonly count: Count;
  /** Id of the latest of them. */
  readonly exampleId: string;
  /** The earliest of them. */
  readonly firstSeen: string;
  /** The latest of them. */
  readonly lastSeen: string;
  /** The line with `<*>` for what differs. */
  readonly pattern: string;
  /**
   * Stages of LogQL that find at least them, to stand after a selector, such as
   * `|= "chat completed"`. Empty if the lines have nothing in common.
   */
  readonly query: string;
  /** The highest severity number among them. */
  readonly severity: number;
  /** Lines in each of 30 equal parts of the time from `startTime` to `endTime`. */
  readonly trend: readonly Count[];
}

/** What a log record says. */
export interface LogRecord {
  /** What describes it. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What it says; any JSON. */
  readonly body: unknown;
  /** Attributes dropped by the sender or over our limits. */
  readonly droppedAttributesCount?: Count;
  /** Name of the kind of event. */
  readonly eventName?: string;
  /** W3C trace flags. */
  readonly flags?: Count;
  /** The record's permalink: 16 hexadecimal digits. */
  readonly id: string;
  /** When the collecting system saw it. */
  readonly observedTimestamp?: string;
  /** `service.name` of the resource. */
  readonly serviceName: string;
  /** `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL` or `UNSET`. */
  readonly severity: string;
  /** OTLP's number, 1 to 24; 0 if not said. */
  readonly severityNumber: number;
  /** The sender's word for it. */
  readonly severityText?: string;
  /** Text of the span id, where it was not hexadecimal. */
  readonly spanAlias?: string;
  /** Span during which it was written. */
  readonly spanId?: string;
  /** When it happened. */
  readonly timestamp: string;
  /** Text of the trace id, where it was not hexadecimal. */
  readonly traceAlias?: string;
  /** Trace during which it was written. */
  readonly traceId?: string;
}

/** A record in a page. */
export type LogRow = LogRecord & {
  /** Index into `resources`. */
  readonly resource: number;
  /** Index into `scopes`. */
  readonly scope: number;
};

/**
 * Data of a `lost` message of the live stream: the reader was too slow, or asked for an id that
 * is no longer kept.
 */
export interface LostNotice {
  readonly count?: Count;
  /** What was lost: `logs`, `traces`, or `all`. */
  readonly topic: string;
}

/** Calls from one node to another. */
export interface MapEdge {
  /** Calls. */
  readonly count: Count;
  /** Calls with status `ERROR`. */
  readonly errorCount: Count;
  /** Id of the caller. */
  readonly from: string;
  /** How long they took. */
  readonly latency: LatencyMs;
  /** Id of who is called. */
  readonly to: string;
}

/** A node of the map. */
export interface MapNode {
  /** Spans with status `ERROR`. */
  readonly errorCount: Count;
  /** Unique in the map: kind and name, as in `service:api`. */
  readonly id: string;
  /** `service`, `agent`, `database`, `queue`, `model`, `tool` or `external`. */
  readonly kind: string;
  /** What is shown. All that is beyond 500 nodes is one of kind `external` called `other`. */
  readonly name: string;
  /** Its colour slot; 0 for databases, queues and others. */
  readonly slot: number;
  /** Spans; of what sends none itself the spans that called it. */
  readonly spanCount: Count;
}

/** A condition on a label. */
export interface Matcher {
  /** The label. */
  readonly name: string;
  /** `=`, `!=`, `=~` or `!~`. */
  readonly op: string;
  /** What it is compared with; of the last two an RE2 expression for the whole value. */
  readonly value: string;
}

/** Counted memory. */
export interface MemoryStatus {
  /** Bytes allowed. */
  readonly limit: Count;
  /** Bytes in use by part. */
  readonly parts: Readonly<Record<string, Count>>;
  readonly resident?: Count;
  /** Bytes in use. */
  readonly used: Count;
}

/** What is known about a metric, and its current values. */
export interface MetricFamily {
  /** What it means. */
  readonly help?: string;
  /** The name. */
  readonly name: string;
  /** The name in OTLP, if it came so. */
  readonly otlpName?: string;
  /** The series with their newest values. */
  readonly series: readonly MetricPoint[];
  /** `counter`, `gauge`, `histogram`, `summary`, …; `unknown` if nobody told. */
  readonly type: string;
  /** The unit as the sender wrote it. */
  readonly unit?: string;
}

/** Values of one series over time. */
export interface MetricHistory {
  /** Labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** What was asked for: a name or an expression. */
  readonly metric: string;
  /** The values there are. */
  readonly points: readonly HistoryPoint[];
}

/** The newest value of a series. */
export interface MetricPoint {
  /** Labels, the name among them where it differs from the family's. */
  readonly labels: Readonly<Record<string, string>>;
  /** When it was taken. */
  readonly time: string;
  /** The value. */
  readonly value: MetricValue;
}

export type MetricValue = number | string;

/** Values of metrics over time. */
export interface MetricsHistory {
  /** Last point of time at most. */
  readonly end: string;
  /** There are more series than `limit`. */
  readonly more: boolean;
  /** The series. */
  readonly series: readonly MetricHistory[];
  /** First point of time. */
  readonly start: string;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** Milliseconds between points. */
  readonly stepMs: number;
}

/** Several PromQL queries at once; equal selectors are read once. */
export interface MetricsQuery {
  /** The queries, each with an id of its own. */
  readonly queries: readonly MetricsQueryItem[];
}

/** One of several PromQL queries: at one time (`instant`), or over a range (`start`, `end`, `step`). */
export interface MetricsQueryItem {
  /** Last point of time. */
  readonly end?: string;
  /** The query in PromQL. */
  readonly expr: string;
  /** Names the result. */
  readonly id: string;
  /** A point of time; now if neither it nor a range is given. */
  readonly instant?: string;
  /** First point of time. */
  readonly start?: string;
  /** Time between points, such as `30s`. */
  readonly step?: string;
}

/** Current values of metrics. */
export interface MetricsSnapshot {
  /** The families, by name. */
  readonly metrics: readonly MetricFamily[];
  /** There are more series than `limit`. */
  readonly more: boolean;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** When they were asked for. */
  readonly time: string;
}

/** A name and a number. */
export interface NameCount {
  /** The number. */
  readonly count: Count;
  /** The name. */
  readonly name: string;
}

/** What no data means. */
export type NoDataPolicy = "ok" | "alert" | "keep";

/** A message. */
export interface NotificationEntry {
  /** Its alerts, at most 20. */
  readonly alertIds: readonly string[];
  /** How many alerts. */
  readonly alerts: number;
  /** When it was decided. */
  readonly at: string;
  /** Tries. */
  readonly attempts: number;
  /** The kind of integration. */
  readonly channel: string;
  /** How long the channel took last. */
  readonly durationMs?: number;
  /** What last went wrong. */
  readonly error?: string;
  /** Those of them that fire. */
  readonly firing: number;
  /** Its group. */
  readonly groupKey: string;
  /** Its number. */
  readonly id: string;
  /** When it is tried again. */
  readonly nextAttemptAt?: string;
  /** What was sent, without secrets, at most 4 KiB; only when one message is asked for. */
  readonly preview?: string;
  /** Why it was sent. */
  readonly reason: NotificationReason;
  /** The receiver. */
  readonly receiver: string;
  /** When the channel said yes. */
  readonly sentAt?: string;
  /** The worst of its alerts. */
  readonly severity: AlertSeverity;
  /** How it fares. */
  readonly status: NotificationStatus;
  /** Where to, without secrets. */
  readonly target: string;
  /** First line. */
  readonly title: string;
}

/** A page of messages, newest first. */
export interface NotificationList {
  /** Messages of the log that are dead. */
  readonly dead: number;
  /** Leads to the next page. */
  readonly nextCursor?: string;
  /** The messages. */
  readonly notifications: readonly NotificationEntry[];
  /** Messages that wait or are tried again. */
  readonly waiting: number;
}

/** Why it was sent. */
export type NotificationReason = "first" | "grown" | "shrunk" | "repeat" | "resolved" | "acknowledged" | "reopened" | "escalation" | "storm" | "test";

/** How a message fares. */
export type NotificationStatus = "pending" | "retrying" | "sent" | "dead" | "superseded";

/** Operations of a service. */
export interface OperationList {
  /** There are more than were given. */
  readonly more: boolean;
  /** The operations, the busiest first. */
  readonly operations: readonly ServiceOperation[];
  /** What the query cost. */
  readonly stats: QueryStats;
  /** Milliseconds of one entry of a trend. */
  readonly stepMs: number;
}

/** A service or agent of a trace. */
export interface OutlineParty {
  /** Its spans with status `ERROR`. */
  readonly errorCount: Count;
  /** Its name. */
  readonly name: string;
  /** Its colour slot, the same on every page; clients take it modulo the colours they have. */
  readonly slot: number;
  /** Its spans. */
  readonly spanCount: Count;
  /** What it used. */
  readonly usage: Usage;
}

/** Spans in columns. */
export interface OutlineSpans {
  /** Index into `agents`; -1 without an agent. Spans that name none have that of the nearest span above. */
  readonly agent: readonly number[];
  /** Spans below it in the whole trace, children included. */
  readonly below: readonly number[];
  /** Children in the whole trace; more than stand here where the outline is cut. */
  readonly children: readonly number[];
  /** A few words beside the name: model, tool, file, route, statement; empty if there is nothing. */
  readonly detail: readonly string[];
  /** Milliseconds; below 0 where the sender's clock went back. */
  readonly durationMs: readonly number[];
  /** Spans with status `ERROR` below it in the whole trace. */
  readonly errorsBelow: readonly number[];
  /** Number of events. */
  readonly events: readonly number[];
  /** Span ids, 16 hexadecimal digits. */
  readonly id: readonly string[];
  /** OTLP's number of the kind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: readonly number[];
  /** Index into `names`. */
  readonly name: readonly number[];
  /**
   * Row of the parent; -1 for a root, for the `root` that was asked for, and for the earliest of spans
   * whose parents go in a circle; -2 where the parent has not arrived.
   */
  readonly parent: readonly number[];
  /** What the span is to an agent system: 0 other, 1 model call, 2 tool call, 3 agent, 4 workflow. */
  readonly role: readonly number[];
  /** Index into `services`. */
  readonly service: readonly number[];
  /** Milliseconds from the start of the trace. */
  readonly startMs: readonly number[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: readonly number[];
}

/** How everything fares. */
export interface Overview {
  /** How busy agents are; empty where no agent is known. */
  readonly agents: readonly AgentUtilization[];
  /** What needs a look, the worst first. */
  readonly attention: readonly Attention[];
  /** Nothing was ever received. */
  readonly empty: boolean;
  /** Last moment looked at. */
  readonly end: string;
  /** What `error_rate_week` is compared with. */
  readonly errorRateThreshold: number;
  /**
   * Share (0 to 1) of failed requests over the seven days until now, for the comparison with the threshold. Counted in
   * slices that are remembered for some minutes; on a large store the first answers know the newest days only.
   */
  readonly errorRateWeek: number;
  /** Entry spans with status `ERROR` a bucket; the same buckets as `throughput`. */
  readonly errors: readonly Count[];
  /** The figures, in the order in which they are shown. */
  readonly figures: readonly Figure[];
  /** Durations of entry spans over time. */
  readonly latency: HeatMap;
  /** Percentiles of the whole range. */
  readonly percentiles: LatencyMs;
  readonly queue?: TaskQueue;
  /** Entry spans a bucket. */
  readonly requests: readonly Count[];
  /** First moment looked at: the start of a bucket, at or before the `start` asked for. */
  readonly start: string;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** Milliseconds of one bucket; all lists over time have one entry a bucket, from `start` on. */
  readonly stepMs: number;
  /** Requests a bucket: entry spans (roots, servers, consumers) by service, the busiest first, at most twelve. */
  readonly throughput: readonly OverviewSeries[];
  /** Share (0 to 1) of entry spans that ran into a timeout, by status message, error type or duration beyond 300 s. */
  readonly timeoutShare: number;
}

/** A line over time. */
export interface OverviewSeries {
  /** The service. */
  readonly name: string;
  /** Its colour slot. */
  readonly slot: number;
  /** One entry a bucket. */
  readonly values: readonly Count[];
}

/** Patterns of log lines. */
export interface PatternList {
  /** Its end. */
  readonly endTime: string;
  /** Lines that were looked at, the newest that match. */
  readonly lines: Count;
  /** The patterns, the most frequent first. */
  readonly patterns: readonly LogPattern[];
  /** There are more lines that match. */
  readonly sampled: boolean;
  /** Begin of the time that trends are of. */
  readonly startTime: string;
  /** What the query cost. */
  readonly stats: QueryStats;
}

/** A file that was set aside. */
export interface Quarantined {
  /** Its name or position. */
  readonly name: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** What it is: `block`, `values` or `wal`. */
  readonly what: string;
}

/** What a query cost. */
export interface QueryStats {
  /** Blocks that could not be read: the answer is incomplete if this is not 0. */
  readonly blocksFailed: Count;
  /** Blocks that were read. */
  readonly blocksRead: Count;
  /** Blocks that time range, blooms or index ruled out. */
  readonly blocksSkipped: Count;
  /** Bytes read from blocks, as stored. */
  readonly bytesRead: Count;
  /** Milliseconds from start to end, waiting for a place included. */
  readonly durationMs: number;
  /** Rows that matched. */
  readonly rowsMatched: Count;
  /** Rows looked at. */
  readonly rowsScanned: Count;
}

/** Answer of `/ready`. */
export interface Readiness {
  /** Share of the write-ahead log that was replayed, 0 to 1; only while replaying. */
  readonly progress?: number;
  /** `ready`, `replaying`, or `stopping`. */
  readonly status: string;
}

/** Somebody or something that is told. */
export interface Receiver {
  /** The ways to it. */
  readonly integrations: readonly Integration[];
  /** Its name. */
  readonly name: string;
}

/** Rate, errors, duration. */
export interface Red {
  /** Spans counted. */
  readonly count: Count;
  /** Spans with status `ERROR`. */
  readonly errorCount: Count;
  /** Share (0 to 1) of them. */
  readonly errorRate: number;
  /** Failed spans a bucket of time. */
  readonly errorTrend: readonly Count[];
  /** How long they took. */
  readonly latency: LatencyMs;
  /** Spans a minute. */
  readonly perMinute: number;
  /** Spans a bucket of time. */
  readonly trend: readonly Count[];
}

/** How often something was refused. */
export interface RefusalCount {
  /** How often since start. */
  readonly count: Count;
  /** What to do. */
  readonly hint: string;
  /** Why, in words. */
  readonly reason: string;
  /** What was refused: `spans`, `logs`, `samples` or `requests`. */
  readonly what: string;
}

/** What a reload did. */
export interface ReloadReport {
  /** Keys whose new values are in force now. */
  readonly applied: readonly string[];
  /** Keys whose new values wait for a restart. */
  readonly restartNeeded: readonly string[];
  /** What the configuration said that is worth knowing. */
  readonly warnings: readonly string[];
}

/** What an id stands for. */
export interface Resolved {
  /** Everything that has this id, the most exact first. */
  readonly matches: readonly ResolvedMatch[];
}

/** One thing that has an id. */
export interface ResolvedMatch {
  /** `trace`, `span`, `log`, or the attribute that has this value, such as `run_id`, `task_id`, `session.id` or `correlation_id`. */
  readonly kind: string;
  /** Its name or first words. */
  readonly name: string;
  /** The log record to open. */
  readonly recordId?: string;
  /** Its service. */
  readonly service?: string;
  /** The span to open in it. */
  readonly spanId?: string;
  /** When it was. */
  readonly time?: string;
  /** The trace to open. */
  readonly traceId?: string;
}

/** The entity that emitted telemetry. */
export interface Resource {
  /** What describes it. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Attributes that the sender dropped. */
  readonly droppedAttributesCount?: Count;
  /** Schema of the attributes. */
  readonly schemaUrl?: string;
}

/** People who take turns. */
export interface Rota {
  /** In words, such as `Mondays 09:00, every week`. */
  readonly handover: string;
  /** Who, in order. */
  readonly members: readonly string[];
  /** Its name. */
  readonly name: string;
  /** The next turns, at most ten. */
  readonly next: readonly RotaTurn[];
  readonly now?: RotaTurn;
  /** Overrides that are not over. */
  readonly overrides: readonly RotaOverride[];
  /** Where its hand-over times hold. */
  readonly timeZone: string;
}

/** Somebody stands in. */
export interface RotaOverride {
  /** Who wrote it down. */
  readonly createdBy: string;
  /** To. */
  readonly end: string;
  /** Its id; those of the configuration begin with `config-` and cannot be removed here. */
  readonly id: string;
  /** Who stands in. */
  readonly member: string;
  /** Why. */
  readonly reason: string;
  /** The rota. */
  readonly rota: string;
  /** From. */
  readonly start: string;
}

/** A new override. */
export interface RotaOverrideRequest {
  /** Who writes it down. */
  readonly createdBy?: string;
  /** How long. */
  readonly duration?: string;
  /** To; this or `duration` is needed. */
  readonly end?: string;
  /** Who stands in: a member of the rota. */
  readonly member?: string;
  /** Why. */
  readonly reason?: string;
  /** From; now if absent. */
  readonly start?: string;
}

/** Somebody's time on call. */
export interface RotaTurn {
  /** To. */
  readonly end: string;
  /** Who. */
  readonly member: string;
  /** The override that put the person there. */
  readonly overrideId?: string;
  /** How that person is reached. */
  readonly receivers: readonly string[];
  /** From. */
  readonly start: string;
}

/** A node of the tree of routes. */
export interface Route {
  /** Times outside of which nobody is told. */
  readonly activeTimeIntervals: readonly string[];
  /** Whether the next routes are tried too. */
  readonly continues: boolean;
  /** Alerts that fire and took this route. */
  readonly firing: number;
  /** Labels that make a group; `...` for all. */
  readonly groupBy: readonly string[];
  /** Wait before a message about changes of a group. */
  readonly groupIntervalMs: number;
  /** Wait before the first message of a group. */
  readonly groupWaitMs: number;
  /** Names it: the matchers of the way to it, as Alertmanager writes them. */
  readonly id: string;
  /** All must hold; none holds for everything. */
  readonly matchers: readonly Matcher[];
  /** Times in which nobody is told. */
  readonly muteTimeIntervals: readonly string[];
  /** Whether one of them holds now. */
  readonly mutedNow: boolean;
  /** The name that our own configuration gave it. */
  readonly name?: string;
  /** Who is told. */
  readonly receivers: readonly string[];
  /** Wait before a message is repeated. */
  readonly repeatIntervalMs: number;
  /** Nodes below, in order. */
  readonly routes: readonly Route[];
}

/** One node that an alert was held against. */
export interface RouteStep {
  /** How deep it is; 0 is the root. */
  readonly depth: number;
  readonly failed?: Matcher;
  /** Whether it decides who is told. */
  readonly finalRoute: boolean;
  /** The group it puts the alert in. */
  readonly groupKey?: string;
  /** The node. */
  readonly id: string;
  /** Whether all its matchers hold. */
  readonly matched: boolean;
  /** Whom it names. */
  readonly receivers: readonly string[];
}

/** Who gets it. */
export interface RouteTestReport {
  /** The escalation policy that would hold. */
  readonly escalation?: string;
  /** What hides it. */
  readonly hidden: readonly Hidden[];
  /** Who is on call in its rotas then. */
  readonly onCall: readonly string[];
  /** Who is told. */
  readonly receivers: readonly string[];
  /** Every node that was looked at, in order. */
  readonly steps: readonly RouteStep[];
}

/** Asks who gets an alert. */
export interface RouteTestRequest {
  /** When; now if absent. */
  readonly at?: string;
  /** Its labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The whole configuration of who gets what. */
export interface Routing {
  /** Why the newest text of it is not in force. */
  readonly error?: string;
  /** Inhibition. */
  readonly inhibitRules: readonly InhibitRule[];
  /** When what is in force was read. */
  readonly loadedAt: string;
  /** Receivers. */
  readonly receivers: readonly Receiver[];
  /** The root. */
  readonly route: Route;
  /** The file it comes from, `configuration` for our own blocks, or `built-in`. */
  readonly source: string;
  /** Suppressions of the configuration. */
  readonly suppressions: readonly Suppression[];
  /** Named times. */
  readonly timeIntervals: readonly TimeInterval[];
  /** What is read but not in force. */
  readonly warnings: readonly string[];
}

/** A rule and how it fares. */
export interface Rule {
  /** The left side of the comparison. */
  readonly chartExpr?: string;
  /** As it is written. */
  readonly definition: RuleDefinition;
  /** Whether it can be changed here. */
  readonly editable: boolean;
  /** What went wrong. */
  readonly error?: string;
  /** How long that took. */
  readonly evaluationMs?: number;
  /** The file, and where. */
  readonly file?: string;
  /** Alerts that fire. */
  readonly firing: number;
  /** How its evaluation fares. */
  readonly health: RuleHealth;
  /** Its id: group and name. */
  readonly id: string;
  /** Time between evaluations. */
  readonly intervalMs: number;
  /** When it was last evaluated. */
  readonly lastEvaluationAt?: string;
  /** When it last began to fire. */
  readonly lastFiredAt?: string;
  /** When it is evaluated next. */
  readonly nextEvaluationAt?: string;
  /** `>`, `<`, `>=`, `<=`, `==` or `!=`. */
  readonly operator?: string;
  /** Where it comes from. */
  readonly origin: RuleOrigin;
  /** Alerts that are pending. */
  readonly pending: number;
  /** What to do. */
  readonly runbookUrl?: string;
  /** The canonical severity. */
  readonly severity: AlertSeverity;
  /** How it stands. */
  readonly state: RuleState;
  /** What it compares with, if that is one number. */
  readonly threshold?: number;
  /** The unit of the value. */
  readonly unit?: string;
  /** Version, for changing it. */
  readonly version?: number;
  /** What is odd: the query names no series that exists, and the like. */
  readonly warnings: readonly string[];
}

/** What is wrong with a rule file. */
export interface RuleCheckReport {
  /** Errors. */
  readonly problems: readonly RuleProblem[];
  /** Rules that it has. */
  readonly rules: number;
  /** What is odd. */
  readonly warnings: readonly RuleProblem[];
}

/** A rule file to check. */
export interface RuleCheckRequest {
  /** YAML of Prometheus or of our own. */
  readonly text?: string;
}

/** What an evaluation costs. */
export interface RuleCost {
  /** Whether limits allow it. */
  readonly allowed: boolean;
  /** How long one took. */
  readonly durationMs: number;
  /** Label sets that come out. */
  readonly results: number;
  /** Samples it reads. */
  readonly samples: number;
  /** Series it reads. */
  readonly series: number;
  /** In words. */
  readonly text: string;
}

/** Rules by state. */
export interface RuleCounts {
  /** Switched off. */
  readonly disabled: number;
  /** Whose evaluation fails. */
  readonly failing: number;
  /** Firing. */
  readonly firing: number;
  /** Without data. */
  readonly noData: number;
  /** Pending. */
  readonly pending: number;
  /** All. */
  readonly total: number;
}

/** A rule as it is written. */
export interface RuleDefinition {
  /** Annotations, templates: `summary`, `description`, `runbook_url`, … */
  readonly annotations?: Readonly<Record<string, string>>;
  /** A short condition, such as `rate(5m) > 0.1`. */
  readonly condition?: string;
  /** Rest after it ended. */
  readonly cooldownMs?: number;
  /** Whether it is evaluated; yes if absent. */
  readonly enabled?: boolean;
  /** PromQL; or empty if `condition` or `query` is there. */
  readonly expr?: string;
  /** How long it must hold. */
  readonly forMs?: number;
  /** Its group; `default` if empty. */
  readonly group?: string;
  /** Time between evaluations, of its whole group. */
  readonly intervalMs?: number;
  /** How long it goes on after it held. */
  readonly keepFiringForMs?: number;
  /** What it makes. */
  readonly kind?: RuleKind;
  /** Labels of the alert, templates. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a short condition: a selector. */
  readonly metric?: string;
  /** The name of the alert, or of the series that it records. */
  readonly name?: string;
  /** What no data means. */
  readonly noData?: NoDataPolicy;
  /** Evaluated as soon as a sample arrives. */
  readonly onArrival?: boolean;
  /** TraceQL or LogQL, for rules on traces and logs. */
  readonly query?: string;
  /** Receivers besides those of the routes. */
  readonly receivers?: readonly string[];
  /** The label `severity`, in either vocabulary. */
  readonly severity?: string;
  /** `metrics`, or `traces` or `logs` for a rule that counts what `query` finds. */
  readonly signal?: string;
  /** Tags. */
  readonly tags?: readonly string[];
  /** The time that such a rule looks at. */
  readonly windowMs?: number;
}

/** All about one rule. */
export interface RuleDetail {
  /** Its alerts that are pending or fire, at most 100. */
  readonly alerts: readonly Alert[];
  /** The rule. */
  readonly rule: Rule;
  /** Earlier versions, newest first, at most 20; of editable rules. */
  readonly versions: readonly RuleVersion[];
  /** Its text as YAML. */
  readonly yaml: string;
}

/** Why a rule did or did not fire at a time. */
export interface RuleExplanation {
  /** Label sets, those that hold first, at most 50. */
  readonly alerts: readonly ExplainAlert[];
  /** The time asked for. */
  readonly at: string;
  /** The evaluation at or before it. */
  readonly evaluatedAt: string;
  /** The expression. */
  readonly expr: string;
  /** The rule. */
  readonly ruleId: string;
  /** What was read. */
  readonly series: readonly ExplainSeries[];
  /** The reasons, in order. */
  readonly steps: readonly string[];
  /** What it compares with. */
  readonly threshold?: number;
  /** In one sentence. */
  readonly verdict: string;
}

/** How the evaluation fares. */
export type RuleHealth = "unknown" | "ok" | "error";

/** What would be, or was, taken over. */
export interface RuleImportReport {
  /** What could not be taken over. */
  readonly problems: readonly RuleProblem[];
  /** The rules. */
  readonly rules: readonly RuleDefinition[];
  /** Whether they were saved. */
  readonly saved: boolean;
}

/** Rules to take over into the managed file. */
export interface RuleImportRequest {
  /** Really save; else only show. */
  readonly apply?: boolean;
  /** Who. */
  readonly by?: string;
  /** `prometheus`, `grafana` or `tachograph`; guessed if empty. */
  readonly format?: string;
  /** YAML or JSON. */
  readonly text?: string;
}

/** What a rule makes. */
export type RuleKind = "alerting" | "recording";

/** Rules: firing ones first, then pending, failing, others by name. */
export interface RuleList {
  /** By state. */
  readonly counts: RuleCounts;
  /** The file that the editor writes. */
  readonly managedFile: string;
  /** Files that could not be read; their older content is in force. */
  readonly problems: readonly string[];
  /** The rules. */
  readonly rules: readonly Rule[];
}

/** Where a rule comes from. */
export type RuleOrigin = "builtin" | "file" | "configuration" | "editor";

/** What a rule would have done. */
export interface RulePreview {
  /** Alerts there would have been, oldest first, at most 500. */
  readonly alerts: readonly BacktestAlert[];
  /** The left side, to draw. */
  readonly chartExpr?: string;
  /** What an evaluation costs. */
  readonly cost: RuleCost;
  /** To. */
  readonly end: string;
  /** Evaluations in that time. */
  readonly evaluations: number;
  /** The PromQL that is evaluated. */
  readonly expr: string;
  /** How many would have fired. */
  readonly fired: number;
  /** Share (0 to 1) of the time in which at least one would have fired. */
  readonly firingShare: number;
  /** How. */
  readonly operator?: string;
  /** What is wrong with it; then the rest is empty. */
  readonly problems: readonly RuleProblem[];
  /** From. */
  readonly start: string;
  /** What it compares with. */
  readonly threshold?: number;
  /** The unit of the value. */
  readonly unit?: string;
  /** What is odd. */
  readonly warnings: readonly string[];
  /** As it would stand in the file. */
  readonly yaml: string;
}

/** Tries a rule on stored data before it is saved. */
export interface RulePreviewRequest {
  /** The rule. */
  readonly definition?: RuleDefinition;
  /** To; now if absent. */
  readonly end?: string;
  /** From; seven days ago if absent. */
  readonly start?: string;
}

/** What is wrong with a text. */
export interface RuleProblem {
  /** Behind the last one. */
  readonly end?: number;
  /** The field of the definition, or the path in the YAML text. */
  readonly field: string;
  /** What to do. */
  readonly hint?: string;
  /** Line, from 1. */
  readonly line?: number;
  /** What is wrong. */
  readonly message: string;
  /** First character of the expression it is about, from 0. */
  readonly start?: number;
}

/** A rule to save. */
export interface RuleSaveRequest {
  /** Who. */
  readonly by?: string;
  /** The rule. */
  readonly definition?: RuleDefinition;
  /** The version that was changed; a newer one is a conflict. */
  readonly version?: number;
}

/** How an alerting rule stands. */
export type RuleState = "inactive" | "pending" | "firing" | "noData" | "disabled";

/** An earlier version. */
export interface RuleVersion {
  /** When it was written. */
  readonly at: string;
  /** By whom. */
  readonly by: string;
  /** Its number. */
  readonly version: number;
  /** Its text; empty if the rule was removed. */
  readonly yaml: string;
}

/** The instrumentation library that emitted telemetry. */
export interface Scope {
  /** What else describes it. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Attributes that the sender dropped. */
  readonly droppedAttributesCount?: Count;
  /** Name of the library. */
  readonly name?: string;
  /** Schema of the signals' attributes. */
  readonly schemaUrl?: string;
  /** Version of the library. */
  readonly version?: string;
}

/** Distinct sets of resource labels. */
export interface SeriesList {
  /** There are more than `limit`. */
  readonly more: boolean;
  /** The sets, sorted. */
  readonly series: readonly Readonly<Record<string, string>>[];
  /** What the query cost. */
  readonly stats: QueryStats;
}

/** One service. */
export interface Service {
  /** Whether `red` counts entry spans only. */
  readonly entriesOnly: boolean;
  /** Log records of severity `ERROR` and above. */
  readonly errorLogs: Count;
  /** When its newest span began. */
  readonly lastSeen: string;
  /** `service.name`. */
  readonly name: string;
  /** Rate, errors and duration of its entry spans (roots, servers, consumers); of all its spans if it has none of these. */
  readonly red: Red;
  /** Its colour slot. */
  readonly slot: number;
  /** All its spans. */
  readonly spanCount: Count;
}

/** Services that sent spans in a range. */
export interface ServiceList {
  /** Last moment looked at. */
  readonly end: string;
  /** There are more than were given. */
  readonly more: boolean;
  /** The services, the busiest first. */
  readonly services: readonly Service[];
  /**
   * First moment looked at: the start of a bucket, at or before the `start` asked for. Spans count if they began in
   * the range.
   */
  readonly start: string;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** Milliseconds of one entry of a trend. */
  readonly stepMs: number;
}

/** Who calls whom, from traces of a range. */
export interface ServiceMap {
  /** Calls between them, the most frequent first, at most 2,000. */
  readonly edges: readonly MapEdge[];
  /** Services, databases, queues, models and tools, those with the most spans first. */
  readonly nodes: readonly MapNode[];
  /** There are more traces in the range. */
  readonly sampled: boolean;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** Traces that were looked at, the newest. */
  readonly traceCount: Count;
}

/** One operation: spans of one service with one name and kind. */
export interface ServiceOperation {
  /** `INTERNAL`, `SERVER`, `CLIENT`, `PRODUCER`, `CONSUMER` or `UNSPECIFIED`. */
  readonly kind: string;
  /** Name of the spans. */
  readonly name: string;
  /** Rate, errors and duration. */
  readonly red: Red;
}

/** What is stored of one signal. */
export interface SignalStatus {
  /** Block files. */
  readonly blocks: Count;
  /** Bytes on disk. */
  readonly bytes: Count;
  /** Items that can be read. */
  readonly items: Count;
  /** Time of the newest item. */
  readonly newest?: string;
  /** Time of the oldest item. */
  readonly oldest?: string;
  /** Items refused since start. */
  readonly refused: Count;
  readonly series?: Count;
}

/** What is stored of each signal. */
export interface Signals {
  /** Log records. */
  readonly logs: SignalStatus;
  /** Samples of series. */
  readonly samples: SignalStatus;
  /** Spans. */
  readonly spans: SignalStatus;
}

/** A silence. */
export interface Silence {
  /** Why. */
  readonly comment: string;
  /** Who. */
  readonly createdBy: string;
  /** To. */
  readonly endsAt: string;
  /** Alerts it hides now, or would hide now. */
  readonly hides: number;
  /** Its id. */
  readonly id: string;
  /** All must hold. */
  readonly matchers: readonly Matcher[];
  /** From. */
  readonly startsAt: string;
  /** Where it is in its life. */
  readonly state: SilenceState;
  /** When it was last changed. */
  readonly updatedAt: string;
}

/** Silences: active, pending, expired; within each what ends first comes first, of expired ones the newest. */
export interface SilenceList {
  /** The silences. */
  readonly silences: readonly Silence[];
}

/** What matchers would hide. */
export interface SilencePreview {
  /** The first hundred. */
  readonly alerts: readonly Alert[];
  /** Alerts. */
  readonly total: number;
}

/** Asks what matchers would hide. */
export interface SilencePreviewRequest {
  /** The matchers. */
  readonly matchers?: readonly Matcher[];
}

/** A new silence, or with `id` a change of one. */
export interface SilenceRequest {
  /** Why; must not be empty. */
  readonly comment?: string;
  /** Who; must not be empty. */
  readonly createdBy?: string;
  /** How long from `startsAt`, such as `2h`. */
  readonly duration?: string;
  /** To; this or `duration` is needed. */
  readonly endsAt?: string;
  /** The silence to change. */
  readonly id?: string;
  /** All must hold; at least one must not match the empty text. */
  readonly matchers?: readonly Matcher[];
  /** From; now if absent. */
  readonly startsAt?: string;
}

/** Where a silence is in its life. */
export type SilenceState = "active" | "pending" | "expired";

/** One span. */
export interface Span {
  readonly aliases?: SpanAliases;
  /** What describes it. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Attributes dropped by the sender or over our limits. */
  readonly droppedAttributesCount?: Count;
  /** Events dropped by the sender or over our limits. */
  readonly droppedEventsCount?: Count;
  /** Links dropped by the sender or over our limits. */
  readonly droppedLinksCount?: Count;
  /** Milliseconds between the two; below 0 where the sender's clock went back. */
  readonly durationMs: number;
  /** When the work ended. */
  readonly endTime: string;
  /** Points in time during the span. */
  readonly events: readonly SpanEvent[];
  /** W3C trace flags and OTLP's bits above them. */
  readonly flags?: Count;
  /** Role of the span. */
  readonly kind: SpanKind;
  /** Other spans it has to do with. */
  readonly links: readonly SpanLink[];
  /** Name of the operation. */
  readonly operationName: string;
  /** The parent; absent for a root. */
  readonly parentSpanId?: string;
  /** Index into `resources`. */
  readonly resource: number;
  /** Index into `scopes`. */
  readonly scope: number;
  /** `service.name` of the resource. */
  readonly serviceName: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** When the work began. */
  readonly startTime: string;
  /** How the work ended. */
  readonly status: SpanStatus;
  /** Text of the status. */
  readonly statusMessage?: string;
  /** W3C trace state. */
  readonly traceState?: string;
}

/** Texts under which the ids of a span were sent. */
export interface SpanAliases {
  /** Of the parent. */
  readonly parentSpanId?: string;
  /** Of the span. */
  readonly spanId?: string;
}

/** One span with where it comes from. */
export interface SpanDocument {
  /** Which library made it. */
  readonly instrumentation: Scope;
  /**
   * Large values that are shown as `$ref`: previews were asked for, their content is gone, or
   * did not fit.
   */
  readonly omittedValues?: Count;
  /** Who sent it. */
  readonly origin: Resource;
  /** The span; its indices point at 0. */
  readonly span: Span;
  /** Its trace. */
  readonly traceId: string;
}

/** A named point in time during a span. */
export interface SpanEvent {
  /** What describes it. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Attributes that the sender dropped. */
  readonly droppedAttributesCount?: Count;
  /** What it is called. */
  readonly name: string;
  /** When it happened. */
  readonly timestamp: string;
}

/** Spans under a filter, over time. */
export interface SpanHistogram {
  /** Spans in all. */
  readonly count: Count;
  /** Values of the split beyond `limit` are summed in a last group without a value. */
  readonly cut: boolean;
  /** Durations over time, of all groups together. */
  readonly durations: HeatMap;
  /** Spans with status `ERROR` in all. */
  readonly errorCount: Count;
  /** One line over time for each value of the split, the most frequent first; one without a value if no split was asked for. */
  readonly groups: readonly HistogramGroup[];
  /** How long they took. */
  readonly latency: LatencyMs;
  /** Start of the first bucket, at or before the `start` asked for. */
  readonly start: string;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** Milliseconds of one bucket. */
  readonly stepMs: number;
}

/** Role of a span. */
export type SpanKind = "UNSPECIFIED" | "INTERNAL" | "SERVER" | "CLIENT" | "PRODUCER" | "CONSUMER";

/** A reference to another span. */
export interface SpanLink {
  /** What describes the link. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Attributes that the sender dropped. */
  readonly droppedAttributesCount?: Count;
  /** W3C trace flags. */
  readonly flags?: Count;
  /** The span. */
  readonly spanId?: string;
  /** Its trace. */
  readonly traceId?: string;
  /** W3C trace state. */
  readonly traceState?: string;
}

/** How work ended. */
export type SpanStatus = "UNSET" | "OK" | "ERROR";

/** What the server holds and how it fares. */
export interface Status {
  /** The device of the data folder. */
  readonly disk: DiskStatus;
  /** Counted memory. */
  readonly memory: MemoryStatus;
  /** Files that were set aside because their bytes are not what was written. */
  readonly quarantined: readonly Quarantined[];
  /** What is stored of each signal. */
  readonly signals: Signals;
  /** Seconds since start. */
  readonly uptimeSeconds: number;
  /** Version of the program. */
  readonly version: string;
  /** The write-ahead log. */
  readonly wal: WalStatus;
}

/** Times and alerts of the configuration that nobody is told of. */
export interface Suppression {
  /** Whether it holds now. */
  readonly activeNow: boolean;
  /** A further condition. */
  readonly condition?: string;
  /** Until when, or when it expires. */
  readonly endsAt?: string;
  /** Alerts it hides now. */
  readonly hiddenNow: number;
  /** What it hides. */
  readonly matchers: readonly Matcher[];
  /** Its name. */
  readonly name: string;
  /** Why. */
  readonly reason: string;
  /** From when on. */
  readonly startsAt?: string;
}

/** A target that is scraped. */
export interface Target {
  /** `up`, `down` or `unknown` (not asked yet). */
  readonly health: string;
  /** How often it is asked. */
  readonly intervalMs: number;
  /** The job. */
  readonly job: string;
  /** Labels of its series. */
  readonly labels: Readonly<Record<string, string>>;
  /** Why the last scrape failed. */
  readonly lastError?: string;
  /** When it was last asked. */
  readonly lastScrape?: string;
  /** How long the answer took. */
  readonly lastScrapeDurationMs: number;
  /** The address that is asked. */
  readonly url: string;
}

/** Targets that are scraped. */
export interface TargetList {
  /** The targets, by job and address. */
  readonly targets: readonly Target[];
}

/**
 * The queue of tasks: the sums of `orchestrator_task_queue_size` and of `orchestrator_tasks_active`, and the waits that spans tell
 * as `queue.duration.ms`.
 */
export interface TaskQueue {
  /** Mean wait over the range, milliseconds. */
  readonly averageWaitMs?: number;
  /** Tasks that wait. */
  readonly depth?: number;
  /** Longest wait of a task that still waits, milliseconds; absent where nobody tells. */
  readonly oldestWaitMs?: number;
  /** Tasks in progress. */
  readonly processing?: number;
  /** Depth, one entry a bucket. */
  readonly trend: readonly number[];
}

/** A named time. */
export interface TimeInterval {
  /** Whether it is that time. */
  readonly activeNow: boolean;
  /** Its name. */
  readonly name: string;
  /** In words, such as `Mon-Fri 09:00-17:00 Europe/Berlin`. */
  readonly text: string;
}

/** One trace; its spans in pages. */
export interface Trace {
  /** Texts under which the trace was sent, where they were not hexadecimal. */
  readonly aliases: readonly string[];
  /** Milliseconds between the two. */
  readonly durationMs: number;
  /** End of the latest span. */
  readonly endTime: string;
  /** Give this as `cursor` for the next page; absent on the last one. */
  readonly nextCursor?: string;
  /**
   * Large values that are shown as `$ref` although they were asked for in full: their content
   * is gone, or did not fit into the page.
   */
  readonly omittedValues?: Count;
  /** Resources that the spans of this page point at. */
  readonly resources: readonly Resource[];
  /** Id of the root span; absent while none has arrived. */
  readonly rootSpan?: string;
  /** Scopes that the spans of this page point at. */
  readonly scopes: readonly Scope[];
  /** Services that took part, sorted. */
  readonly services: readonly string[];
  /** Number of spans in all pages. */
  readonly spanCount: Count;
  /** Spans by start. */
  readonly spans: readonly Span[];
  /** Start of the earliest span. */
  readonly startTime: string;
  /** `ERROR` if any span has it, else that of the root span. */
  readonly status: SpanStatus;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
}

/** A page of traces, newest first. */
export interface TraceList {
  /** Give this as `cursor` for the next page; absent on the last one. */
  readonly nextCursor?: string;
  /** With another order: more traces match than were looked at. */
  readonly partial?: boolean;
  readonly scannedTraces?: Count;
  /** What the query cost. */
  readonly stats: QueryStats;
  /** The traces. */
  readonly traces: readonly TraceSummary[];
}

/** The outline of a trace or of a subtree. */
export interface TraceOutline {
  /** Agents that took part, by name, those with the most spans first; empty if none is named. */
  readonly agents: readonly OutlineParty[];
  /** Texts under which the trace was sent, where they were not hexadecimal. */
  readonly aliases?: readonly string[];
  /** The root span has arrived. While it has not, the trace is running, or its root was lost. */
  readonly complete: boolean;
  /**
   * The chain of spans that decided how long the whole trace (or subtree) took. Segments do not
   * overlap and, with the gaps in which no span was running, sum to the duration. By time.
   * Of children that overlap the one that finished last counts; one that outlives its parent is
   * followed to its end; one that starts before its parent counts from the parent's start.
   */
  readonly criticalPath: readonly CriticalSegment[];
  /** More spans than these belong to the trace or subtree; with `skip`, to what is left of it. */
  readonly cut: boolean;
  /** Milliseconds from there to the latest end. */
  readonly durationMs: number;
  /**
   * When the newest part of the trace was seen to end; with `complete` false this tells a
   * running trace from a lost root.
   */
  readonly endTime: string;
  /** Spans with status `ERROR` of the whole trace. */
  readonly errorCount: Count;
  /** Name of the root span, else of the earliest span whose parent is not here. */
  readonly name: string;
  /** Names of operations; `spans.name` points here. */
  readonly names: readonly string[];
  /** Service of that span. */
  readonly service: string;
  /** Services that took part, those with the most spans first. */
  readonly services: readonly OutlineParty[];
  /** Spans of the whole trace. */
  readonly spanCount: Count;
  /**
   * The spans of this answer, in columns of equal length: a parent stands before its children,
   * children by start, depth first.
   */
  readonly spans: OutlineSpans;
  /** Start of the earliest span of the trace; offsets count from here. */
  readonly startTime: string;
  /** `ERROR` if any span has it, else that of the root span. */
  readonly status: SpanStatus;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Tokens, money and calls of the whole trace, where the attributes carry them. */
  readonly usage: Usage;
}

/** One trace in a list. */
export interface TraceSummary {
  /** Texts under which the trace was sent, where they were not hexadecimal. */
  readonly aliases?: readonly string[];
  /** Milliseconds from the earliest start to the latest end. */
  readonly durationMs: number;
  /** Number of spans with status `ERROR`. */
  readonly errorCount: Count;
  /** While no root span has arrived: name of the earliest span whose parent is not here. */
  readonly firstName?: string;
  /** While no root span has arrived: service of that span. */
  readonly firstService?: string;
  /** Name of the root span; absent while none has arrived. */
  readonly rootName?: string;
  /** Service of the root span; absent while none has arrived. */
  readonly rootService?: string;
  /** Services that took part, sorted. */
  readonly services: readonly string[];
  /** Number of spans. */
  readonly spanCount: Count;
  /** Start of the earliest span. */
  readonly startTime: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
}

/** Tokens, money and calls; what was not told is left out. */
export interface Usage {
  /** Tokens in that came from the cache. */
  readonly cachedTokens?: Count;
  /** US dollars, where spans tell a cost. */
  readonly costUsd?: number;
  /** Tokens in, cached ones included. */
  readonly inputTokens?: Count;
  /** Calls of models. */
  readonly modelCalls?: Count;
  /** Tokens out, reasoning included. */
  readonly outputTokens?: Count;
  /** Calls of tools. */
  readonly toolCalls?: Count;
}

/** The write-ahead log. */
export interface WalStatus {
  /** Bytes that a restart would replay. */
  readonly bytes: Count;
  /** Files. */
  readonly segments: Count;
}

/** What was done with the alerts of a message. */
export interface WebhookReport {
  /** Alerts taken. */
  readonly accepted: number;
  /** Names of those that fire, at most 100. */
  readonly alertIds: readonly string[];
  /** Why others were not. */
  readonly refused: readonly string[];
}

/** What each call takes and answers, by method and path. */
export interface Operations {
  /** Ask whether the store works, in Grafana's words */
  "GET /api/health": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: DatabaseHealth;
  };
  /** Write a backup into a folder of the server's machine */
  "POST /api/v1/admin/backup": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: BackupRequest;
    readonly answer: BackupReport;
  };
  /** List Parquet files that other programs can read */
  "POST /api/v1/admin/files": {
    readonly path: undefined;
    readonly query: {
      /** Only files of this signal. */
      readonly signal?: "spans" | "logs";
    };
    readonly body: undefined;
    readonly answer: FileList;
  };
  /** Write everything in memory to disk */
  "POST /api/v1/admin/flush": {
    readonly path: undefined;
    readonly query: {
      /** Merge blocks as far as they can be, too. */
      readonly compact?: boolean;
    };
    readonly body: undefined;
    readonly answer: FlushReport;
  };
  /** List alerts */
  "GET /api/v1/alerts": {
    readonly path: undefined;
    readonly query: {
      /** `active` is firing and pending; resolved ones are those of the last hour. */
      readonly state?: "active" | "firing" | "pending" | "resolved" | "all";
      /** Matchers of labels as Alertmanager writes them: `{service="api",severity=~"high|critical"}`. */
      readonly q?: string;
      /** Name, summary or a value of a label contains this. */
      readonly text?: string;
      /** Canonical severities, separated by commas. */
      readonly severity?: string;
      /** Of this rule. */
      readonly rule?: string;
      /** Only acknowledged ones, or only others. */
      readonly acknowledged?: boolean;
      /** Only ones that nobody is told of, or only others. */
      readonly hidden?: boolean;
      /** At most so many items. */
      readonly limit?: number;
      /** `nextCursor` of the page before; all other parameters must be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: AlertList;
  };
  /** Tell what fired and was over */
  "GET /api/v1/alerts/history": {
    readonly path: undefined;
    readonly query: {
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Of this rule. */
      readonly rule?: string;
      /** Name or a value of a label contains this. */
      readonly text?: string;
      /** At most so many items. */
      readonly limit?: number;
      /** `nextCursor` of the page before; all other parameters must be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: AlertHistory;
  };
  /** Show, or send, an alert along the real route */
  "POST /api/v1/alerts/test": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: AlertTestRequest;
    readonly answer: AlertTestReport;
  };
  /** Take an alert and its group on */
  "POST /api/v1/alerts/{alert_id}/acknowledge": {
    readonly path: {
      /** `alert-12`, a fingerprint, or the key of a group. */
      readonly alert_id: string;
    };
    readonly query: undefined;
    readonly body: AcknowledgeRequest;
    readonly answer: Alert;
  };
  /** Take an acknowledgement back */
  "DELETE /api/v1/alerts/{alert_id}/acknowledge": {
    readonly path: {
      /** As above. */
      readonly alert_id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Alert;
  };
  /** Tell all about an alert */
  "GET /api/v1/alerts/{id}": {
    readonly path: {
      /** `alert-12`, or the fingerprint of its labels; of the second the newest. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: AlertDetail;
  };
  /** Get the colour slots of names, the same on every page */
  "GET /api/v1/colour-slots": {
    readonly path: undefined;
    readonly query: {
      /** What the names are of. */
      readonly kind?: "service" | "agent" | "model" | "tool";
      /** A name. Repeat it for more, 100 at most. All that are known if absent. */
      readonly name?: readonly string[];
    };
    readonly body: undefined;
    readonly answer: ColourSlots;
  };
  /** Show the configuration in force, without secrets */
  "GET /api/v1/configuration": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Configuration;
  };
  /** List escalation policies and who is on call */
  "GET /api/v1/escalations": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: EscalationList;
  };
  /** Let somebody stand in */
  "POST /api/v1/escalations/rotas/{rota}/overrides": {
    readonly path: {
      /** The rota. */
      readonly rota: string;
    };
    readonly query: undefined;
    readonly body: RotaOverrideRequest;
    readonly answer: RotaOverride;
  };
  /** Take an override back */
  "DELETE /api/v1/escalations/rotas/{rota}/overrides/{id}": {
    readonly path: {
      /** The rota. */
      readonly rota: string;
      /** Its id. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: RotaOverride;
  };
  /** Import samples of the past */
  "POST /api/v1/import/openmetrics": {
    readonly path: undefined;
    readonly query: {
      /** Names the import, for the log. */
      readonly import_id?: string;
      /** Number of the part, for the log. */
      readonly part?: number;
    };
    readonly body: undefined;
    readonly answer: ImportReport;
  };
  /** Show what comes in, what is refused, and how far limits are used */
  "GET /api/v1/ingest": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: IngestStatus;
  };
  /** List names of attributes that occur */
  "GET /api/v1/labels": {
    readonly path: undefined;
    readonly query: {
      /** The signal to look at. */
      readonly signal?: "spans" | "logs" | "samples";
      /** Only of series that this selector of PromQL takes; for samples alone. Repeat it for more. */
      readonly match?: readonly string[];
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
    };
    readonly body: undefined;
    readonly answer: LabelList;
  };
  /** List values of a name */
  "GET /api/v1/labels/{name}/values": {
    readonly path: {
      /** Name of an attribute, or `name`, `kind`, `status`, `severity`. */
      readonly name: string;
    };
    readonly query: {
      /** The signal to look at. */
      readonly signal?: "spans" | "logs" | "samples";
      /** Only of series that this selector of PromQL takes; for samples alone. Repeat it for more. */
      readonly match?: readonly string[];
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Only values that start so. */
      readonly prefix?: string;
      /** At most so many values. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: LabelValues;
  };
  /** List log records, newest first */
  "GET /api/v1/logs": {
    readonly path: undefined;
    readonly query: {
      /** A subset of LogQL: `{service_name="planner"} |= "timeout" | task_id="t-1"`. */
      readonly q?: string;
      /** `service.name` of the resource equals this. */
      readonly service?: string;
      /** At least this severe: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`, or a number of 1 to 24; names separated by commas: exactly these. */
      readonly severity?: string;
      /** The name of the span (event name of the log record) equals this. */
      readonly name?: string;
      /** `KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more. */
      readonly attr?: readonly string[];
      /** Belongs to this trace: 32 hexadecimal digits, or an alias. */
      readonly trace_id?: string;
      /** Written during this span: 16 hexadecimal digits, or an alias. */
      readonly span_id?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Which records come first. */
      readonly order?: "newest" | "oldest";
      /** `otlp` gives the page as OTLP JSON (`resourceLogs`); `X-Next-Cursor` names the next page. */
      readonly format?: "json" | "otlp";
      /** `full` loads large values (over 4 KiB), `preview` shows their first bytes only. */
      readonly values?: "full" | "preview";
      /** At most so many items. */
      readonly limit?: number;
      /** `nextCursor` of the page before; all other parameters must be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: LogList;
  };
  /** Count log records */
  "GET /api/v1/logs/count": {
    readonly path: undefined;
    readonly query: {
      /** A subset of LogQL: `{service_name="planner"} |= "timeout" | task_id="t-1"`. */
      readonly q?: string;
      /** `service.name` of the resource equals this. */
      readonly service?: string;
      /** At least this severe: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`, or a number of 1 to 24; names separated by commas: exactly these. */
      readonly severity?: string;
      /** The name of the span (event name of the log record) equals this. */
      readonly name?: string;
      /** `KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more. */
      readonly attr?: readonly string[];
      /** Belongs to this trace: 32 hexadecimal digits, or an alias. */
      readonly trace_id?: string;
      /** Written during this span: 16 hexadecimal digits, or an alias. */
      readonly span_id?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Length of a time bucket; buckets start at multiples of it. */
      readonly step?: string;
      /** Name of an attribute, or `severity`. */
      readonly by?: string;
    };
    readonly body: undefined;
    readonly answer: LogCount;
  };
  /** List top values with counts of log records under a filter */
  "GET /api/v1/logs/facets": {
    readonly path: undefined;
    readonly query: {
      /** A subset of LogQL: `{service_name="planner"} |= "timeout" | task_id="t-1"`. */
      readonly q?: string;
      /** `service.name` of the resource equals this. */
      readonly service?: string;
      /** At least this severe: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`, or a number of 1 to 24; names separated by commas: exactly these. */
      readonly severity?: string;
      /** The name of the span (event name of the log record) equals this. */
      readonly name?: string;
      /** `KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more. */
      readonly attr?: readonly string[];
      /** Belongs to this trace: 32 hexadecimal digits, or an alias. */
      readonly trace_id?: string;
      /** Written during this span: 16 hexadecimal digits, or an alias. */
      readonly span_id?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** A name to give top values of. Repeat it for more. */
      readonly field?: readonly string[];
      /** At most so many values a name. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: FacetList;
  };
  /** List patterns of log lines */
  "GET /api/v1/logs/patterns": {
    readonly path: undefined;
    readonly query: {
      /** A subset of LogQL: `{service_name="planner"} |= "timeout" | task_id="t-1"`. */
      readonly q?: string;
      /** `service.name` of the resource equals this. */
      readonly service?: string;
      /** At least this severe: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`, or a number of 1 to 24; names separated by commas: exactly these. */
      readonly severity?: string;
      /** The name of the span (event name of the log record) equals this. */
      readonly name?: string;
      /** `KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more. */
      readonly attr?: readonly string[];
      /** Belongs to this trace: 32 hexadecimal digits, or an alias. */
      readonly trace_id?: string;
      /** Written during this span: 16 hexadecimal digits, or an alias. */
      readonly span_id?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** At most so many lines are looked at. */
      readonly lines?: number;
      /** At most so many patterns. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: PatternList;
  };
  /** Get one log record */
  "GET /api/v1/logs/{id}": {
    readonly path: {
      /** Id of the record: 16 hexadecimal digits. */
      readonly id: string;
    };
    readonly query: {
      /** `full` loads large values (over 4 KiB), `preview` shows their first bytes only. */
      readonly values?: "full" | "preview";
    };
    readonly body: undefined;
    readonly answer: LogDocument;
  };
  /** Get what was written before and after a record */
  "GET /api/v1/logs/{id}/context": {
    readonly path: {
      /** Id of the record: 16 hexadecimal digits. */
      readonly id: string;
    };
    readonly query: {
      /** At most so many records before it. */
      readonly before?: number;
      /** At most so many records after it. */
      readonly after?: number;
      /** Whose records: those of the same resource, or everybody's. */
      readonly stream?: "resource" | "all";
      /** `full` loads large values (over 4 KiB), `preview` shows their first bytes only. */
      readonly values?: "full" | "preview";
    };
    readonly body: undefined;
    readonly answer: LogContext;
  };
  /** Get current values of metrics */
  "GET /api/v1/metrics": {
    readonly path: undefined;
    readonly query: {
      /** Selector of series as PromQL writes it: `orchestrator_tasks_total{agent="Coder"}`. Repeat it for more; all series if absent. */
      readonly match?: readonly string[];
      /** At most so many series. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: MetricsSnapshot;
  };
  /** Count series by metric, label and value */
  "GET /api/v1/metrics/cardinality": {
    readonly path: undefined;
    readonly query: {
      /** Selector of series as PromQL writes it: `orchestrator_tasks_total{agent="Coder"}`. Repeat it for more; all series if absent. */
      readonly match?: readonly string[];
      /** At most so many entries of each list. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: Cardinality;
  };
  /** Get values of metrics over time */
  "GET /api/v1/metrics/history": {
    readonly path: undefined;
    readonly query: {
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Name of a metric, or an expression in PromQL. Repeat it for more, or separate names by commas. */
      readonly metrics?: readonly string[];
      /** Time between points; about 250 points if absent. */
      readonly step?: string;
      /** At most so many series. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: MetricsHistory;
  };
  /** Get current values of metrics as Prometheus text */
  "GET /api/v1/metrics/prometheus": {
    readonly path: undefined;
    readonly query: {
      /** Selector of series as PromQL writes it: `orchestrator_tasks_total{agent="Coder"}`. Repeat it for more; all series if absent. */
      readonly match?: readonly string[];
      /** At most so many series. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: string;
  };
  /** Run several PromQL queries at once */
  "POST /api/v1/metrics/query": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: MetricsQuery;
    readonly answer: unknown;
  };
  /** List messages that were sent or wait */
  "GET /api/v1/notifications": {
    readonly path: undefined;
    readonly query: {
      /** Statuses, separated by commas. */
      readonly status?: string;
      /** To this receiver. */
      readonly receiver?: string;
      /** About this alert. */
      readonly alert?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** At most so many items. */
      readonly limit?: number;
      /** `nextCursor` of the page before; all other parameters must be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: NotificationList;
  };
  /** Tell all about a message */
  "GET /api/v1/notifications/{id}": {
    readonly path: {
      /** Its number. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: NotificationEntry;
  };
  /** Send a message once more */
  "POST /api/v1/notifications/{id}/retry": {
    readonly path: {
      /** Its number. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: NotificationEntry;
  };
  /** Get this document */
  "GET /api/v1/openapi.json": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: unknown;
  };
  /** Tell what needs a look, and how everything fares */
  "GET /api/v1/overview": {
    readonly path: undefined;
    readonly query: {
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
    };
    readonly body: undefined;
    readonly answer: Overview;
  };
  /** Read the configuration again */
  "POST /api/v1/reload": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: ReloadReport;
  };
  /** Tell what an id stands for */
  "GET /api/v1/resolve/{id}": {
    readonly path: {
      /** Any id, at most 256 bytes. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Resolved;
  };
  /** Tell who gets what */
  "GET /api/v1/routes": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Routing;
  };
  /** Tell who gets an alert */
  "POST /api/v1/routes/test": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: RouteTestRequest;
    readonly answer: RouteTestReport;
  };
  /** List rules and how they fare */
  "GET /api/v1/rules": {
    readonly path: undefined;
    readonly query: {
      /** Name, group, expression or a tag contains this. */
      readonly text?: string;
      /** States, separated by commas. */
      readonly state?: string;
      /** Origins, separated by commas. */
      readonly origin?: string;
      /** Of this kind. */
      readonly kind?: "alerting" | "recording";
    };
    readonly body: undefined;
    readonly answer: RuleList;
  };
  /** Save a new rule */
  "POST /api/v1/rules": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: RuleSaveRequest;
    readonly answer: RuleDetail;
  };
  /** Check a rule file */
  "POST /api/v1/rules/check": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: RuleCheckRequest;
    readonly answer: RuleCheckReport;
  };
  /** Print rules as YAML */
  "GET /api/v1/rules/export": {
    readonly path: undefined;
    readonly query: {
      /** Origins, separated by commas. */
      readonly origin?: string;
    };
    readonly body: undefined;
    readonly answer: string;
  };
  /** Take over rules of Prometheus, Grafana, or our own */
  "POST /api/v1/rules/import": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: RuleImportRequest;
    readonly answer: RuleImportReport;
  };
  /** Try a rule on stored data */
  "POST /api/v1/rules/preview": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: RulePreviewRequest;
    readonly answer: RulePreview;
  };
  /** Tell all about a rule */
  "GET /api/v1/rules/{id}": {
    readonly path: {
      /** Its id: group and name, such as `default/HighErrorRate`, percent-encoded. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: RuleDetail;
  };
  /** Change a rule */
  "PUT /api/v1/rules/{id}": {
    readonly path: {
      /** Its id: group and name, such as `default/HighErrorRate`, percent-encoded. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: RuleSaveRequest;
    readonly answer: RuleDetail;
  };
  /** Remove a rule */
  "DELETE /api/v1/rules/{id}": {
    readonly path: {
      /** Its id: group and name, such as `default/HighErrorRate`, percent-encoded. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: RuleDetail;
  };
  /** Tell when a rule would have fired */
  "POST /api/v1/rules/{id}/backtest": {
    readonly path: {
      /** Its id: group and name, such as `default/HighErrorRate`, percent-encoded. */
      readonly id: string;
    };
    readonly query: {
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
    };
    readonly body: undefined;
    readonly answer: RulePreview;
  };
  /** Tell why a rule did or did not fire at a time */
  "GET /api/v1/rules/{id}/explain": {
    readonly path: {
      /** Its id: group and name, such as `default/HighErrorRate`, percent-encoded. */
      readonly id: string;
    };
    readonly query: {
      /** When; now if absent. */
      readonly at?: string;
      /** Only label sets that these matchers take. */
      readonly labels?: string;
    };
    readonly body: undefined;
    readonly answer: RuleExplanation;
  };
  /** Delete a run: every span and log record with this `run_id` */
  "DELETE /api/v1/runs/{run_id}": {
    readonly path: {
      /** Value of the attribute `run_id`. */
      readonly run_id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: DeleteReport;
  };
  /** List distinct sets of stream labels */
  "GET /api/v1/series": {
    readonly path: undefined;
    readonly query: {
      /** LogQL (logs) such as `{service_name="planner"}`, or a selector of PromQL (samples). Repeat it for more. */
      readonly match?: readonly string[];
      /** The signal to look at. */
      readonly signal?: "logs" | "samples";
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** At most so many sets. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: SeriesList;
  };
  /** List services with rate, errors and duration */
  "GET /api/v1/services": {
    readonly path: undefined;
    readonly query: {
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** At most so many, the busiest first. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: ServiceList;
  };
  /** Tell who calls whom, from the newest traces */
  "GET /api/v1/services/map": {
    readonly path: undefined;
    readonly query: {
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Nodes are services with what they call, or agents with their models and tools. */
      readonly kind?: "services" | "agents";
      /** At most so many traces are looked at. */
      readonly traces?: number;
    };
    readonly body: undefined;
    readonly answer: ServiceMap;
  };
  /** List the operations of a service with rate, errors and duration */
  "GET /api/v1/services/{name}/operations": {
    readonly path: {
      /** `service.name`. */
      readonly name: string;
    };
    readonly query: {
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** At most so many, the busiest first. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: OperationList;
  };
  /** List silences */
  "GET /api/v1/silences": {
    readonly path: undefined;
    readonly query: {
      /** States, separated by commas; active and pending if absent. */
      readonly state?: string;
    };
    readonly body: undefined;
    readonly answer: SilenceList;
  };
  /** Make or change a silence */
  "POST /api/v1/silences": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: SilenceRequest;
    readonly answer: Silence;
  };
  /** Tell what matchers would hide */
  "POST /api/v1/silences/preview": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: SilencePreviewRequest;
    readonly answer: SilencePreview;
  };
  /** Tell all about a silence */
  "GET /api/v1/silences/{id}": {
    readonly path: {
      /** Its id. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Silence;
  };
  /** End a silence */
  "DELETE /api/v1/silences/{id}": {
    readonly path: {
      /** Its id. */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Silence;
  };
  /** Get what the server holds and how it fares */
  "GET /api/v1/status": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Status;
  };
  /** Follow what arrives */
  "GET /api/v1/stream": {
    readonly path: undefined;
    readonly query: {
      /** What to follow, such as `changes,logs:{service_name="planner"},traces:{status=error}`. */
      readonly topics?: string;
      /** As the header `Last-Event-ID`, for clients that cannot set it. */
      readonly last_event_id?: string;
    };
    readonly body: undefined;
    readonly answer: string;
  };
  /** List the targets that are scraped */
  "GET /api/v1/targets": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: TargetList;
  };
  /** List traces, newest first */
  "GET /api/v1/traces": {
    readonly path: undefined;
    readonly query: {
      /** A subset of TraceQL: `{ status = error && span.model = "large" && duration > 2s }`. */
      readonly q?: string;
      /** `service.name` of the resource equals this. */
      readonly service?: string;
      /** The name of the span (event name of the log record) equals this. */
      readonly name?: string;
      /** The span has this status. */
      readonly status?: "ok" | "error" | "unset";
      /** `KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more. */
      readonly attr?: readonly string[];
      /** Belongs to this trace: 32 hexadecimal digits, or an alias. */
      readonly trace_id?: string;
      /** The span took at least this long, such as `250ms`. */
      readonly min_duration?: string;
      /** The span took at most this long. */
      readonly max_duration?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Which traces come first. Other orders than `newest` look at the newest 10,000 that match, have no `cursor` and say in `scannedTraces` and `partial` how far they came. */
      readonly order?: "newest" | "duration" | "errors" | "spans";
      /** At most so many items. */
      readonly limit?: number;
      /** `nextCursor` of the page before; all other parameters must be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: TraceList;
  };
  /** List top values with counts of spans under a filter */
  "GET /api/v1/traces/facets": {
    readonly path: undefined;
    readonly query: {
      /** A subset of TraceQL: `{ status = error && span.model = "large" && duration > 2s }`. */
      readonly q?: string;
      /** `service.name` of the resource equals this. */
      readonly service?: string;
      /** The name of the span (event name of the log record) equals this. */
      readonly name?: string;
      /** The span has this status. */
      readonly status?: "ok" | "error" | "unset";
      /** `KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more. */
      readonly attr?: readonly string[];
      /** Belongs to this trace: 32 hexadecimal digits, or an alias. */
      readonly trace_id?: string;
      /** The span took at least this long, such as `250ms`. */
      readonly min_duration?: string;
      /** The span took at most this long. */
      readonly max_duration?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** A name to give top values of. Repeat it for more. */
      readonly field?: readonly string[];
      /** At most so many values a name. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: FacetList;
  };
  /** Count spans over time, with failures and durations */
  "GET /api/v1/traces/histogram": {
    readonly path: undefined;
    readonly query: {
      /** A subset of TraceQL: `{ status = error && span.model = "large" && duration > 2s }`. */
      readonly q?: string;
      /** `service.name` of the resource equals this. */
      readonly service?: string;
      /** The name of the span (event name of the log record) equals this. */
      readonly name?: string;
      /** The span has this status. */
      readonly status?: "ok" | "error" | "unset";
      /** `KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more. */
      readonly attr?: readonly string[];
      /** Belongs to this trace: 32 hexadecimal digits, or an alias. */
      readonly trace_id?: string;
      /** The span took at least this long, such as `250ms`. */
      readonly min_duration?: string;
      /** The span took at most this long. */
      readonly max_duration?: string;
      /** Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent. */
      readonly start?: string;
      /** Only what happened before this; as `start`. */
      readonly end?: string;
      /** Length of a bucket; at most 1,000 fit into the range. About 60 buckets if absent. */
      readonly step?: string;
      /** Splits by a name: an attribute, or `service`, `name`, `kind`, `status`. */
      readonly by?: string;
      /** Only entry spans: roots, servers and consumers. */
      readonly entries?: boolean;
      /** At most so many values of the split. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: SpanHistogram;
  };
  /** Get one trace with its spans */
  "GET /api/v1/traces/{trace_id}": {
    readonly path: {
      /** 32 hexadecimal digits of either case, or an alias. */
      readonly trace_id: string;
    };
    readonly query: {
      /** `otlp` gives the page as OTLP JSON (`resourceSpans`); `X-Next-Cursor` names the next page. */
      readonly format?: "json" | "otlp";
      /** `full` loads large values (over 4 KiB), `preview` shows their first bytes only. */
      readonly values?: "full" | "preview";
      /** At most so many spans. */
      readonly limit?: number;
      /** `nextCursor` of the page before; all other parameters must be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: Trace;
  };
  /** Delete a trace: its spans and the log records that name it */
  "DELETE /api/v1/traces/{trace_id}": {
    readonly path: {
      /** 32 hexadecimal digits of either case, or an alias. */
      readonly trace_id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: DeleteReport;
  };
  /** Get all spans of a trace in columns, without attributes */
  "GET /api/v1/traces/{trace_id}/outline": {
    readonly path: {
      /** 32 hexadecimal digits of either case, or an alias. */
      readonly trace_id: string;
    };
    readonly query: {
      /** Only this span and what is below it: 16 hexadecimal digits, or an alias. */
      readonly root?: string;
      /** With `root`: leaves out so many of its first children and what is below them. */
      readonly skip?: number;
      /** At most so many spans. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: TraceOutline;
  };
  /** Get one span */
  "GET /api/v1/traces/{trace_id}/spans/{span_id}": {
    readonly path: {
      /** 32 hexadecimal digits of either case, or an alias. */
      readonly trace_id: string;
      /** 16 hexadecimal digits of either case, or an alias. */
      readonly span_id: string;
    };
    readonly query: {
      /** `full` loads large values (over 4 KiB), `preview` shows their first bytes only. */
      readonly values?: "full" | "preview";
    };
    readonly body: undefined;
    readonly answer: SpanDocument;
  };
  /** Take what an Alertmanager sends */
  "POST /api/v1/webhooks/alertmanager": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: WebhookReport;
  };
  /** Take what Grafana sends */
  "POST /api/v1/webhooks/grafana": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: WebhookReport;
  };
  /** Ask whether the server runs */
  "GET /health": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Health;
  };
  /** Get our own metrics */
  "GET /metrics": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: string;
  };
  /** Ask whether queries are answered */
  "GET /ready": {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Readiness;
  };
}
