//! The list of traces: matching spans are found newest first, their traces assembled, then judged.
//!
//! The place of a trace in the list is its newest span that meets the conditions on spans. So a
//! later page can tell by itself that a trace was on an earlier one: its newest matching span is
//! not the one that was just met.

use super::{TraceList, TraceSearch, TraceSummary, summary};
use crate::condition::Condition;
use crate::error::Result;
use crate::item::SpanRow;
use crate::page::cursor::{Mark, decode, encode};
use crate::run::{Run, of_spans};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use tacho_model::id::TraceId;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::filter::{Filter, matches};
use tacho_storage::read::{Cursor, Order, ScanRequest};

/// Traces that are assembled together at most.
const ASSEMBLE_MAX: usize = 256;
/// Spans that are asked for at first; doubled until the page is full.
const SCAN_MIN: usize = 512;
/// Spans that are asked for together at most.
const SCAN_MAX: usize = 65_536;
/// Traces remembered as met; beyond it their own spans tell.
const SEEN_MAX: usize = 100_000;

/// A page of traces.
pub(crate) fn list(run: &Run<'_>, search: &TraceSearch) -> Result<TraceList> {
    run.check_limit(search.page.limit)?;
    let condition = of_spans(&search.conditions)?;
    let after = match &search.page.cursor {
        Some(text) => Some(decode(Mark::Traces, text)?),
        None => None,
    };
    let mut finder = Finder {
        run,
        range: search.conditions.range,
        filter: condition.wider(),
        after,
        seen: HashSet::new(),
        seen_all: after.is_none(),
        chunk: SCAN_MIN,
        ended: false,
    };
    let wanted = search.page.limit + 1;
    let mut found: Vec<(Cursor, TraceSummary)> = Vec::new();
    while found.len() < wanted && !finder.ended {
        let candidates = finder.next(wanted - found.len())?;
        for part in candidates.chunks(ASSEMBLE_MAX) {
            found.extend(judge(&finder, &condition, part)?);
        }
    }
    let more = found.len() >= wanted;
    found.truncate(search.page.limit);
    let last = found.last().map(|(cursor, _)| *cursor);
    let mut traces: Vec<TraceSummary> = found.into_iter().map(|(_, trace)| trace).collect();
    traces.sort_by_key(|trace| Reverse((trace.start, trace.trace_id)));
    let next_cursor = last
        .filter(|_| more)
        .map(|cursor| encode(Mark::Traces, cursor));
    Ok(TraceList {
        traces,
        next_cursor,
    })
}

/// Finds traces by their matching spans.
struct Finder<'a> {
    run: &'a Run<'a>,
    range: TimeRange,
    filter: Filter,
    after: Option<Cursor>,
    /// Traces that were met.
    seen: HashSet<TraceId>,
    /// `seen` holds every trace that has a matching span before `after`.
    seen_all: bool,
    chunk: usize,
    ended: bool,
}

impl Finder<'_> {
    /// About so many traces that were not met before, each with its first matching span; none
    /// only if there are no more.
    fn next(&mut self, wanted: usize) -> Result<Vec<(Cursor, TraceId)>> {
        let mut found = Vec::new();
        while found.is_empty() && !self.ended {
            let request = ScanRequest {
                range: self.range,
                filter: self.filter.clone(),
                order: Order::NewestFirst,
                after: self.after,
                limit: Some(self.chunk),
                projection: Projection::of(&[Column::TraceId, Column::SpanId, Column::Time]),
            };
            let mut rows = 0;
            let chunk = self.chunk;
            'scan: for batch in self.run.snapshot.spans(&request, self.run.context)? {
                let batch = batch?;
                for row in 0..batch.len {
                    if found.len() >= wanted {
                        break 'scan;
                    }
                    rows += 1;
                    self.meet(&batch, row, &mut found);
                }
            }
            self.ended = rows < chunk && found.len() < wanted;
            self.chunk = (chunk * 2).min(SCAN_MAX);
        }
        Ok(found)
    }

    fn meet(&mut self, batch: &SpanBatch, row: usize, found: &mut Vec<(Cursor, TraceId)>) {
        let Some(cursor) = cursor_of(batch, row) else {
            return;
        };
        let Cursor::Span(_, trace_id, _) = cursor else {
            return;
        };
        self.after = Some(cursor);
        if self.seen.len() >= SEEN_MAX {
            self.seen.clear();
            self.seen_all = false;
        }
        if self.seen.insert(trace_id) {
            found.push((cursor, trace_id));
        }
    }
}

fn cursor_of(batch: &SpanBatch, row: usize) -> Option<Cursor> {
    let start = Timestamp(*batch.starts.get(row)?);
    Some(Cursor::Span(
        start,
        *batch.trace_ids.get(row)?,
        *batch.span_ids.get(row)?,
    ))
}

/// Those candidates that belong into the list, in their order, with their summaries.
fn judge(
    finder: &Finder<'_>,
    condition: &Condition,
    candidates: &[(Cursor, TraceId)],
) -> Result<Vec<(Cursor, TraceSummary)>> {
    let run = finder.run;
    let exact = condition.is_exact();
    let mut projection = summary::projection();
    if !(exact && finder.seen_all) {
        condition.want_columns(&mut projection);
        Condition::Item(finder.filter.clone()).want_columns(&mut projection);
    }
    let ids: Vec<TraceId> = candidates.iter().map(|(_, id)| *id).collect();
    let keys: HashMap<TraceId, Cursor> = candidates
        .iter()
        .map(|(cursor, id)| (*id, *cursor))
        .collect();
    let mut judged: HashMap<TraceId, TraceSummary> = HashMap::new();
    for batch in run.snapshot.traces_by_id(&ids, &projection, run.context)? {
        let batch = batch?;
        let Some(trace) = summary::summarise(&batch) else {
            continue;
        };
        let Some(key) = keys.get(&trace.trace_id) else {
            continue;
        };
        if !finder.seen_all && newest(finder, &batch) != Some(*key) {
            continue;
        }
        if exact || some_span_meets(finder, &condition.of_trace(&trace.facts()), &batch) {
            judged.insert(trace.trace_id, trace);
        }
    }
    let in_order = candidates.iter();
    Ok(in_order
        .filter_map(|(key, id)| Some((*key, judged.remove(id)?)))
        .collect())
}

/// The newest span of a trace that meets the conditions on spans.
fn newest(finder: &Finder<'_>, batch: &SpanBatch) -> Option<Cursor> {
    let values = finder.run.stored();
    let met = rows_in(finder.range, batch).filter(|row| {
        matches(
            &finder.filter,
            &SpanRow {
                batch,
                row: *row,
                values: &values,
            },
        )
    });
    met.filter_map(|row| cursor_of(batch, row)).max()
}

fn some_span_meets(finder: &Finder<'_>, condition: &Condition, batch: &SpanBatch) -> bool {
    let values = finder.run.stored();
    rows_in(finder.range, batch).any(|row| {
        condition.is_met_by(&SpanRow {
            batch,
            row,
            values: &values,
        })
    })
}

/// Rows that overlap a range, either way round where a clock went back.
fn rows_in(range: TimeRange, batch: &SpanBatch) -> impl Iterator<Item = usize> {
    let times = batch.starts.iter().zip(&batch.ends).enumerate();
    times.filter_map(move |(row, (start, end))| {
        let (first, last) = (Timestamp(*start.min(end)), Timestamp(*start.max(end)));
        range.overlaps(first, last).then_some(row)
    })
}
