//! Traces: the list with its conditions, and one trace in pages.

pub(crate) mod list;
pub(crate) mod ordered;
pub(crate) mod pages;
pub(crate) mod summary;

use crate::page::{Omitted, PageRequest, Values};
use std::sync::Arc;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::{Span, SpanStatus};
use tacho_model::time::{TimeRange, Timestamp};

/// Conditions on spans; all of them hold on one span.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanConditions {
    /// TraceQL; see `compile::compile_traceql`.
    pub query: Option<String>,
    /// `service.name` of the resource.
    pub service: Option<String>,
    /// Name of the span.
    pub name: Option<String>,
    /// Status of the span.
    pub status: Option<SpanStatus>,
    /// Keys with values as text: the span's, else the resource's, else the scope's.
    pub attributes: Vec<(String, String)>,
    /// The trace; aliases are resolved by the caller.
    pub trace_id: Option<TraceId>,
    /// The span took at least so many nanoseconds.
    pub min_duration_ns: Option<i64>,
    /// The span took at most so many nanoseconds.
    pub max_duration_ns: Option<i64>,
    /// The span overlaps this range.
    pub range: TimeRange,
}

impl SpanConditions {
    /// Every span of a range.
    pub fn all(range: TimeRange) -> Self {
        Self {
            query: None,
            service: None,
            name: None,
            status: None,
            attributes: Vec::new(),
            trace_id: None,
            min_duration_ns: None,
            max_duration_ns: None,
            range,
        }
    }
}

/// Which traces to list: those with a span that meets all conditions, newest first.
///
/// Pages go by the start of the newest span that meets the conditions on spans; inside a page
/// traces stand by their own start, latest first. A trace is on one page only.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceSearch {
    /// The conditions.
    pub conditions: SpanConditions,
    /// The page.
    pub page: PageRequest,
}

/// A page of traces.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceList {
    /// The traces.
    pub traces: Vec<TraceSummary>,
    /// For the next page; `None` on the last.
    pub next_cursor: Option<String>,
}

/// Another order of traces than the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceOrder {
    /// The longest first.
    Duration,
    /// Those with the most failed spans first.
    Errors,
    /// Those with the most spans first.
    Spans,
}

/// The first traces of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderedTraces {
    /// The traces.
    pub traces: Vec<TraceSummary>,
    /// So many that match were looked at, the newest.
    pub looked_at: u64,
    /// More match.
    pub partial: bool,
}

/// One trace in a list; of the whole trace, not only of what matched.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceSummary {
    /// The trace.
    pub trace_id: TraceId,
    /// Texts under which its id was sent, where they were not hexadecimal; sorted, at most 16.
    pub aliases: Vec<String>,
    /// The span without parent; where none has arrived, the earliest whose parent is not here.
    pub root_span: SpanId,
    /// Whether `root_span` is without parent.
    pub root_arrived: bool,
    /// `service.name` of the root's resource; `unknown_service` if it has none.
    pub root_service: String,
    /// Name of the root.
    pub root_name: String,
    /// Earliest start.
    pub start: Timestamp,
    /// Latest end.
    pub end: Timestamp,
    /// Nanoseconds from the earliest start to the latest end.
    pub duration_ns: i64,
    /// `Error` if any span has it, else that of the root.
    pub status: SpanStatus,
    /// Number of spans.
    pub span_count: u64,
    /// Number of spans with status `Error`.
    pub error_count: u64,
    /// Services that took part, sorted.
    pub services: Vec<String>,
}

/// Which page of a trace is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceRequest {
    /// The trace; aliases are resolved by the caller.
    pub trace_id: TraceId,
    /// At most so many spans; above `Limits::trace_spans_max` it is that.
    pub limit: usize,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// What is given of large values.
    pub values: Values,
}

/// A page of a trace: its spans by start, then by id.
#[derive(Debug, Clone, PartialEq)]
pub struct TracePage {
    /// The whole trace.
    pub summary: TraceSummary,
    /// Resources that spans of this page point at.
    pub resources: Vec<Arc<Resource>>,
    /// Scopes that spans of this page point at.
    pub scopes: Vec<Arc<Scope>>,
    /// The spans.
    pub spans: Vec<PlacedSpan>,
    /// For the next page; `None` on the last.
    pub next_cursor: Option<String>,
    /// Large values that stay references although they were asked for in full.
    pub omitted: Omitted,
}

/// A span with where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedSpan {
    /// The span.
    pub span: Span,
    /// Its resource's place in `resources`.
    pub resource: u32,
    /// Its scope's place in `scopes`.
    pub scope: u32,
}
