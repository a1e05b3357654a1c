//! Query texts to conditions: what TraceQL and LogQL mean, in terms of the read trait's filter.

use crate::condition::Condition;
use crate::error::{Error, Result};
use tacho_model::signal::Signal;

/// A query text that was read and validated.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// What it is about.
    pub signal: Signal,
    /// What it asks.
    pub condition: Condition,
}

/// Reads a TraceQL text; `Invalid` with diagnostics if it is not one, or not supported.
pub fn compile_traceql(text: &str) -> Result<Compiled> {
    tacho_syntax::traceql::check(text).map_err(|diagnostics| Error::query(text, diagnostics))?;
    Ok(Compiled {
        signal: Signal::Spans,
        condition: Condition::Constant(true),
    })
}

/// Reads a LogQL text, likewise.
pub fn compile_logql(text: &str) -> Result<Compiled> {
    tacho_syntax::logql::check(text).map_err(|diagnostics| Error::query(text, diagnostics))?;
    Ok(Compiled {
        signal: Signal::Logs,
        condition: Condition::Constant(true),
    })
}
