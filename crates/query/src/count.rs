//! Counts of spans and log records, over time and split by a name.

pub(crate) mod groups;

use crate::log::LogConditions;
use crate::trace::SpanConditions;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;

/// Conditions on items of either signal.
#[derive(Debug, Clone, PartialEq)]
pub enum Conditions {
    /// On spans.
    Spans(SpanConditions),
    /// On log records.
    Logs(LogConditions),
}

impl Conditions {
    /// The signal.
    pub fn signal(&self) -> Signal {
        match self {
            Conditions::Spans(_) => Signal::Spans,
            Conditions::Logs(_) => Signal::Logs,
        }
    }
}

/// What to count. Spans count at their start.
#[derive(Debug, Clone, PartialEq)]
pub struct CountRequest {
    /// The conditions.
    pub conditions: Conditions,
    /// Length of a time bucket in nanoseconds, above 0; buckets start at multiples of it.
    pub step_ns: Option<i64>,
    /// Splits by a name; an attribute or a fixed field, see `label`.
    pub by: Option<String>,
}

/// How many items there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// In all.
    pub count: u64,
    /// By time, then value; groups without items are left out. Empty without step and split.
    pub groups: Vec<CountGroup>,
}

/// One group of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountGroup {
    /// Start of the bucket; `None` without a step.
    pub time: Option<Timestamp>,
    /// Value of the split; `None` without one and for items that lack it.
    pub value: Option<String>,
    /// Number of items.
    pub count: u64,
}
