//! The outline of a trace: everything that a waterfall, a flame graph and a graph of agents need,
//! in columns, without attributes. Spans stand parents first; where a trace has more spans than
//! were asked for, subtrees are left out and can be asked for one by one.

use crate::count::Count;
use crate::resource::{Resource, Scope};
use crate::trace::{Span, SpanStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The outline of a trace or of a subtree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceOutline {
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// Texts under which the trace was sent, where they were not hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Start of the earliest span of the trace; offsets count from here.
    #[schema(format = DateTime)]
    pub start_time: String,
    /// Milliseconds from there to the latest end.
    pub duration_ms: f64,
    /// `ERROR` if any span has it, else that of the root span.
    pub status: SpanStatus,
    /// Name of the root span, else of the earliest span whose parent is not here.
    pub name: String,
    /// Service of that span.
    pub service: String,
    /// The root span has arrived. While it has not, the trace is running, or its root was lost.
    pub complete: bool,
    /// When the newest part of the trace was seen to end; with `complete` false this tells a
    /// running trace from a lost root.
    #[schema(format = DateTime)]
    pub end_time: String,
    /// Spans of the whole trace.
    pub span_count: Count,
    /// Spans with status `ERROR` of the whole trace.
    pub error_count: Count,
    /// Services that took part, those with the most spans first.
    pub services: Vec<OutlineParty>,
    /// Agents that took part, by name, those with the most spans first; empty if none is named.
    pub agents: Vec<OutlineParty>,
    /// Tokens, money and calls of the whole trace, where the attributes carry them.
    pub usage: Usage,
    /// Names of operations; `spans.name` points here.
    pub names: Vec<String>,
    /// The spans of this answer, in columns of equal length: a parent stands before its children,
    /// children by start, depth first.
    pub spans: OutlineSpans,
    /// The chain of spans that decided how long the whole trace (or subtree) took. Segments do not
    /// overlap and, with the gaps in which no span was running, sum to the duration. By time.
    /// Of children that overlap the one that finished last counts; one that outlives its parent is
    /// followed to its end; one that starts before its parent counts from the parent's start.
    pub critical_path: Vec<CriticalSegment>,
    /// More spans than these belong to the trace or subtree; with `skip`, to what is left of it.
    pub cut: bool,
}

/// A service or agent of a trace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutlineParty {
    /// Its name.
    pub name: String,
    /// Its colour slot, the same on every page; clients take it modulo the colours they have.
    pub slot: u32,
    /// Its spans.
    pub span_count: Count,
    /// Its spans with status `ERROR`.
    pub error_count: Count,
    /// What it used.
    pub usage: Usage,
}

/// Tokens, money and calls; what was not told is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Calls of models.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub model_calls: Count,
    /// Calls of tools.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub tool_calls: Count,
    /// Tokens in, cached ones included.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub input_tokens: Count,
    /// Tokens in that came from the cache.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub cached_tokens: Count,
    /// Tokens out, reasoning included.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub output_tokens: Count,
    /// US dollars, where spans tell a cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
}

/// Spans in columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutlineSpans {
    /// Span ids, 16 hexadecimal digits.
    pub id: Vec<String>,
    /// Row of the parent; -1 for a root, for the `root` that was asked for, and for the earliest of spans
    /// whose parents go in a circle; -2 where the parent has not arrived.
    pub parent: Vec<i32>,
    /// Milliseconds from the start of the trace.
    pub start_ms: Vec<f64>,
    /// Milliseconds; below 0 where the sender's clock went back.
    pub duration_ms: Vec<f64>,
    /// Index into `names`.
    pub name: Vec<u32>,
    /// Index into `services`.
    pub service: Vec<u32>,
    /// Index into `agents`; -1 without an agent. Spans that name none have that of the nearest span above.
    pub agent: Vec<i32>,
    /// OTLP's number of the kind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    pub kind: Vec<u8>,
    /// 0 unset, 1 ok, 2 error.
    pub status: Vec<u8>,
    /// Number of events.
    pub events: Vec<u32>,
    /// Children in the whole trace; more than stand here where the outline is cut.
    pub children: Vec<u32>,
    /// Spans below it in the whole trace, children included.
    pub below: Vec<u32>,
    /// Spans with status `ERROR` below it in the whole trace.
    pub errors_below: Vec<u32>,
    /// What the span is to an agent system: 0 other, 1 model call, 2 tool call, 3 agent, 4 workflow.
    pub role: Vec<u8>,
    /// A few words beside the name: model, tool, file, route, statement; empty if there is nothing.
    pub detail: Vec<String>,
}

/// A piece of the critical path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CriticalSegment {
    /// Row of the span in `spans`; -1 if the outline is cut and the span is not in it.
    pub span: i32,
    /// Milliseconds from the start of the trace.
    pub start_ms: f64,
    /// Milliseconds from the start of the trace.
    pub end_ms: f64,
}

/// One span with where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanDocument {
    /// Its trace.
    pub trace_id: String,
    /// The span; its indices point at 0.
    pub span: Span,
    /// Who sent it.
    pub origin: Resource,
    /// Which library made it.
    pub instrumentation: Scope,
    /// Large values that are shown as `$ref`: previews were asked for, their content is gone, or
    /// did not fit.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub omitted_values: Count,
}
