//! Query texts to conditions: what TraceQL and LogQL mean, in terms of the read trait's filter.

pub mod logql;
pub mod names;
pub mod reading;

mod traceql;

use crate::condition::Condition;
use crate::error::{Error, Result};
use logql::LogPlan;
use tacho_syntax::diagnostic::Diagnostic;
use tacho_syntax::traceql::filter::Filter;
use tacho_syntax::{logql as logql_syntax, traceql as traceql_syntax};

/// Reads a TraceQL text; `Invalid` with diagnostics if it is not one, or not supported. An empty
/// text is every span.
pub fn compile_traceql(text: &str) -> Result<Condition> {
    if text.trim().is_empty() {
        return Ok(Condition::Item(tacho_storage::filter::Filter::All));
    }
    let wrong = |diagnostics: Vec<Diagnostic>| Error::query(text, diagnostics);
    let query = traceql_syntax::check(text).map_err(wrong)?;
    let filter = Filter::from_query(&query).map_err(wrong)?;
    traceql::condition(&filter)
}

/// Reads a LogQL text, likewise. Which attributes its names stand for is decided when it runs.
pub fn compile_logql(text: &str) -> Result<LogPlan> {
    if text.trim().is_empty() {
        return Ok(LogPlan::everything());
    }
    let query = logql_syntax::check(text).map_err(|diagnostics| Error::query(text, diagnostics))?;
    Ok(LogPlan::new(query))
}
