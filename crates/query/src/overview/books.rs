//! The single sums of an overview: times, requests, services, tokens, waits.

use super::{Before, SERVICES_SHOWN};
use crate::buckets::{Buckets, Heat};
use crate::error::Result;
use crate::red::severe;
use crate::run::Run;
use crate::sketch::Sketch;
use crate::tally::{Tally, bump};
use crate::visit::Services;
use std::cmp::Reverse;
use tacho_model::signal::Signal;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::read::AggregateRequest;

/// A duration from which on a request counts as one that ran into a timeout: 300 s.
const TIMEOUT_NS: i64 = 300 * 1_000_000_000;

/// The range, the time of equal length before, and buckets over both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// Of the range.
    pub(crate) buckets: Buckets,
    /// Of both, with the same step.
    pub(crate) whole: Buckets,
    /// Bucket of `whole` with which the range begins.
    pub(crate) offset: usize,
    /// The last quarter of the range begins here.
    pub(crate) newest: i64,
}

impl Times {
    pub(crate) fn of(buckets: Buckets) -> Self {
        let (start, end) = (buckets.start.0, buckets.end.0);
        let length = end.saturating_sub(start);
        // Whole buckets, so that both fit together.
        let before = (length / buckets.step_ns).max(1);
        let before = before.saturating_mul(buckets.step_ns);
        let whole = Buckets {
            start: Timestamp(start.saturating_sub(before)),
            count: buckets.count + (before / buckets.step_ns) as usize,
            ..buckets
        };
        Self {
            buckets,
            whole,
            offset: whole.count - buckets.count,
            newest: end - length / 4,
        }
    }

    /// Minutes of the time before.
    pub(crate) fn before_minutes(&self) -> f64 {
        (self.buckets.start.0 - self.whole.start.0) as f64 / 6e10
    }

    /// End of the range.
    pub(crate) fn end(&self) -> i64 {
        self.buckets.end.0
    }

    /// Log records of severity `ERROR` and above: a bucket, and in all before.
    pub(crate) fn error_logs(&self, run: &Run<'_>) -> Result<(Vec<u64>, u64)> {
        let request = AggregateRequest {
            range: self.whole.range(),
            filter: severe(),
            step_ns: Some(self.buckets.step_ns),
            by: None,
            group_limit: run.limits.groups_max,
        };
        let (mut counts, mut before) = (vec![0; self.buckets.count], 0);
        for group in run
            .snapshot
            .aggregate(Signal::Logs, &request, run.context)?
        {
            let bucket = self.buckets.index(group.time.0);
            match bucket.and_then(|bucket| counts.get_mut(bucket)) {
                Some(cell) => *cell += group.count,
                None => before += group.count,
            }
        }
        Ok((counts, before))
    }

    /// Both ranges.
    pub(crate) fn range(&self) -> TimeRange {
        self.whole.range()
    }
}

/// Entry spans in all.
#[derive(Debug)]
pub(crate) struct Requests {
    pub(crate) tally: Tally,
    pub(crate) heat: Heat,
    pub(crate) timeouts: u64,
    pub(crate) before: Before,
    by_bucket: Vec<Sketch>,
}

/// What is asked of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    /// Bucket of the range; `None` before it.
    pub(crate) bucket: Option<usize>,
    pub(crate) start: i64,
    pub(crate) ns: i64,
    pub(crate) failed: bool,
}

impl Requests {
    pub(crate) fn new(buckets: usize) -> Self {
        Self {
            tally: Tally::default(),
            heat: Heat::of(buckets),
            timeouts: 0,
            before: Before::default(),
            by_bucket: vec![Sketch::default(); buckets],
        }
    }

    /// Adds one; `timed_out` is asked only where the duration does not tell.
    pub(crate) fn add(&mut self, request: Request, timed_out: impl FnOnce() -> bool) {
        let Request { ns, failed, .. } = request;
        let Some(bucket) = request.bucket else {
            self.before.count += 1;
            self.before.errors += u64::from(failed);
            self.before.durations.add(ns);
            return;
        };
        self.tally.add(bucket, ns, failed);
        self.heat.add(bucket, ns);
        if let Some(sketch) = self.by_bucket.get_mut(bucket) {
            sketch.add(ns);
        }
        if ns >= TIMEOUT_NS || (failed && timed_out()) {
            self.timeouts += 1;
        }
    }

