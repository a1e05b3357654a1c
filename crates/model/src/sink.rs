//! Traits through which a decoder hands items over one by one, without building `Span` or
//! `LogRecord`. `wire` calls them, the columns of `storage` and the judge of `ingest` implement
//! them.
//!
//! Order of calls: `resource`, then `scope`, then per item `begin_…`, and if that returned true,
//! its attributes, events and links in any order, then `end_…`. Items are numbered from 0 by
//! their `begin_…` call; refused ones are counted too.

use crate::id::{IdError, SpanId, TraceId};
use crate::log::SeverityNumber;
use crate::metric::MetricData;
use crate::resource::{Resource, Scope};
use crate::span::{SpanEvent, SpanKind, SpanLink, SpanStatus};
use crate::value::ValueRef;

/// The fields of a span besides attributes, events and links.
#[derive(Debug, Clone)]
pub struct SpanFields<'a> {
    /// The trace id, or what is wrong with it.
    pub trace_id: Result<TraceId, IdError>,
    /// The span id, or what is wrong with it.
    pub span_id: Result<SpanId, IdError>,
    /// The parent; zero for none (an all-zero or empty parent is none).
    pub parent_span_id: Result<SpanId, IdError>,
    /// Text of a trace id that was not hexadecimal.
    pub trace_alias: Option<&'a str>,
    /// Text of a span id that was not hexadecimal.
    pub span_alias: Option<&'a str>,
    /// Text of a parent id that was not hexadecimal.
    pub parent_alias: Option<&'a str>,
    /// W3C trace state.
    pub trace_state: &'a str,
    /// Trace flags.
    pub flags: u32,
    /// Name.
    pub name: &'a str,
    /// Kind.
    pub kind: SpanKind,
    /// Start, nanoseconds since the epoch as OTLP sends it; 0 is unset.
    pub start_ns: u64,
    /// End, nanoseconds since the epoch as OTLP sends it; 0 is unset.
    pub end_ns: u64,
    /// Attributes that the sender dropped.
    pub dropped_attributes_count: u32,
    /// Events that the sender dropped.
    pub dropped_events_count: u32,
    /// Links that the sender dropped.
    pub dropped_links_count: u32,
    /// Status.
    pub status: SpanStatus,
    /// Text of the status.
    pub status_message: &'a str,
}

/// The fields of a log record besides its attributes.
#[derive(Debug, Clone)]
pub struct LogFields<'a> {
    /// Time, nanoseconds since the epoch as OTLP sends it; 0 is unset.
    pub time_ns: u64,
    /// Observed time, likewise.
    pub observed_time_ns: u64,
    /// Severity number.
    pub severity_number: SeverityNumber,
    /// Severity text.
    pub severity_text: &'a str,
    /// Body.
    pub body: ValueRef<'a>,
    /// Event name.
    pub event_name: &'a str,
    /// Attributes that the sender dropped.
    pub dropped_attributes_count: u32,
    /// Trace flags.
    pub flags: u32,
    /// The trace id; zero for none (an all-zero or empty one is none), or what is wrong with it.
    pub trace_id: Result<TraceId, IdError>,
    /// The span id, likewise.
    pub span_id: Result<SpanId, IdError>,
    /// Text of a trace id that was not hexadecimal.
    pub trace_alias: Option<&'a str>,
    /// Text of a span id that was not hexadecimal.
    pub span_alias: Option<&'a str>,
}

