//! Spans. Source: opentelemetry-proto `trace/v1/trace.proto`.

use crate::id::{SpanId, TraceId};
use crate::time::Timestamp;
use crate::value::Attributes;

/// Reserved attribute keys under which storage keeps the texts of ids that were not hexadecimal.
pub mod alias_key {
    /// Text of the trace id.
    pub const TRACE: &str = "tacho.alias.trace_id";
    /// Text of the span id.
    pub const SPAN: &str = "tacho.alias.span_id";
    /// Text of the parent span id.
    pub const PARENT: &str = "tacho.alias.parent_span_id";
}

/// The part of a span that does not borrow: one unit of work.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    /// Trace the span belongs to.
    pub trace_id: TraceId,
    /// The span within its trace.
    pub span_id: SpanId,
    /// The parent; zero for a root.
    pub parent_span_id: SpanId,
    /// W3C trace state as it came.
    pub trace_state: String,
    /// W3C trace flags and OTLP's bits above them.
    pub flags: u32,
    /// Name of the operation.
    pub name: String,
    /// Role of the span.
    pub kind: SpanKind,
    /// When the work began.
    pub start: Timestamp,
    /// When the work ended; may lie before `start` where the sender's clock did.
    pub end: Timestamp,
    /// Attributes of the span; aliases of ids are not among them.
    pub attributes: Attributes,
    /// Attributes dropped by the sender or over our limits.
    pub dropped_attributes_count: u32,
    /// Points in time during the span.
    pub events: Vec<SpanEvent>,
    /// Events dropped by the sender or over our limits.
    pub dropped_events_count: u32,
    /// Other spans this one has to do with.
    pub links: Vec<SpanLink>,
    /// Links dropped by the sender or over our limits.
    pub dropped_links_count: u32,
    /// How the work ended.
    pub status: SpanStatus,
    /// Text that was sent with the status.
    pub status_message: String,
    /// Texts of ids that were sent as something else than hexadecimal.
    pub aliases: Option<Box<SpanAliases>>,
}

impl Span {
    /// Nanoseconds from start to end; negative where the sender's clock went back.
    pub fn duration_ns(&self) -> i64 {
        self.end.0.saturating_sub(self.start.0)
    }
}

/// Texts of ids that were sent as something else than hexadecimal (R118).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanAliases {
    /// Text of the trace id.
    pub trace_id: Option<String>,
    /// Text of the span id.
    pub span_id: Option<String>,
    /// Text of the parent span id.
    pub parent_span_id: Option<String>,
}

/// Role of a span; the numbers are OTLP's. An unknown number becomes `Unspecified`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum SpanKind {
    /// Not said.
    #[default]
    Unspecified = 0,
    /// Inside an application.
    Internal = 1,
    /// Handles a request from outside.
    Server = 2,
    /// Sends a request outside.
    Client = 3,
    /// Sends a message.
    Producer = 4,
    /// Takes a message.
    Consumer = 5,
}

impl SpanKind {
    /// All kinds, by number.
    pub const ALL: [SpanKind; 6] = [
        SpanKind::Unspecified,
        SpanKind::Internal,
        SpanKind::Server,
        SpanKind::Client,
        SpanKind::Producer,
        SpanKind::Consumer,
    ];

    /// The kind of OTLP's number.
    pub fn from_number(number: i32) -> Self {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
            .unwrap_or_default()
    }

    /// The name in lower case, as TraceQL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            SpanKind::Unspecified => "unspecified",
            SpanKind::Internal => "internal",
            SpanKind::Server => "server",
            SpanKind::Client => "client",
            SpanKind::Producer => "producer",
            SpanKind::Consumer => "consumer",
        }
    }
}

/// How the work of a span ended; the numbers are OTLP's. An unknown number becomes `Unset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum SpanStatus {
    /// Nothing was said.
    #[default]
    Unset = 0,
    /// The application said that it went well.
    Ok = 1,
    /// It failed.
    Error = 2,
}

impl SpanStatus {
    /// The status of OTLP's number.
    pub fn from_number(number: i32) -> Self {
        match number {
            1 => SpanStatus::Ok,
            2 => SpanStatus::Error,
            _ => SpanStatus::Unset,
        }
    }

    /// The name in lower case, as TraceQL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            SpanStatus::Unset => "unset",
            SpanStatus::Ok => "ok",
            SpanStatus::Error => "error",
        }
    }
}

/// A named point in time during a span.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpanEvent {
    /// When it happened.
    pub time: Timestamp,
    /// What it is called.
    pub name: String,
    /// What describes it.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes_count: u32,
}

/// A reference from one span to another, perhaps of another trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpanLink {
    /// Trace of the other span; zero if the sender gave none.
    pub trace_id: TraceId,
    /// The other span; zero if the sender gave none.
    pub span_id: SpanId,
    /// W3C trace state as it came.
    pub trace_state: String,
    /// What describes the link.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes_count: u32,
    /// W3C trace flags.
    pub flags: u32,
}