    /// 95th percentile a bucket.
    pub(crate) fn p95_trend(&self) -> Vec<i64> {
        let buckets = self.by_bucket.iter();
        buckets.map(|sketch| sketch.quantile(0.95)).collect()
    }
}

/// Whether a status message or an error type tells of a timeout.
pub(crate) fn tells_timeout(text: &str) -> bool {
    const WORDS: [&str; 4] = ["timeout", "timed out", "deadline", "time limit"];
    let lower = text.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// What services sent.
#[derive(Debug, Default)]
pub(crate) struct Senders {
    pub(crate) names: Services,
    pub(crate) sums: Vec<Sender>,
}

/// What one service sent.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    /// Entry spans a bucket of the range.
    pub(crate) requests: Vec<u32>,
    /// All its spans a bucket of both ranges.
    pub(crate) activity: Vec<u32>,
    pub(crate) spans: u64,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

impl Senders {
    /// Adds a span that began in a bucket of both ranges and ended then.
    pub(crate) fn add(&mut self, number: u32, bucket: usize, (start, end): (i64, i64)) {
        if let Some(sender) = self.sums.get_mut(number as usize) {
            if sender.spans == 0 {
                (sender.first, sender.last) = (start, end);
            }
            sender.spans += 1;
            sender.first = sender.first.min(start);
            sender.last = sender.last.max(end);
            bump(&mut sender.activity, bucket);
        }
    }

    /// Adds a request in a bucket of the range.
    pub(crate) fn add_request(&mut self, number: u32, bucket: usize) {
        if let Some(sender) = self.sums.get_mut(number as usize) {
            bump(&mut sender.requests, bucket);
        }
    }

    /// Requests a bucket of the busiest services.
    pub(crate) fn throughput(self) -> Vec<(String, Vec<u32>)> {
        let total = |counts: &[u32]| counts.iter().map(|count| u64::from(*count)).sum::<u64>();
        let mut lines: Vec<(u64, String, Vec<u32>)> = Vec::new();
        for (number, sender) in self.sums.into_iter().enumerate() {
            let count = total(&sender.requests);
            if count > 0 {
                let name = self.names.name(number as u32).to_owned();
                lines.push((count, name, sender.requests));
            }
        }
        lines.sort_by(|a, b| (Reverse(a.0), &a.1).cmp(&(Reverse(b.0), &b.1)));
        let lines = lines.into_iter().take(SERVICES_SHOWN);
        lines.map(|(_, name, counts)| (name, counts)).collect()
    }
}

/// Tokens of calls of models.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// A bucket of the range; empty while none was told.
    pub(crate) buckets: Vec<u64>,
    pub(crate) before: u64,
}

impl Tokens {
    pub(crate) fn add(&mut self, bucket: Option<usize>, tokens: u64, buckets: usize) {
        self.buckets.resize(buckets, 0);
        match bucket.and_then(|bucket| self.buckets.get_mut(bucket)) {
            Some(cell) => *cell = cell.saturating_add(tokens),
            None => self.before = self.before.saturating_add(tokens),
        }
    }
}

/// Waits that spans told.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    pub(crate) sum_ms: f64,
    pub(crate) count: u64,
}

impl Waits {
    pub(crate) fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_ms / self.count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::{Times, tells_timeout};
    use crate::buckets::Buckets;
    use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};

    #[test]
    fn both_ranges_share_their_buckets() {
        let range = TimeRange {
            start: Timestamp(100_000 * SECOND_NS),
            end: Timestamp(110_800 * SECOND_NS),
        };
        let times = Times::of(Buckets::of(range, None).unwrap());
        assert_eq!(times.whole.time(times.offset), times.buckets.start);
        assert_eq!(times.whole.end, times.buckets.end);
        assert_eq!((times.buckets.count, times.offset), (61, 60));
    }

    #[test]
    fn timeouts_are_told_in_many_words() {
        for text in [
            "DEADLINE_EXCEEDED",
            "Timeout",
            "read timed out",
            "TimeoutError",
        ] {
            assert!(tells_timeout(text), "{text}");
        }
        assert!(!tells_timeout("connection refused"));
    }
}
