//! The overview: what needs a look, six figures, throughput, latency and errors in one answer.

use crate::count::Count;
use crate::service::LatencyMs;
use crate::stats::QueryStats;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How everything fares.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// First moment looked at: the start of a bucket, at or before the `start` asked for.
    #[schema(format = DateTime)]
    pub start: String,
    /// Last moment looked at.
    #[schema(format = DateTime)]
    pub end: String,
    /// Milliseconds of one bucket; all lists over time have one entry a bucket, from `start` on.
    pub step_ms: f64,
    /// Nothing was ever received.
    pub empty: bool,
    /// What needs a look, the worst first.
    pub attention: Vec<Attention>,
    /// The figures, in the order in which they are shown.
    pub figures: Vec<Figure>,
    /// Requests a bucket: entry spans (roots, servers, consumers) by service, the busiest first, at most twelve.
    pub throughput: Vec<OverviewSeries>,
    /// Durations of entry spans over time.
    pub latency: HeatMap,
    /// Percentiles of the whole range.
    pub percentiles: LatencyMs,
    /// Share (0 to 1) of entry spans that ran into a timeout, by status message, error type or duration beyond 300 s.
    pub timeout_share: f64,
    /// Entry spans with status `ERROR` a bucket; the same buckets as `throughput`.
    pub errors: Vec<Count>,
    /// Entry spans a bucket.
    pub requests: Vec<Count>,
    /// Share (0 to 1) of failed requests over the seven days until now, for the comparison with the threshold. Counted in
    /// slices that are remembered for some minutes; on a large store the first answers know the newest days only.
    pub error_rate_week: f64,
    /// What `error_rate_week` is compared with.
    pub error_rate_threshold: f64,
    /// How busy agents are; empty where no agent is known.
    pub agents: Vec<AgentUtilization>,
    /// The queue of tasks; absent where nobody tells of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<TaskQueue>,
    /// What the query cost.
    pub stats: QueryStats,
}

/// Something that needs a look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attention {
    /// What it is.
    pub kind: AttentionKind,
    /// `critical` if somebody must act now, `warning` otherwise.
    pub level: AttentionLevel,
    /// What happened, in words, with its number and what it is compared with.
    pub message: String,
    /// The service, agent, target or file that it is about.
    pub subject: String,
    /// The operation, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub since: Option<String>,
    /// The value that stands out: of failing ones a share (0 to 1), of slow ones milliseconds, of stuck and silent ones
    /// minutes, of refused data items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What it usually is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<f64>,
    /// A trace that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span of that trace that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// One entry a bucket of the value, for a small picture; of slow operations the mean duration; may be empty.
    pub trend: Vec<f64>,
}

/// What needs a look.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// An operation fails more than it may or more than it did before.
    #[default]
    Failing,
    /// An operation is slow against its own past.
    Slow,
    /// Traces began, their root has not come, and nothing ended in them for ten minutes; within 24 hours.
    Stuck,
    /// A service that sent before sends nothing any more.
    Silent,
    /// A target of scraping does not answer.
    TargetDown,
    /// Data was refused.
    Refused,
    /// The server itself: quarantined files, a full disk, memory at its limit.
    Server,
}

/// How urgent.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AttentionLevel {
    /// Somebody must act now.
    Critical,
    /// Somebody should look.
    #[default]
    Warning,
}

/// One figure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Which one.
    pub id: FigureId,
    /// Its value over the range; absent while nothing tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The same over the time of equal length before, in whole buckets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// One entry a bucket.
    pub trend: Vec<f64>,
}

/// Which figure.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FigureId {
    /// Entry spans a minute.
    #[default]
    RequestsPerMinute,
    /// Share (0 to 1) of entry spans with status `ERROR`.
    ErrorRate,
    /// 95th percentile of the duration of entry spans, milliseconds.
    P95Ms,
    /// Traces that have begun, whose root has not ended, and in which something ended within the last ten minutes. Absent
    /// beyond 500,000 traces.
    Running,
    /// Tokens a minute, in and out, of calls of models; what agents repeat of them does not count.
    TokensPerMinute,
    /// Log records of severity `ERROR` and above a minute.
    ErrorLogsPerMinute,
}

/// A line over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewSeries {
    /// The service.
    pub name: String,
    /// Its colour slot.
    pub slot: u32,
    /// One entry a bucket.
    pub values: Vec<Count>,
}

/// How many fell into which bucket of time and of value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeatMap {
    /// Upper bounds of the rows in milliseconds, ascending; the last row has none above.
    pub bounds_ms: Vec<f64>,
    /// One column a bucket of time; each has one number a row (`bounds_ms.len() + 1`). Empty columns are empty lists.
    pub columns: Vec<Vec<Count>>,
}

/// How busy the agents of a type are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentUtilization {
    /// Name of the agent.
    pub name: String,
    /// Its colour slot.
    pub slot: u32,
    /// Share (0 to 1) of the range in which at least one of its spans ran.
    pub busy: f64,
    /// Its spans.
    pub span_count: Count,
    /// Its spans with status `ERROR`.
    pub error_count: Count,
}

/// The queue of tasks: the sums of `orchestrator_task_queue_size` and of `orchestrator_tasks_active`, and the waits that spans tell
/// as `queue.duration.ms`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskQueue {
    /// Tasks that wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<f64>,
    /// Tasks in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing: Option<f64>,
    /// Longest wait of a task that still waits, milliseconds; absent where nobody tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_wait_ms: Option<f64>,
    /// Mean wait over the range, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_wait_ms: Option<f64>,
    /// Depth, one entry a bucket.
    pub trend: Vec<f64>,
}
