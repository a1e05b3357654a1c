//! What the same emitter wrote before and after a record.

use super::search::{Collector, Keep, Listing, document};
use super::{ContextRequest, ContextStream, LogContext, LogDocument};
use crate::condition::Condition;
use crate::error::{Error, Result};
use crate::page::Values;
use crate::page::cursor::Mark;
use crate::run::Run;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::filter::{AttributeScope, CompareOp, Field, Filter, Operand};
use tacho_storage::read::{Cursor, Order};

/// Attributes of a resource that the filter names; the rest is compared row by row.
const FILTER_KEYS_MAX: usize = 8;
/// Neighbours in each direction at most.
const NEIGHBOURS_MAX: usize = 1000;

/// A record with its neighbours.
pub(crate) fn context(run: &Run<'_>, request: &ContextRequest) -> Result<LogContext> {
    if request.before > NEIGHBOURS_MAX || request.after > NEIGHBOURS_MAX {
        return Err(Error::limit(format!(
            "more than {NEIGHBOURS_MAX} neighbours of a record"
        )));
    }
    let centre = document(run, request.id, Values::Preview)?;
    let time = centre.record.time;
    let end = Timestamp(time.0.saturating_add(1));
    let same = |batch: &LogBatch, row: usize| {
        batch
            .shared
            .resource(row)
            .is_some_and(|resource| **resource == *centre.resource)
    };
    let keep: Option<Keep<'_>> = match request.stream {
        ContextStream::All => None,
        ContextStream::SameResource => Some(&same),
    };
    let by_id = Filter::Compare(
        Field::RecordId,
        CompareOp::Equal,
        Operand::RecordId(centre.id),
    );
    let itself = Listing {
        condition: Condition::Item(by_id),
        range: TimeRange { start: time, end },
        order: Order::OldestFirst,
        after: None,
        limit: 1,
    };
    let before = Listing {
        condition: Condition::Item(stream_filter(&centre, request.stream)),
        range: TimeRange {
            start: Timestamp::MIN,
            end,
        },
        order: Order::NewestFirst,
        after: Some(Cursor::Log(time, centre.id)),
        limit: request.before,
    };
    let after = Listing {
        condition: before.condition.clone(),
        range: TimeRange {
            start: time,
            end: Timestamp::MAX,
        },
        order: Order::OldestFirst,
        limit: request.after,
        ..before
    };
    let stored = run.stored();
    let mut collector = Collector::new(run, &stored, request.values);
    collector.collect(run, &itself, None)?;
    if request.before > 0 {
        collector.collect(run, &before, keep)?;
    }
    // So far: the record, then those before it, newest first.
    collector.records.reverse();
    let index = collector.records.len().saturating_sub(1);
    if request.after > 0 {
        collector.collect(run, &after, keep)?;
    }
    let mut page = collector.finish(Mark::LogsOldest);
    page.next_cursor = None;
    Ok(LogContext { page, index })
}

/// A filter that all records of the stream pass.
fn stream_filter(centre: &LogDocument, stream: ContextStream) -> Filter {
    if stream == ContextStream::All {
        return Filter::All;
    }
    let named = centre
        .resource
        .attributes
        .0
        .iter()
        .filter(|(_, value)| !matches!(value, Value::Empty | Value::Reference(_)));
    let parts = named.take(FILTER_KEYS_MAX).map(|(key, value)| {
        let field = Field::Attribute(AttributeScope::Resource, key.as_str().into());
        Filter::Compare(
            field,
            CompareOp::Equal,
            Operand::Text(value.to_text().into()),
        )
    });
    crate::condition::all(parts)
}
