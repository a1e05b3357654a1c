//! What a query gives: a value, remarks, and what it took.

use crate::promql::budget::Budget;
use crate::promql::call::QueryInfo;
use crate::promql::column::{Series, is_absent};
use crate::promql::counts::StepCounts;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;

/// The result of a query.
#[derive(Debug, Clone)]
pub struct QueryResult {
    /// The value.
    pub value: Value,
    /// Warnings with their places in the text.
    pub warnings: Vec<String>,
    /// Infos with their places in the text.
    pub infos: Vec<String>,
    /// What it took.
    pub stats: QueryStats,
}

/// A value. Times are milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Scalar {
        /// The time of the query.
        time_ms: i64,
        /// The number.
        value: f64,
    },
    /// A text.
    String {
        /// The time of the query.
        time_ms: i64,
        /// The text.
        text: String,
    },
    /// One value a series. In the order of the result: sorted if the query sorts.
    Vector(Vec<Sample>),
    /// Values over time, sorted by labels.
    Matrix(Vec<SeriesPoints>),
}

/// A series with one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its labels.
    pub labels: Labels,
    /// The time of the query.
    pub time_ms: i64,
    /// The value.
    pub value: SampleValue,
}

/// A series with its values by time.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesPoints {
    /// Its labels.
    pub labels: Labels,
    /// Floats.
    pub floats: Vec<(i64, f64)>,
    /// Native histograms.
    pub histograms: Vec<(i64, Arc<Histogram>)>,
}

/// What a query took, as `stats=all` of Prometheus tells it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryStats {
    /// Time by stage.
    pub timings: Timings,
    /// Samples.
    pub samples: SampleStats,
}

/// Seconds by stage.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Timings {
    /// All of the evaluation.
    pub eval_total: f64,
    /// Sorting the result.
    pub result_sort: f64,
    /// Planning and selecting series.
    pub query_preparation: f64,
    /// Evaluating the tree.
    pub inner_eval: f64,
    /// Waiting for a free place; the caller's to fill in.
    pub exec_queue: f64,
    /// Everything.
    pub exec_total: f64,
}

/// Samples that a query looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SampleStats {
    /// In all, those of a step counted for each step.
    pub total: u64,
    /// Those of `total` by time of the step.
    pub per_step: Vec<(i64, u64)>,
    /// Read: samples of windows that overlap counted once.
    pub read: u64,
    /// Those of `read` by time of the step that read them.
    pub read_per_step: Vec<(i64, u64)>,
    /// Most held at a time.
    pub peak: u64,
}

/// A series at the times of its steps.
pub(crate) fn points(series: Series, time_of: impl Fn(usize) -> i64) -> SeriesPoints {
    let mut points = SeriesPoints {
        labels: series.labels,
        floats: Vec::with_capacity(series.column.floats.len()),
        histograms: Vec::new(),
    };
    for (step, value) in series.column.floats.into_iter().enumerate() {
        if !is_absent(value) {
            points.floats.push((time_of(step), value));
        }
    }
    for (step, histogram) in series.column.histograms.into_iter().enumerate() {
        if let Some(histogram) = histogram {
            points.histograms.push((time_of(step), histogram));
        }
    }
    points
}

/// The one value of a series.
pub(crate) fn sample(series: Series, time_ms: i64) -> Option<Sample> {
    let value = series.column.get(0)?.to_value();
    Some(Sample {
        labels: series.labels,
        time_ms,
        value,
    })
}

/// What a query took, by its steps.
pub(crate) fn stats(
    timings: Timings,
    counts: &StepCounts,
    frame: &QueryInfo,
    budget: &Budget,
) -> QueryStats {
    let by_time = |counts: &[u64]| {
        let steps = counts.iter().enumerate();
        steps
            .map(|(step, count)| (frame.time_ms(step), *count))
            .collect()
    };
    QueryStats {
        timings,
        samples: SampleStats {
            total: counts.total_seen(),
            per_step: by_time(&counts.seen),
            read: counts.total_read(),
            read_per_step: by_time(&counts.read),
            peak: budget.peak(),
        },
    }
}
