//! Traces under way, and traces that stopped moving before they ended.
//!
//! A span is sent when it ends. So a trace whose root has not come is under way, and one without
//! root in which nothing ended for long is stuck or lost. Spans whose parent lives in another
//! process (servers and consumers) do not make a trace stuck: whoever called may send nothing.

use super::books::Times;
use crate::error::Result;
use crate::run::Run;
use crate::trace::{TraceSummary, summary};
use crate::visit::{FastMap, end, start};
use std::cmp::Reverse;
use std::collections::HashSet;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::span::SpanKind;
use tacho_storage::columns::projection::Column;
use tacho_storage::columns::span_batch::SpanBatch;

/// Nothing ended for so long: a trace without root is stuck.
pub(crate) const QUIET_NS: i64 = 600 * 1_000_000_000;
/// Traces that did not move for longer are of the past.
const FORGET_NS: i64 = 24 * 3_600 * 1_000_000_000;
/// Traces that are held.
const TRACES_MAX: usize = 500_000;
/// Bytes of one of them, about.
pub(crate) const TRACE_BYTES: usize = 64;
/// Traces without root that are looked at closely, the newest.
const CANDIDATES_MAX: usize = 2_000;
/// Traces that are assembled together.
const ASSEMBLE: usize = 256;

/// Traces of both ranges.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    known: FastMap<TraceId, Known>,
    /// There were more than can be held.
    overflowed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    start: i64,
    end: i64,
    /// End of the root, if it has come.
    root_end: Option<i64>,
}

impl Traces {
    /// Adds a span.
    pub(crate) fn add(&mut self, batch: &SpanBatch, row: usize) {
        let Some(id) = batch.trace_ids.get(row) else {
            return;
        };
        let (start, end) = (start(batch, row), end(batch, row));
        let is_root = batch.parent_span_ids.get(row).is_some_and(SpanId::is_zero);
        let room = self.known.len() < TRACES_MAX;
        let known = match self.known.get_mut(id) {
            Some(known) => known,
            None if room => self.known.entry(*id).or_insert(Known {
                start,
                end,
                root_end: None,
            }),
            None => {
                self.overflowed = true;
                return;
            }
        };
        known.start = known.start.min(start);
        known.end = known.end.max(end);
        if is_root {
            known.root_end = Some(known.root_end.map_or(end, |other| other.max(end)));
        }
    }

    /// How many are held.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// Traces under way at the end of each bucket.
    pub(crate) fn running(&self, times: &Times) -> Option<Vec<u64>> {
        if self.overflowed {
            return None;
        }
        let buckets = times.buckets;
        let at = |index: usize| buckets.time(index + 1).0.min(buckets.end.0);
        let mut change = vec![0i64; buckets.count + 1];
        for known in self.known.values() {
            let closed = known.root_end.unwrap_or(known.end.saturating_add(QUIET_NS));
            // Buckets at whose end the trace has begun and is not closed.
            let from = partition(buckets.count, |index| at(index) <= known.start);
            let to = partition(buckets.count, |index| at(index) < closed);
            if from < to {
                if let Some(cell) = change.get_mut(from) {
                    *cell += 1;
                }
                if let Some(cell) = change.get_mut(to) {
                    *cell -= 1;
                }
            }
        }
        let mut open = 0;
        let counts = change.iter().take(buckets.count).map(|change| {
            open += change;
            u64::try_from(open).unwrap_or(0)
        });
        Some(counts.collect())
    }

    /// Traces that stopped moving, the newest activity first.
    pub(crate) fn stuck(&self, run: &Run<'_>, times: &Times) -> Result<Vec<TraceSummary>> {
        let now = times.end();
        let quiet = |end: i64| end <= now - QUIET_NS && end > now - FORGET_NS;
        let mut candidates: Vec<(Reverse<i64>, TraceId)> = self
            .known
            .iter()
            .filter(|(_, known)| known.root_end.is_none() && quiet(known.end))
            .map(|(id, known)| (Reverse(known.end), *id))
            .collect();
        candidates.sort_unstable();
        candidates.truncate(CANDIDATES_MAX);
        let mut projection = summary::projection();
        projection.columns.insert(Column::Kind);
        let mut stuck = Vec::new();
        for part in candidates.chunks(ASSEMBLE) {
            let ids: Vec<TraceId> = part.iter().map(|(_, id)| *id).collect();
            for batch in run.snapshot.traces_by_id(&ids, &projection, run.context)? {
                let batch = batch?;
                let found = summary::summarise(&batch);
                stuck.extend(found.filter(|trace| {
                    !trace.root_arrived && quiet(trace.end.0) && waits_here(&batch)
                }));
            }
        }
        stuck.sort_by_key(|trace| (Reverse(trace.end), trace.trace_id));
        Ok(stuck)
    }
}

/// Whether a span that has not come lies in the process of one that has.
fn waits_here(batch: &SpanBatch) -> bool {
    const REMOTE: [u8; 2] = [SpanKind::Server as u8, SpanKind::Consumer as u8];
    let here: HashSet<_> = batch.span_ids.iter().collect();
    let parents = batch.parent_span_ids.iter().enumerate();
    parents
        .filter(|(_, parent)| !parent.is_zero() && !here.contains(parent))
        .any(|(row, _)| {
            batch
                .kinds
                .get(row)
                .is_none_or(|kind| !REMOTE.contains(kind))
        })
}

/// The first of so many numbers for which it does not hold, if it holds for those before.
fn partition(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
