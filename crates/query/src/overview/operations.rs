//! Requests by service and operation, now and before, with a span that shows what is wrong.

use super::books::{Request, Times};
use crate::sketch::Sketch;
use crate::tally::{Busy, Tally};
use tacho_model::id::{SpanId, TraceId};

/// Requests of one operation of one service.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    /// Of the range.
    pub(crate) now: Tally,
    /// Nanoseconds that they took together, a bucket.
    pub(crate) took: Vec<u64>,
    /// Of the time before.
    pub(crate) before: u64,
    pub(crate) before_errors: u64,
    /// Durations before the newest quarter of the range.
    pub(crate) past: Sketch,
    /// Durations in it.
    pub(crate) newest: Sketch,
    /// The newest failure.
    pub(crate) failure: Option<(i64, TraceId, SpanId)>,
    /// The longest of the newest quarter: its nanoseconds.
    pub(crate) longest: Option<(i64, TraceId, SpanId)>,
}

impl Operation {
    /// Adds a request.
    pub(crate) fn add(&mut self, times: &Times, request: Request, ids: (TraceId, SpanId)) {
        let Request {
            start, ns, failed, ..
        } = request;
        let newest = start >= times.newest;
        if newest {
            self.newest.add(ns);
            keep_largest(&mut self.longest, ns, ids);
        } else {
            self.past.add(ns);
        }
        match request.bucket {
            None => {
                self.before += 1;
                self.before_errors += u64::from(failed);
            }
            Some(bucket) => {
                self.now.add(bucket, ns, failed);
                if self.took.len() <= bucket {
                    self.took.resize(bucket + 1, 0);
                }
                if let Some(cell) = self.took.get_mut(bucket) {
                    *cell = cell.saturating_add(u64::try_from(ns).unwrap_or(0));
                }
                if failed {
                    keep_largest(&mut self.failure, start, ids);
                }
            }
        }
    }
}

impl Busy for Operation {
    fn weight(&self) -> u64 {
        self.now.count + self.before
    }

    fn absorb(&mut self, other: &Self) {
        self.now.merge(&other.now);
        self.before += other.before;
        self.before_errors += other.before_errors;
    }
}

fn keep_largest(
    slot: &mut Option<(i64, TraceId, SpanId)>,
    by: i64,
    (trace, span): (TraceId, SpanId),
) {
    let found = (by, trace, span);
    if slot.as_ref().is_none_or(|known| *known < found) {
        *slot = Some(found);
    }
}
