//! Traces: the list, and one trace with its spans.

use crate::count::Count;
use crate::resource::{Attributes, Resource, Scope};
use crate::stats::QueryStats;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use utoipa::ToSchema;

/// A page of traces, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceList {
    /// The traces.
    pub traces: Vec<TraceSummary>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// With another order than the newest first: traces that match and were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned_traces: Option<Count>,
    /// With another order: more traces match than were looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// What the query cost.
    pub stats: QueryStats,
}

/// One trace in a list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceSummary {
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// Texts under which the trace was sent, where they were not hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Service of the root span; absent while none has arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_service: Option<String>,
    /// Name of the root span; absent while none has arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_name: Option<String>,
    /// While no root span has arrived: name of the earliest span whose parent is not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// While no root span has arrived: service of that span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_service: Option<String>,
    /// Start of the earliest span.
    #[schema(format = DateTime)]
    pub start_time: String,
    /// Milliseconds from the earliest start to the latest end.
    pub duration_ms: f64,
    /// Number of spans.
    pub span_count: Count,
    /// Number of spans with status `ERROR`.
    pub error_count: Count,
    /// Services that took part, sorted.
    pub services: Vec<String>,
}

/// One trace; its spans in pages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// Texts under which the trace was sent, where they were not hexadecimal.
    pub aliases: Vec<String>,
    /// Id of the root span; absent while none has arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_span: Option<String>,
    /// Services that took part, sorted.
    pub services: Vec<String>,
    /// Start of the earliest span.
    #[schema(format = DateTime)]
    pub start_time: String,
    /// End of the latest span.
    #[schema(format = DateTime)]
    pub end_time: String,
    /// Milliseconds between the two.
    pub duration_ms: f64,
    /// `ERROR` if any span has it, else that of the root span.
    pub status: SpanStatus,
    /// Number of spans in all pages.
    pub span_count: Count,
    /// Resources that the spans of this page point at.
    pub resources: Vec<Resource>,
    /// Scopes that the spans of this page point at.
    pub scopes: Vec<Scope>,
    /// Spans by start.
    pub spans: Vec<Span>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Large values that are shown as `$ref` although they were asked for in full: their content
    /// is gone, or did not fit into the page.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub omitted_values: Count,
}

/// One span.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// 16 hexadecimal digits.
    pub span_id: String,
    /// The parent; absent for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<String>,
    /// Texts under which ids were sent, where they were not hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aliases: Option<SpanAliases>,
    /// Name of the operation.
    pub operation_name: String,
    /// `service.name` of the resource.
    pub service_name: String,
    /// Role of the span.
    pub kind: SpanKind,
    /// When the work began.
    #[schema(format = DateTime)]
    pub start_time: String,
    /// When the work ended.
    #[schema(format = DateTime)]
    pub end_time: String,
    /// Milliseconds between the two; below 0 where the sender's clock went back.
    pub duration_ms: f64,
    /// How the work ended.
    pub status: SpanStatus,
    /// Text of the status.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_message: String,
    /// What describes it.
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// Points in time during the span.
    pub events: Vec<SpanEvent>,
    /// Other spans it has to do with.
    pub links: Vec<SpanLink>,
    /// W3C trace state.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace_state: String,
    /// W3C trace flags and OTLP's bits above them.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub flags: Count,
    /// Attributes dropped by the sender or over our limits.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_attributes_count: Count,
    /// Events dropped by the sender or over our limits.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_events_count: Count,
    /// Links dropped by the sender or over our limits.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_links_count: Count,
    /// Index into `resources`.
    pub resource: u32,
    /// Index into `scopes`.
    pub scope: u32,
}

/// Texts under which the ids of a span were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanAliases {
    /// Of the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// Of the parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<String>,
}

/// A named point in time during a span.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanEvent {
    /// What it is called.
    pub name: String,
    /// When it happened.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// What describes it.
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_attributes_count: Count,
}

/// A reference to another span.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanLink {
    /// Its trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// What describes the link.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// W3C trace state.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace_state: String,
    /// W3C trace flags.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub flags: Count,
    /// Attributes that the sender dropped.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_attributes_count: Count,
}

/// How work ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpanStatus {
    /// Nothing was said.
    #[default]
    Unset,
    /// It went well.
    Ok,
    /// It failed.
    Error,
}

/// Role of a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpanKind {
    /// Not said.
    #[default]
    Unspecified,
    /// Inside an application.
    Internal,
    /// Handles a request from outside.
    Server,
    /// Sends a request outside.
    Client,
    /// Sends a message.
    Producer,
    /// Takes a message.
    Consumer,
}

/// A span by itself, as a live stream sends it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveSpan {
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// The span; its `resource` and `scope` are 0 and mean the ones below.
    pub span: Span,
    /// Who emitted it.
    pub resource: Resource,
    /// The library that emitted it.
    pub scope: Scope,
}
