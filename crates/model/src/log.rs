//! Log records. Source: opentelemetry-proto `logs/v1/logs.proto`.

use crate::id::{SpanId, TraceId};
use crate::time::Timestamp;
use crate::value::{Attributes, Value};

/// Number of a severity, 1 to 24; 0 if not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SeverityNumber(pub u8);

impl SeverityNumber {
    /// Names of the six ranges of four numbers each, from 1 up.
    pub const NAMES: [&'static str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

    /// Takes OTLP's number; outside 0 to 24 it becomes 0.
    pub fn from_number(number: i32) -> Self {
        Self(u8::try_from(number).ok().filter(|n| *n <= 24).unwrap_or(0))
    }

    /// Name of the range: `TRACE` to `FATAL`, or `UNSET`.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "UNSET",
            n => Self::NAMES
                .get(usize::from(n - 1) / 4)
                .copied()
                .unwrap_or("UNSET"),
        }
    }

    /// Lowest number of a named range, of either case; `None` for another name.
    pub fn parse(name: &str) -> Option<Self> {
        let upper = name.to_ascii_uppercase();
        let name = match upper.as_str() {
            "WARNING" => "WARN",
            "ERR" => "ERROR",
            "CRITICAL" => "FATAL",
            other => other,
        };
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        Some(Self(u8::try_from(index * 4 + 1).unwrap_or(0)))
    }
}

/// One record of a log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogRecord {
    /// When it happened; the time of observation where the sender gave none, else of arrival.
    pub time: Timestamp,
    /// When the collecting system saw it; 0 if not said.
    pub observed_time: Timestamp,
    /// How severe, as a number.
    pub severity_number: SeverityNumber,
    /// How severe, in the sender's words.
    pub severity_text: String,
    /// What it says; any type.
    pub body: Value,
    /// Name that identifies the kind of event; empty for plain records.
    pub event_name: String,
    /// Attributes of the record.
    pub attributes: Attributes,
    /// Attributes dropped by the sender or over our limits.
    pub dropped_attributes_count: u32,
    /// W3C trace flags.
    pub flags: u32,
    /// Trace during which it was written; zero if none.
    pub trace_id: TraceId,
    /// Span during which it was written; zero if none.
    pub span_id: SpanId,
    /// Text of a trace id that was sent as something else than hexadecimal.
    pub trace_alias: Option<String>,
    /// Text of a span id that was sent as something else than hexadecimal.
    pub span_alias: Option<String>,
}
