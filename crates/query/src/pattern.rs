//! Patterns of log lines: lines that differ in a few words only become one, after the way of Drain
//! (He and others, "Drain: an online log parsing approach with fixed depth tree", 2017).
//!
//! Numbers, ids, times and quoted texts are variable from the start (`mask.rs`); lines of the same
//! number of words that agree in half of them are merged, and what differs becomes variable, too
//! (`template.rs`, `tree.rs`). Every constant part of a pattern stands in each of its lines, so
//! line filters made of them find at least these lines (`filter.rs`).

mod filter;
mod mask;
pub(crate) mod read;
mod template;
mod tree;

use crate::log::LogConditions;
use tacho_model::id::RecordId;
use tacho_model::time::{TimeRange, Timestamp};

/// Parts of a trend.
pub const TREND_PARTS: usize = 30;

/// Which lines are grouped.
#[derive(Debug, Clone, PartialEq)]
pub struct PatternRequest {
    /// Conditions on log records.
    pub conditions: LogConditions,
    /// At most so many lines are looked at, the newest, above 0.
    pub lines: usize,
    /// At most so many patterns are given, the most frequent, above 0.
    pub limit: usize,
}

/// The patterns of some lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns {
    /// The most frequent first.
    pub patterns: Vec<Pattern>,
    /// Lines looked at.
    pub lines: u64,
    /// There are more lines that match.
    pub sampled: bool,
    /// The time that trends are of: what was asked for, as far as lines were looked at.
    pub range: TimeRange,
}

/// Lines that differ in a few words only.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The line with `<*>` for what differs.
    pub pattern: String,
    /// Its lines among those looked at.
    pub count: u64,
    /// The highest severity number among them.
    pub severity: u8,
    /// Time of the earliest.
    pub first: Timestamp,
    /// Time of the latest.
    pub last: Timestamp,
    /// Id of the latest.
    pub example: RecordId,
    /// Stages of LogQL that find at least these lines.
    pub query: String,
    /// Lines in each of equal parts of the range.
    pub trend: [u64; TREND_PARTS],
}
