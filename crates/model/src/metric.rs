//! Metrics as their senders describe them: kinds, metadata, exemplars.
//!
//! Sources: opentelemetry-proto `metrics/v1`, the OpenMetrics specification.

use crate::labels::Labels;
use std::fmt;

/// What a metric is, in the words of Prometheus' metadata API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum MetricKind {
    /// Not told.
    #[default]
    Unknown,
    /// A sum that only grows.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// Counts in buckets.
    Histogram,
    /// Counts in buckets that may shrink.
    GaugeHistogram,
    /// Quantiles computed by the sender.
    Summary,
    /// Labels that tell facts.
    Info,
    /// One of a set of states.
    StateSet,
}

impl MetricKind {
    /// All kinds; the position is the code in files.
    pub const ALL: [MetricKind; 8] = [
        MetricKind::Unknown,
        MetricKind::Counter,
        MetricKind::Gauge,
        MetricKind::Histogram,
        MetricKind::GaugeHistogram,
        MetricKind::Summary,
        MetricKind::Info,
        MetricKind::StateSet,
    ];

    /// The word in APIs and exposition formats.
    pub fn as_str(self) -> &'static str {
        match self {
            MetricKind::Unknown => "unknown",
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
            MetricKind::GaugeHistogram => "gaugehistogram",
            MetricKind::Summary => "summary",
            MetricKind::Info => "info",
            MetricKind::StateSet => "stateset",
        }
    }

    /// The kind of a word; `untyped` is unknown.
    pub fn parse(word: &str) -> Option<Self> {
        if word == "untyped" {
            return Some(MetricKind::Unknown);
        }
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl fmt::Display for MetricKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known about a metric family.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Metadata {
    /// What it is.
    pub kind: MetricKind,
    /// What it means; empty if not told.
    pub help: String,
    /// Unit as the sender wrote it (UCUM such as `ms` or `By` from OTLP, words such as `seconds` from
    /// OpenMetrics); empty if not told.
    pub unit: String,
    /// The metric's name in OTLP; empty if it did not come so.
    pub otlp_name: String,
}

/// An observation that stands for a bucket or counter, with what led to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exemplar {
    /// Its labels, `trace_id` and `span_id` among them.
    pub labels: Labels,
    /// The observed value.
    pub value: f64,
    /// When, nanoseconds since the epoch.
    pub time_ns: i64,
}

/// How points of an OTLP metric relate to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Temporality {
    /// Not told; refused for sums and histograms.
    #[default]
    Unspecified,
    /// Each point covers the time since the one before.
    Delta,
    /// Each point covers the time since the start.
    Cumulative,
}

/// What an OTLP metric holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetricData {
    /// Nothing, or something this version does not know.
    Empty,
    /// Values that go up and down.
    Gauge,
    /// Sums.
    Sum {
        /// How points relate.
        temporality: Temporality,
        /// Whether it only grows.
        is_monotonic: bool,
    },
    /// Counts in explicit buckets.
    Histogram(Temporality),
    /// Counts in exponential buckets.
    ExponentialHistogram(Temporality),
    /// Quantiles.
    Summary,
}
