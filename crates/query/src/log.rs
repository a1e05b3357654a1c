//! Log records: pages with their conditions, one record, what stands around one.

pub(crate) mod context;
pub(crate) mod search;

use crate::error::{Error, Result};
use crate::page::{Omitted, PageRequest, Values};
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::time::TimeRange;
use tacho_storage::read::Order;

/// Conditions on log records; all of them hold.
#[derive(Debug, Clone, PartialEq)]
pub struct LogConditions {
    /// LogQL; see `compile::compile_logql`.
    pub query: Option<String>,
    /// `service.name` of the resource.
    pub service: Option<String>,
    /// Event name.
    pub name: Option<String>,
    /// Severity.
    pub severity: Option<SeverityCondition>,
    /// Keys with values as text: the record's, else the resource's, else the scope's.
    pub attributes: Vec<(String, String)>,
    /// The trace; aliases are resolved by the caller.
    pub trace_id: Option<TraceId>,
    /// The span, likewise.
    pub span_id: Option<SpanId>,
    /// The record's time lies in this range.
    pub range: TimeRange,
}

impl LogConditions {
    /// Every record of a range.
    pub fn all(range: TimeRange) -> Self {
        Self {
            query: None,
            service: None,
            name: None,
            severity: None,
            attributes: Vec::new(),
            trace_id: None,
            span_id: None,
            range,
        }
    }
}

/// Which severities are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeverityCondition {
    /// This one and what is more severe.
    AtLeast(SeverityNumber),
    /// Those whose name (`TRACE` to `FATAL`, `UNSET`) is one of these.
    OneOf(Vec<&'static str>),
}

impl SeverityCondition {
    /// Reads a name or a number of 1 to 24 (at least that), or names separated by commas (one of
    /// them).
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            let message = format!("unknown severity {text:?}");
            Error::invalid("severity", message)
                .with_hint("TRACE, DEBUG, INFO, WARN, ERROR, FATAL, a number of 1 to 24, or names separated by commas")
        };
        if text.contains(',') {
            let one = |name: &str| match name.trim() {
                unset if unset.eq_ignore_ascii_case("unset") => Ok("UNSET"),
                name => Ok(SeverityNumber::parse(name).ok_or_else(wrong)?.name()),
            };
            return Ok(Self::OneOf(
                text.split(',').map(one).collect::<Result<_>>()?,
            ));
        }
        if text.trim().eq_ignore_ascii_case("unset") {
            return Ok(Self::OneOf(vec!["UNSET"]));
        }
        let number = match text.trim().parse::<u8>() {
            Ok(number) => (1..=24).contains(&number).then_some(SeverityNumber(number)),
            Err(_) => SeverityNumber::parse(text.trim()),
        };
        number.map(Self::AtLeast).ok_or_else(wrong)
    }
}

/// Which log records to give.
#[derive(Debug, Clone, PartialEq)]
pub struct LogSearch {
    /// The conditions.
    pub conditions: LogConditions,
    /// By time, then id.
    pub order: Order,
    /// The page.
    pub page: PageRequest,
    /// What is given of large values.
    pub values: Values,
}

/// A page of log records. It ends early where it would be too many bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct LogPage {
    /// The records.
    pub records: Vec<PlacedRecord>,
    /// Resources that the records point at.
    pub resources: Vec<Arc<Resource>>,
    /// Scopes that the records point at.
    pub scopes: Vec<Arc<Scope>>,
    /// For the next page; `None` on the last.
    pub next_cursor: Option<String>,
    /// Large values that stay references although they were asked for in full.
    pub omitted: Omitted,
}

/// A record with where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedRecord {
    /// Its permalink.
    pub id: RecordId,
    /// The record.
    pub record: LogRecord,
    /// Its resource's place in `resources`.
    pub resource: u32,
    /// Its scope's place in `scopes`.
    pub scope: u32,
}

/// A record by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct LogDocument {
    /// Its permalink.
    pub id: RecordId,
    /// The record.
    pub record: LogRecord,
    /// Who emitted it.
    pub resource: Arc<Resource>,
    /// The library that emitted it.
    pub scope: Arc<Scope>,
}

/// What stands around a record is asked so.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextRequest {
    /// The record.
    pub id: RecordId,
    /// At most so many records before it.
    pub before: usize,
    /// At most so many records after it.
    pub after: usize,
    /// Of whom.
    pub stream: ContextStream,
    /// What is given of large values.
    pub values: Values,
}

/// Whose records stand around a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextStream {
    /// Those of the same resource.
    SameResource,
    /// Everybody's.
    All,
}

/// A record with its neighbours in time.
#[derive(Debug, Clone, PartialEq)]
pub struct LogContext {
    /// The records, oldest first; no cursor.
    pub page: LogPage,
    /// Where in them the record asked for stands.
    pub index: usize,
}
