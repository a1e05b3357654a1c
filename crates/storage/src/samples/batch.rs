//! What goes in: the samples of one request as columns, grouped by series.
//!
//! A series' labels are asked for only when its alias is not known yet, because most requests name
//! series that every request names. Times are milliseconds since the epoch.

use crate::error::Result;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};

/// Gives the labels of the series of a request.
pub trait LabelSource: Send + Sync {
    /// The labels of a series of the batch, by its position. `Invalid` with the reason if they are not
    /// acceptable; then its samples are refused.
    fn labels(&self, series: usize) -> Result<Labels>;
}

/// The samples of a request.
pub struct SampleBatch {
    /// Series in the order of the request; one may come several times.
    pub series: Vec<SeriesRun>,
    /// Points of all series, those of one series next to each other, in the order of the request.
    pub points: Vec<Point>,
    /// Histograms that points name.
    pub histograms: Vec<Arc<Histogram>>,
    /// Exemplars, each with the position of its series in `series`.
    pub exemplars: Vec<(u32, Exemplar)>,
    /// What the request tells about metric families.
    pub metadata: Vec<(String, Metadata)>,
    /// Gives labels.
    pub labels: Box<dyn LabelSource>,
}

/// Points of one series.
#[derive(Debug, Clone, Copy)]
pub struct SeriesRun {
    /// A number that stands for the labels as the sender wrote them (128-bit hash of the bytes); two
    /// label sets hardly ever share one. Zero: none, always ask.
    pub alias: u128,
    /// Its points: so many from the end of the run before.
    pub points: u32,
    /// How the points are meant.
    pub kind: RunKind,
}

/// How points are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// As they are.
    Plain,
    /// Each is the increase since `Point::start_ms`; the store keeps the running sum and gives it out
    /// with the start of the first one.
    Delta,
}

/// A sample on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// When, milliseconds since the epoch.
    pub time_ms: i64,
    /// Start of what it covers, milliseconds since the epoch; 0 is unknown.
    pub start_ms: i64,
    /// The value, or the position of its histogram in `SampleBatch::histograms`.
    pub value: PointValue,
}

/// The value of a point.
#[derive(Debug, Clone, Copy)]
pub enum PointValue {
    /// A float.
    Float(f64),
    /// A histogram.
    Histogram(u32),
}

/// Why a point or series was refused by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusedReason {
    /// Older than the out-of-order window of its series.
    TooOld,
    /// Another value for the same time.
    DuplicateTime,
    /// The labels are not acceptable.
    InvalidLabels,
    /// There are too many active series of this metric.
    SeriesOfMetric,
    /// There are too many active series in all.
    SeriesTotal,
    /// A delta that overlaps what was received before.
    DeltaOverlap,
    /// A histogram has more buckets than can be stored.
    HistogramTooLarge,
}

/// Points that were refused: a range of positions in `SampleBatch::points`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedPoints {
    /// The first one.
    pub first: u32,
    /// How many.
    pub count: u32,
    /// Position of their series.
    pub series: u32,
    /// Why.
    pub reason: RefusedReason,
    /// The words of `LabelSource::labels`, if that was the reason.
    pub detail: Option<String>,
}

/// What the store decided about a batch, before it is logged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Points that are taken.
    pub accepted: u64,
    /// Points that were there already with the same value: taken, not stored again.
    pub repeated: u64,
    /// What was refused, ascending, not overlapping.
    pub refused: Vec<RefusedPoints>,
    /// Series that were not known before.
    pub created_series: u64,
}

/// Writes down a judgement for the log, so that replay can apply it: given the judgement, gives the
/// verdict's bytes.
pub type VerdictWriter<'a> = dyn FnMut(&Judgement) -> Result<Vec<u8>> + 'a;
