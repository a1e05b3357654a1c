//! PromQL, TraceQL and LogQL: text to tree, diagnostics with positions, formatting, completion facts.
//!
//! PromQL is the full language of Prometheus. The other two are strict subsets of what Tempo and Loki
//! document; whatever lies beyond gets a diagnostic that says so. Start at `promql::parse`,
//! `traceql::check` and `logql::check`. This crate evaluates nothing: the meaning of a tree is given
//! by the query crate.

pub mod completion;
pub mod diagnostic;
pub mod fuzzing;
pub mod logql;
pub mod pattern;
pub mod promql;
pub mod traceql;

mod literal;
mod scan;

/// Longest query text in bytes; longer texts get a diagnostic.
pub const QUERY_BYTES_MAX: usize = 128 * 1024;
/// Deepest nesting of parentheses and operators; deeper texts get a diagnostic.
pub const DEPTH_MAX: usize = 100;
/// Most problems reported for one text.
pub const DIAGNOSTICS_MAX: usize = 20;
