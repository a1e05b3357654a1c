//! Spans over time: how many, how many failed, how long they took.

use crate::count::Count;
use crate::overview::HeatMap;
use crate::service::LatencyMs;
use crate::stats::QueryStats;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Spans under a filter, over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanHistogram {
    /// Start of the first bucket, at or before the `start` asked for.
    #[schema(format = DateTime)]
    pub start: String,
    /// Milliseconds of one bucket.
    pub step_ms: f64,
    /// Spans in all.
    pub count: Count,
    /// Spans with status `ERROR` in all.
    pub error_count: Count,
    /// How long they took.
    pub latency: LatencyMs,
    /// One line over time for each value of the split, the most frequent first; one without a value if no split was asked for.
    pub groups: Vec<HistogramGroup>,
    /// Values of the split beyond `limit` are summed in a last group without a value.
    pub cut: bool,
    /// Durations over time, of all groups together.
    pub durations: HeatMap,
    /// What the query cost.
    pub stats: QueryStats,
}

/// One line over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistogramGroup {
    /// Value of the split; absent without one, and for spans that lack the name or are beyond `limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Spans a bucket.
    pub counts: Vec<Count>,
    /// Spans with status `ERROR` a bucket.
    pub errors: Vec<Count>,
    /// How long its spans took.
    pub latency: LatencyMs,
}
