//! How everything fares: one pass over the spans of a range and of the time before it, summed up
//! for figures, pictures and what needs a look. Start at `scan.rs`; the rules are in `attention.rs`.

mod agents;
mod attention;
mod books;
mod operations;
mod scan;
mod traces;
mod words;

use crate::buckets::{Buckets, Heat};
use crate::error::Result;
use crate::run::Run;
use crate::sketch::Sketch;
use crate::tally::Tally;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::time::Timestamp;

/// How everything fares. The time before is as long as the range.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The buckets of the range.
    pub buckets: Buckets,
    /// Entry spans (roots, servers, consumers) of the range.
    pub requests: Tally,
    /// Their durations over time.
    pub heat: Heat,
    /// 95th percentile of their durations a bucket, nanoseconds; 0 without any.
    pub p95_trend: Vec<i64>,
    /// Those that ran into a timeout.
    pub timeouts: u64,
    /// Entry spans before.
    pub before: Before,
    /// Minutes of the time before.
    pub before_minutes: f64,
    /// Requests a bucket by service, the busiest first, at most `SERVICES_SHOWN`.
    pub throughput: Vec<(String, Vec<u32>)>,
    /// Traces under way at the end of each bucket; `None` if there are too many to tell.
    pub running: Option<Vec<u64>>,
    /// Tokens in and out of calls of models, a bucket; empty if no span told any.
    pub tokens: Vec<u64>,
    /// The same in all before.
    pub tokens_before: u64,
    /// Log records of severity `ERROR` and above a bucket.
    pub error_logs: Vec<u64>,
    /// The same in all before.
    pub error_logs_before: u64,
    /// Agents, the busiest first, at most `AGENTS_SHOWN`.
    pub agents: Vec<Agent>,
    /// Mean of the waits that spans told, milliseconds.
    pub mean_wait_ms: Option<f64>,
    /// What needs a look, the worst first, at most `ATTENTION_MAX`.
    pub attention: Vec<Attention>,
}

/// Entry spans of the time before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Before {
    /// Spans.
    pub count: u64,
    /// Those with status `ERROR`.
    pub errors: u64,
    /// How long they took.
    pub durations: Sketch,
}

/// How busy the agents of a name were.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// The name.
    pub name: String,
    /// Share (0 to 1) of the range in which at least one of its spans ran.
    pub busy: f64,
    /// Its spans.
    pub span_count: u64,
    /// Its spans with status `ERROR`.
    pub error_count: u64,
}

/// Something that needs a look.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    /// What it is.
    pub kind: AttentionKind,
    /// Somebody must act now.
    pub critical: bool,
    /// Share of all requests that it concerns; for the order.
    pub weight: f64,
    /// What happened, with its number and what it is compared with.
    pub message: String,
    /// The service.
    pub service: String,
    /// The operation, where it is about one.
    pub operation: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The value that stands out: a share (0 to 1) of failing, milliseconds of slow ones, minutes
    /// of stuck and silent ones.
    pub value: Option<f64>,
    /// What it usually is.
    pub usual: Option<f64>,
    /// A span that shows it.
    pub example: Option<(TraceId, SpanId)>,
    /// One entry a bucket.
    pub trend: Vec<f64>,
}

/// What needs a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttentionKind {
    /// An operation fails.
    Failing,
    /// An operation is slow against its own past.
    Slow,
    /// Traces began and neither ended nor moved for long.
    Stuck,
    /// A service that sent before sends nothing any more.
    Silent,
}

/// Keys that name an agent, the most telling first.
pub(crate) const AGENT_KEYS: [&str; 5] = [
    "agent.type",
    "gen_ai.agent.name",
    "agent.name",
    "agent.id",
    "agent",
];

/// Services whose throughput is shown.
pub const SERVICES_SHOWN: usize = 12;
/// Agents that are shown.
pub const AGENTS_SHOWN: usize = 50;
/// Things that need a look that are told.
pub const ATTENTION_MAX: usize = 50;

/// How everything fares in a range.
pub(crate) fn overview(run: &Run<'_>, buckets: Buckets) -> Result<Overview> {
    let mut sums = scan::Sums::new(run, buckets);
    sums.scan(run)?;
    let (error_logs, error_logs_before) = sums.times.error_logs(run)?;
    let attention = attention::of(run, &mut sums)?;
    let requests = sums.requests;
    Ok(Overview {
        buckets,
        p95_trend: requests.p95_trend(),
        requests: requests.tally,
        heat: requests.heat,
        timeouts: requests.timeouts,
        before: requests.before,
        before_minutes: sums.times.before_minutes(),
        throughput: sums.services.throughput(),
        running: sums.traces.running(&sums.times),
        tokens: sums.tokens.buckets,
        tokens_before: sums.tokens.before,
        error_logs,
        error_logs_before,
        agents: sums.agents.finish(&sums.times),
        mean_wait_ms: sums.waits.mean(),
        attention,
    })
}
