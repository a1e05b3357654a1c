//! Traits through which a decoder hands items over one by one, without building `Span` or
//! `LogRecord`. `wire` calls them, the columns of `storage` and the judge of `ingest` implement
//! them.
//!
//! Order of calls: `resource`, then `scope`, then per item `begin_…`, and if that returned true,
//! its attributes, events and links in any order, then `end_…`. Items are numbered from 0 by
//! their `begin_…` call; refused ones are counted too.

use crate::id::{IdError, SpanId, TraceId};
use crate::log::SeverityNumber;
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
