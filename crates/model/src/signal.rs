//! The kinds of telemetry.

use std::fmt;

/// A kind of telemetry with storage of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Spans of traces.
    Spans,
    /// Log records.
    Logs,
    /// Samples of metrics.
    Samples,
}

impl Signal {
    /// All signals that are stored.
    pub const ALL: [Signal; 3] = [Signal::Spans, Signal::Logs, Signal::Samples];
    /// The signals that are stored as rows of a table.
    pub const TABLES: [Signal; 2] = [Signal::Spans, Signal::Logs];

    /// The name in paths, status and parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Signal::Spans => "spans",
            Signal::Logs => "logs",
            Signal::Samples => "samples",
        }
    }

    /// The signal of a name that `as_str` gives.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.as_str() == name)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
