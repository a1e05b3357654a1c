//! What a program exposes to be scraped: Prometheus text 0.0.4 and 1.0.0, OpenMetrics 1.0, and delimited
//! protobuf. Bytes go to an `ExpositionSink` line by line; nothing is copied for a series that is known.
//!
//! `parse` takes what Prometheus takes, `check` judges as the specifications do, `lint` gives advice,
//! `write` prints. Sources: prometheus.io/docs/instrumenting/exposition_formats, the OpenMetrics
//! specification 1.0, `io.prometheus.client` of prometheus/client_model.

pub mod check;
pub mod error;
pub mod lint;
mod number;
mod openmetrics;
mod prometheus;
mod protobuf;
mod scan;
pub mod series;
mod start;
pub mod write;

use error::Error;
use series::{ExemplarRef, SeriesRef};
use std::ops::ControlFlow;
use tacho_model::histogram::Histogram;
use tacho_model::metric::MetricKind;

/// How an exposition is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Prometheus text, 0.0.4 and 1.0.0.
    PrometheusText,
    /// OpenMetrics text 1.0.
    OpenMetrics,
    /// Messages `io.prometheus.client.MetricFamily`, each with its length before it.
    Protobuf,
}

impl Format {
    /// The format that a `Content-Type` header names; `None` if it is none of ours.
    pub fn from_content_type(header: &str) -> Option<Self> {
        let media = header.split(';').next().unwrap_or_default().trim();
        [
            ("text/plain", Format::PrometheusText),
            ("application/openmetrics-text", Format::OpenMetrics),
            ("application/vnd.google.protobuf", Format::Protobuf),
        ]
        .into_iter()
        .find(|(name, _)| media.eq_ignore_ascii_case(name))
        .map(|(_, format)| format)
    }
}

/// What is refused whatever it says. A scrape configuration may set lower limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a line of text, or of one metric family in protobuf.
    pub line_bytes_max: usize,
    /// Labels of a series, its name not counted.
    pub labels_max: usize,
    /// Bytes of the name of a metric or label.
    pub name_bytes_max: usize,
    /// Bytes of a label's value as written.
    pub value_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line_bytes_max: 4 << 20,
            labels_max: 1024,
            name_bytes_max: 64 << 10,
            value_bytes_max: 1 << 20,
        }
    }
}

/// What becomes of the `_created` lines of counters, histograms and summaries in OpenMetrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CreatedLines {
    /// Series like others.
    #[default]
    Series,
    /// Start times of the series of their metric, and no series.
    StartTimes,
}

/// What becomes of histograms in protobuf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HistogramForm {
    /// Native ones as histograms, others as classic series.
    #[default]
    Native,
    /// Native ones as histograms and, if they have classic buckets too, as classic series as well.
    Both,
    /// All as classic series.
    Classic,
}

/// How to parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// What is refused.
    pub limits: Limits,
    /// What becomes of `_created` lines.
    pub created: CreatedLines,
    /// What becomes of histograms in protobuf.
    pub histograms: HistogramForm,
    /// Refuse what the grammar of OpenMetrics does not allow but Prometheus takes.
    pub strict: bool,
}

/// A fact about a metric family. Each comes by itself, in the order of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<'a> {
    /// Its kind.
    Kind(MetricKind),
    /// What it means.
    Help(&'a str),
    /// Its unit.
    Unit(&'a str),
}

/// A metric family that a line tells something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FamilyRef<'a> {
    /// Its name as written: in OpenMetrics without the suffix `_total`.
    pub name: &'a str,
    /// What is told.
    pub fact: Fact<'a>,
    /// The line, from 1; in protobuf the number of the family, from 1.
    pub line: usize,
}

/// A value of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value. Every NaN is the ordinary one.
    pub value: f64,
    /// When, in milliseconds, if the exposition says so.
    pub time_ms: Option<i64>,
    /// Since when a counter counts, in milliseconds, if known.
    pub start_ms: Option<i64>,
}

/// A native histogram of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramPoint {
    /// The histogram: its spans and counts agree in number, no bucket is empty.
    pub histogram: Histogram,
    /// Whether the counts came as integers.
    pub integer: bool,
    /// When, in milliseconds, if the exposition says so.
    pub time_ms: Option<i64>,
    /// Since when it counts, in milliseconds, if known.
    pub start_ms: Option<i64>,
}

/// Whether to go on.
pub type Flow = ControlFlow<()>;

/// Where an exposition goes. What is borrowed lives as long as the call.
pub trait ExpositionSink {
    /// Takes a fact about a metric family.
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow;
    /// Takes a value of a series.
    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow;
    /// Takes a native histogram of a series.
    fn histogram(&mut self, series: &SeriesRef<'_>, point: HistogramPoint) -> Flow;
    /// Takes an exemplar of the sample or histogram that was given last.
    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow;
}

/// How much was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Samples and histograms given to the sink.
    pub samples: u64,
    /// Whether the sink said to stop before the end.
    pub stopped: bool,
}

/// Parses a whole exposition. What comes before an error has been given to the sink by then.
pub fn parse(
    body: &[u8],
    format: Format,
    options: &Options,
    sink: &mut dyn ExpositionSink,
) -> Result<Outcome, Error> {
    match format {
        Format::PrometheusText => prometheus::parse(body, options, sink),
        Format::OpenMetrics => openmetrics::parse(body, options, sink),
        Format::Protobuf => protobuf::parse(body, options, sink),
    }
}

#[cfg(test)]
mod tests;
