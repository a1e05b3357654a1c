//! The outline of a trace: all its spans as a tree, in few words each, with what agents used and
//! the critical path. Read with the columns and keys that this needs only. Start at `read.rs`.

mod choose;
pub(crate) mod critical;
mod detail;
mod party;
pub(crate) mod read;
pub(crate) mod span;
pub(crate) mod tree;

use crate::page::Omitted;
use crate::role::Role;
use crate::trace::TraceSummary;
use crate::usage::Usage;
use std::sync::Arc;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::Span;

/// Which part of a trace is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineRequest {
    /// The trace; aliases are resolved by the caller.
    pub trace_id: TraceId,
    /// Only this span and what is below it.
    pub root: Option<SpanId>,
    /// With `root`: leaves out so many of its first children and what is below them.
    pub skip: usize,
    /// At most so many spans, above 0.
    pub limit: usize,
}

/// A trace or subtree as a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The whole trace.
    pub summary: TraceSummary,
    /// Services of the whole trace, those with the most spans first.
    pub services: Vec<Party>,
    /// Agents of the whole trace, likewise.
    pub agents: Vec<Party>,
    /// What the whole trace used.
    pub usage: Usage,
    /// Names of spans; `OutlineRow::name` points here.
    pub names: Vec<String>,
    /// The spans, parents before children, children by start, depth first.
    pub rows: Vec<OutlineRow>,
    /// The critical path of the whole trace, or of the subtree; by time.
    pub critical_path: Vec<Segment>,
    /// There are more spans than these in the trace or subtree.
    pub cut: bool,
}

/// A service or an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// Its spans.
    pub spans: u64,
    /// Its spans with status `Error`.
    pub errors: u64,
    /// What it used.
    pub usage: Usage,
}

/// A span in few words.
#[derive(Debug, Clone, PartialEq)]
pub struct OutlineRow {
    /// Its id.
    pub id: SpanId,
    /// Place of the parent in `rows`; -1 for a root, -2 where the parent has not arrived.
    pub parent: i32,
    /// Nanoseconds from the start of the trace.
    pub start_ns: i64,
    /// Nanoseconds; negative where the sender's clock went back.
    pub duration_ns: i64,
    /// Place of its name in `names`.
    pub name: u32,
    /// Place of its service in `services`.
    pub service: u32,
    /// Place of its agent in `agents`, its own or that of the nearest span above; -1 without.
    pub agent: i32,
    /// OTLP's number of the kind.
    pub kind: u8,
    /// OTLP's number of the status.
    pub status: u8,
    /// Number of events.
    pub events: u32,
    /// Children in the whole trace.
    pub children: u32,
    /// Spans below it in the whole trace.
    pub below: u32,
    /// Spans with status `Error` below it in the whole trace.
    pub errors_below: u32,
    /// What it is to an agent system.
    pub role: Role,
    /// A few words, 80 characters at most.
    pub detail: String,
}

/// A piece of the critical path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Place of the span in `rows`; -1 if it is not there.
    pub row: i32,
    /// Nanoseconds from the start of the trace.
    pub start_ns: i64,
    /// Likewise, above `start_ns`.
    pub end_ns: i64,
}

/// One span by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanDocument {
    /// The span.
    pub span: Span,
    /// Who emitted it.
    pub resource: Arc<Resource>,
    /// The library that emitted it.
    pub scope: Arc<Scope>,
    /// Large values that stay references although they were asked for in full.
    pub omitted: Omitted,
}
