// Types of the HTTP API. Generated from docs/reference/openapi.json: run `npm run api`; never edit by hand.

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