/// Takes spans as they are decoded.
pub trait SpanSink {
    /// The resource of the spans that follow.
    fn resource(&mut self, resource: Resource);
    /// The scope of the spans that follow.
    fn scope(&mut self, scope: Scope);
    /// Starts a span. False: the span is refused, the decoder skips the rest of it and does not
    /// call `end_span`.
    fn begin_span(&mut self, fields: &SpanFields<'_>) -> bool;
    /// An attribute of the span.
    fn attribute(&mut self, key: &str, value: ValueRef<'_>);
    /// An event of the span.
    fn event(&mut self, event: SpanEvent);
    /// A link of the span.
    fn link(&mut self, link: SpanLink);
    /// The span is complete.
    fn end_span(&mut self);
}

/// Takes log records as they are decoded.
pub trait LogSink {
    /// The resource of the records that follow.
    fn resource(&mut self, resource: Resource);
    /// The scope of the records that follow.
    fn scope(&mut self, scope: Scope);
    /// Starts a record. False: the record is refused, the decoder skips the rest of it and does
    /// not call `end_record`.
    fn begin_record(&mut self, fields: &LogFields<'_>) -> bool;
    /// An attribute of the record.
    fn attribute(&mut self, key: &str, value: ValueRef<'_>);
    /// The record is complete.
    fn end_record(&mut self);
}

/// An OTLP metric: the points that follow belong to it.
#[derive(Debug, Clone, Copy)]
pub struct MetricFields<'a> {
    /// Name.
    pub name: &'a str,
    /// What it means.
    pub description: &'a str,
    /// Unit in UCUM notation.
    pub unit: &'a str,
    /// What the points are.
    pub data: MetricData,
}

/// Buckets of one side of an exponential data point.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExponentialBuckets<'a> {
    /// Index of the first bucket, as OTLP counts: bucket `i` covers `(base^i, base^(i+1)]`.
    pub offset: i32,
    /// Counts of consecutive buckets.
    pub counts: &'a [u64],
}

/// The value of a data point.
#[derive(Debug, Clone, Copy)]
pub enum PointValue<'a> {
    /// No value was sent.
    Absent,
    /// An integer.
    Int(i64),
    /// A float.
    Double(f64),
    /// Counts in explicit buckets.
    Histogram {
        /// Number of observations.
        count: u64,
        /// Their sum.
        sum: Option<f64>,
        /// Upper bounds, one fewer than counts.
        bounds: &'a [f64],
        /// Counts of each bucket; may be empty.
        counts: &'a [u64],
        /// Smallest observation.
        min: Option<f64>,
        /// Largest observation.
        max: Option<f64>,
    },
    /// Counts in exponential buckets.
    Exponential {
        /// Number of observations.
        count: u64,
        /// Their sum.
        sum: Option<f64>,
        /// Resolution.
        scale: i32,
        /// Observations in the zero bucket.
        zero_count: u64,
        /// Width of the zero bucket.
        zero_threshold: f64,
        /// Positive side.
        positive: ExponentialBuckets<'a>,
        /// Negative side.
        negative: ExponentialBuckets<'a>,
        /// Smallest observation.
        min: Option<f64>,
        /// Largest observation.
        max: Option<f64>,
    },
    /// Quantiles with their values.
    Summary {
        /// Number of observations.
        count: u64,
        /// Their sum.
        sum: f64,
        /// Pairs of quantile and value.
        quantiles: &'a [(f64, f64)],
    },
}

/// A data point besides its attributes and exemplars.
#[derive(Debug, Clone, Copy)]
pub struct PointFields<'a> {
    /// Start of what it covers, nanoseconds since the epoch; 0 is unset.
    pub start_ns: u64,
    /// When it was taken, nanoseconds since the epoch; 0 is unset.
    pub time_ns: u64,
    /// Flags; bit 0: no value was recorded (a stale marker).
    pub flags: u32,
    /// The value.
    pub value: PointValue<'a>,
    /// A number that is the same for points whose attributes have the same bytes in the same order,
    /// and hardly ever for others (128 bits).
    pub attributes_hash: u128,
    /// Where the point stands in the body, so that its attributes can be read again.
    pub place: PointPlace,
}

/// Bytes of a body that a point was decoded from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PointPlace {
    /// Offset of the first one.
    pub offset: u32,
    /// How many.
    pub length: u32,
}

/// The observed value of an exemplar.
#[derive(Debug, Clone, Copy)]
pub enum ExemplarValue {
    /// No value was sent.
    Absent,
    /// An integer.
    Int(i64),
    /// A float.
    Double(f64),
}

impl ExemplarValue {
    /// As a float; `None` without a value.
    pub fn as_f64(self) -> Option<f64> {
        match self {
            ExemplarValue::Absent => None,
            ExemplarValue::Int(value) => Some(value as f64),
            ExemplarValue::Double(value) => Some(value),
        }
    }
}

/// An exemplar of a data point; its attributes are the filtered ones.
#[derive(Debug, Clone)]
pub struct ExemplarFields<'a> {
    /// When, nanoseconds since the epoch; 0 is unset.
    pub time_ns: u64,
    /// The observed value.
    pub value: ExemplarValue,
    /// The trace; zero for none.
    pub trace_id: TraceId,
    /// The span; zero for none.
    pub span_id: SpanId,
    /// Attributes that are not on the point.
    pub attributes: &'a [(&'a str, ValueRef<'a>)],
}

/// Takes metrics as they are decoded. Order of calls: `resource`, `scope`, `begin_metric`, and if that
/// returned true, its points: `begin_point`, and if that returned true, its attributes and exemplars
/// in any order, then `end_point`. Points are numbered from 0 over the request by their `begin_point`
/// call.
pub trait MetricSink {
    /// The resource of the metrics that follow.
    fn resource(&mut self, resource: Resource);
    /// The scope of the metrics that follow.
    fn scope(&mut self, scope: Scope);
    /// The metric of the points that follow. False: its points are refused, the decoder only counts
    /// them with `skipped_points`.
    fn begin_metric(&mut self, fields: &MetricFields<'_>) -> bool;
    /// An attribute of the metric itself (its `metadata`); called before its points. Most sinks have no
    /// use for it.
    fn metric_attribute(&mut self, _key: &str, _value: ValueRef<'_>) {}
    /// So many points of a refused metric were passed over.
    fn skipped_points(&mut self, count: u64);
    /// Starts a point. False: the rest of it is skipped and `end_point` is not called.
    fn begin_point(&mut self, fields: &PointFields<'_>) -> bool;
    /// Whether the attributes of the point are wanted: a sink that knows the hash already says no.
    fn wants_attributes(&self) -> bool;
    /// An attribute of the point.
    fn attribute(&mut self, key: &str, value: ValueRef<'_>);
    /// An exemplar of the point.
    fn exemplar(&mut self, exemplar: &ExemplarFields<'_>);
    /// The point is complete.
    fn end_point(&mut self);
}
