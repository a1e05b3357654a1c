//! Services and their operations: rate, errors and duration from spans; who calls whom.

use crate::count::Count;
use crate::stats::QueryStats;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Services that sent spans in a range.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceList {
    /// First moment looked at: the start of a bucket, at or before the `start` asked for. Spans count if they began in
    /// the range.
    #[schema(format = DateTime)]
    pub start: String,
    /// Last moment looked at.
    #[schema(format = DateTime)]
    pub end: String,
    /// Milliseconds of one entry of a trend.
    pub step_ms: f64,
    /// The services, the busiest first.
    pub services: Vec<Service>,
    /// There are more than were given.
    pub more: bool,
    /// What the query cost.
    pub stats: QueryStats,
}

/// One service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// `service.name`.
    pub name: String,
    /// Its colour slot.
    pub slot: u32,
    /// All its spans.
    pub span_count: Count,
    /// Rate, errors and duration of its entry spans (roots, servers, consumers); of all its spans if it has none of these.
    pub red: Red,
    /// Whether `red` counts entry spans only.
    pub entries_only: bool,
    /// Log records of severity `ERROR` and above.
    pub error_logs: Count,
    /// When its newest span began.
    #[schema(format = DateTime)]
    pub last_seen: String,
}

/// Rate, errors, duration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Red {
    /// Spans counted.
    pub count: Count,
    /// Spans a minute.
    pub per_minute: f64,
    /// Spans with status `ERROR`.
    pub error_count: Count,
    /// Share (0 to 1) of them.
    pub error_rate: f64,
    /// How long they took.
    pub latency: LatencyMs,
    /// Spans a bucket of time.
    pub trend: Vec<Count>,
    /// Failed spans a bucket of time.
    pub error_trend: Vec<Count>,
}

/// Percentiles of durations in milliseconds, exact to about 5 %.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LatencyMs {
    /// Half took no longer.
    pub p50: f64,
    /// 95 % took no longer.
    pub p95: f64,
    /// 99 % took no longer.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// Operations of a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationList {
    /// Milliseconds of one entry of a trend.
    pub step_ms: f64,
    /// The operations, the busiest first.
    pub operations: Vec<ServiceOperation>,
    /// There are more than were given.
    pub more: bool,
    /// What the query cost.
    pub stats: QueryStats,
}

/// One operation: spans of one service with one name and kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceOperation {
    /// Name of the spans.
    pub name: String,
    /// `INTERNAL`, `SERVER`, `CLIENT`, `PRODUCER`, `CONSUMER` or `UNSPECIFIED`.
    pub kind: String,
    /// Rate, errors and duration.
    pub red: Red,
}

/// Who calls whom, from traces of a range.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceMap {
    /// Services, databases, queues, models and tools, those with the most spans first.
    pub nodes: Vec<MapNode>,
    /// Calls between them, the most frequent first, at most 2,000.
    pub edges: Vec<MapEdge>,
    /// Traces that were looked at, the newest.
    pub trace_count: Count,
    /// There are more traces in the range.
    pub sampled: bool,
    /// What the query cost.
    pub stats: QueryStats,
}

/// A node of the map.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MapNode {
    /// Unique in the map: kind and name, as in `service:api`.
    pub id: String,
    /// What is shown. All that is beyond 500 nodes is one of kind `external` called `other`.
    pub name: String,
    /// `service`, `agent`, `database`, `queue`, `model`, `tool` or `external`.
    pub kind: String,
    /// Its colour slot; 0 for databases, queues and others.
    pub slot: u32,
    /// Spans; of what sends none itself the spans that called it.
    pub span_count: Count,
    /// Spans with status `ERROR`.
    pub error_count: Count,
}

/// Calls from one node to another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MapEdge {
    /// Id of the caller.
    pub from: String,
    /// Id of who is called.
    pub to: String,
    /// Calls.
    pub count: Count,
    /// Calls with status `ERROR`.
    pub error_count: Count,
    /// How long they took.
    pub latency: LatencyMs,
}
