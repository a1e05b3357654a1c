//! A small store to ask, and short ways to ask it.

use std::sync::Arc;
use tacho_model::id::{SpanId, TenantId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::Span;
use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};
use tacho_model::value::{Attributes, Value};
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_query::log::{LogConditions, LogSearch};
use tacho_query::page::{PageRequest, Values};
use tacho_query::trace::{SpanConditions, TraceSearch};
use tacho_storage::read::{Order, ReadContext};
use tacho_testkit::oracle::{OracleStore, Placed, PlacedSpan};

/// A point in time so many seconds into the test.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp((1_000_000 + seconds) * SECOND_NS)
}

/// An engine over an empty store.
pub(crate) fn engine() -> (Arc<OracleStore>, Engine) {
    let store = OracleStore::new();
    let engine = Engine::new(Arc::clone(&store) as _, Limits::default());
    (store, engine)
}

/// A trace id of a number.
pub(crate) fn trace(number: u8) -> TraceId {
    TraceId([number; 16])
}

/// A resource of a service.
pub(crate) fn service(name: &str) -> Resource {
    Resource {
        attributes: [("service.name", name)].into_iter().collect(),
        ..Resource::default()
    }
}

/// A span of a trace: `number` is its span id, `parent` that of its parent, 0 for none.
pub(crate) fn span(
    trace_number: u8,
    number: u8,
    parent: u8,
    start: i64,
    seconds: i64,
) -> PlacedSpan {
    Placed {
        resource: service("planner"),
        scope: Scope::default(),
        item: Span {
            trace_id: trace(trace_number),
            span_id: SpanId([number; 8]),
            parent_span_id: SpanId([parent; 8]),
            name: format!("span {number}"),
            start: at(start),
            end: at(start + seconds),
            ..Span::default()
        },
    }
}

/// A log record that was written so many seconds into the test.
pub(crate) fn record(seconds: i64, severity: u8, body: &str) -> Placed<LogRecord> {
    Placed {
        resource: service("planner"),
        scope: Scope::default(),
        item: LogRecord {
            time: at(seconds),
            severity_number: SeverityNumber(severity),
            body: Value::from(body),
            ..LogRecord::default()
        },
    }
}

/// Attributes of pairs.
pub(crate) fn attributes<V: Into<Value>, const N: usize>(pairs: [(&str, V); N]) -> Attributes {
    pairs.into_iter().collect()
}

/// All traces that meet a TraceQL query, newest first.
pub(crate) fn search(query: &str) -> TraceSearch {
    TraceSearch {
        conditions: SpanConditions {
            query: Some(query.to_owned()),
            ..SpanConditions::all(TimeRange::ALL)
        },
        page: PageRequest {
            limit: 1000,
            cursor: None,
        },
    }
}

/// All records that meet a LogQL query, oldest first.
pub(crate) fn log_search(query: &str) -> LogSearch {
    LogSearch {
        conditions: LogConditions {
            query: Some(query.to_owned()),
            ..LogConditions::all(TimeRange::ALL)
        },
        order: Order::OldestFirst,
        page: PageRequest {
            limit: 1000,
            cursor: None,
        },
        values: Values::Full,
    }
}

/// First bytes of the trace ids that a search finds, in its order; follows all cursors.
pub(crate) fn trace_numbers(engine: &Engine, mut search: TraceSearch) -> Vec<u8> {
    let mut numbers = Vec::new();
    loop {
        let list = engine
            .list_traces(&TenantId::default(), &search, &ReadContext::default())
            .unwrap_or_else(|error| panic!("{:?}: {error}", search.conditions.query));
        numbers.extend(list.traces.iter().map(|trace| trace.trace_id.0[0]));
        match list.next_cursor {
            Some(cursor) => search.page.cursor = Some(cursor),
            None => return numbers,
        }
    }
}

/// Ids of the records that a search finds, in its order; follows all cursors.
pub(crate) fn record_numbers(engine: &Engine, mut search: LogSearch) -> Vec<u64> {
    let mut numbers = Vec::new();
    loop {
        let page = engine
            .search_logs(&TenantId::default(), &search, &ReadContext::default())
            .unwrap_or_else(|error| panic!("{:?}: {error}", search.conditions.query));
        numbers.extend(page.records.iter().map(|placed| placed.id.0));
        match page.next_cursor {
            Some(cursor) => search.page.cursor = Some(cursor),
            None => return numbers,
        }
    }
}
