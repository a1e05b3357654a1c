//! Time in buckets, and durations in the rows of a heat map.

use crate::error::{Error, Result};
use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};

/// Lengths of buckets that people can read, nanoseconds; above, whole days.
const STEPS_NS: [i64; 28] = [
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    SECOND_NS,
    2 * SECOND_NS,
    5 * SECOND_NS,
    10 * SECOND_NS,
    15 * SECOND_NS,
    30 * SECOND_NS,
    60 * SECOND_NS,
    120 * SECOND_NS,
    180 * SECOND_NS,
    300 * SECOND_NS,
    600 * SECOND_NS,
    900 * SECOND_NS,
    1_800 * SECOND_NS,
    3_600 * SECOND_NS,
    7_200 * SECOND_NS,
    10_800 * SECOND_NS,
    21_600 * SECOND_NS,
    43_200 * SECOND_NS,
    DAY_NS,
];
const DAY_NS: i64 = 86_400 * SECOND_NS;

/// Upper bounds of the rows of heat maps in milliseconds: 1, 2.5, 5, 10 and so on up to 300 s.
pub const HEAT_BOUNDS_MS: [f64; 17] = [
    1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0,
    30_000.0, 60_000.0, 120_000.0, 300_000.0,
];

/// Buckets that pages show if nobody says how many.
pub const BUCKETS_USUAL: i64 = 60;
/// Most buckets of one answer.
pub const BUCKETS_MAX: i64 = 1_000;

/// A range of time in equal buckets, aligned to the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buckets {
    /// Start of the first one.
    pub start: Timestamp,
    /// End of the range, not included; the last bucket may reach over it.
    pub end: Timestamp,
    /// Length of one, nanoseconds.
    pub step_ns: i64,
    /// How many.
    pub count: usize,
}

impl Buckets {
    /// Buckets of a range that begin at or before its start: of this length, or about sixty.
    /// `Invalid` for an empty range and for more than a thousand.
    pub fn of(range: TimeRange, step_ns: Option<i64>) -> Result<Self> {
        let length = range.end.0.saturating_sub(range.start.0);
        if length <= 0 {
            return Err(
                Error::invalid("start", "the range is empty").with_hint("end must lie after start")
            );
        }
        let step_ns = match step_ns {
            Some(step) if step <= 0 => {
                return Err(Error::invalid("step", "step must be above 0"));
            }
            Some(step) => step,
            None => usual_step(length),
        };
        let start = range
            .start
            .0
            .saturating_sub(range.start.0.rem_euclid(step_ns));
        let length = range.end.0.saturating_sub(start);
        let count = length / step_ns + i64::from(length % step_ns > 0);
        // One more, because an aligned start may cut a bucket in two.
        if count > BUCKETS_MAX + 1 {
            let message = format!("{count} buckets of this step, at most {BUCKETS_MAX} are given");
            return Err(
                Error::invalid("step", message).with_hint("use a longer step or a shorter range")
            );
        }
        Ok(Self {
            start: Timestamp(start),
            end: range.end,
            step_ns,
            count: usize::try_from(count).unwrap_or(0),
        })
    }

    /// What all buckets cover, cut at the end of the range.
    pub fn range(&self) -> TimeRange {
        TimeRange {
            start: self.start,
            end: self.end,
        }
    }

    /// The bucket of a time.
    pub fn index(&self, ns: i64) -> Option<usize> {
        if ns < self.start.0 || ns >= self.end.0 {
            return None;
        }
        usize::try_from((ns - self.start.0) / self.step_ns).ok()
    }

    /// Start of a bucket.
    pub fn time(&self, index: usize) -> Timestamp {
        Timestamp(self.start.0.saturating_add(index as i64 * self.step_ns))
    }

    /// Minutes of the range.
    pub fn minutes(&self) -> f64 {
        minutes(self.end.0 - self.start.0)
    }

    /// Minutes of one bucket; the last one may be cut.
    pub fn minutes_of(&self, index: usize) -> f64 {
        minutes(self.step_ns.min(self.end.0 - self.time(index).0))
    }
}

fn minutes(ns: i64) -> f64 {
    ns as f64 / (60 * SECOND_NS) as f64
}

fn usual_step(length: i64) -> i64 {
    let fits = |step: &i64| length / *step <= BUCKETS_USUAL;
    match STEPS_NS.iter().copied().find(fits) {
        Some(step) => step,
        None => (length / BUCKETS_USUAL / DAY_NS + 1).saturating_mul(DAY_NS),
    }
}

/// The row of a heat map for a duration: the first whose bound it does not exceed, one more row
/// for longer ones.
pub(crate) fn heat_row(ns: i64) -> usize {
    let ms = ns as f64 / 1e6;
    HEAT_BOUNDS_MS.partition_point(|bound| *bound < ms)
}

/// Durations by bucket and row; columns without any are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heat {
    /// One column a bucket, each empty or with one count a row (`HEAT_BOUNDS_MS.len() + 1`).
    pub columns: Vec<Vec<u64>>,
}

impl Heat {
    /// Without durations.
    pub(crate) fn of(buckets: usize) -> Self {
        Self {
            columns: vec![Vec::new(); buckets],
        }
    }

    pub(crate) fn add(&mut self, bucket: usize, ns: i64) {
        let Some(column) = self.columns.get_mut(bucket) else {
            return;
        };
        if column.is_empty() {
            column.resize(HEAT_BOUNDS_MS.len() + 1, 0);
        }
        if let Some(cell) = column.get_mut(heat_row(ns)) {
            *cell += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Buckets, HEAT_BOUNDS_MS, heat_row};
    use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};

    fn range(start: i64, end: i64) -> TimeRange {
        TimeRange {
            start: Timestamp(start * SECOND_NS),
            end: Timestamp(end * SECOND_NS),
        }
    }

    #[test]
    fn three_hours_are_three_minute_buckets_from_an_aligned_start() {
        let buckets = Buckets::of(range(100_000, 100_000 + 10_800), None).unwrap();
        assert_eq!(buckets.step_ns, 180 * SECOND_NS);
        assert_eq!(buckets.start, Timestamp(99_900 * SECOND_NS));
        assert_eq!(buckets.count, 61);
        assert_eq!(buckets.index(99_899 * SECOND_NS), None);
        assert_eq!(buckets.index(100_079 * SECOND_NS), Some(0));
        assert_eq!(buckets.index(100_080 * SECOND_NS), Some(1));
        assert_eq!(buckets.index(110_800 * SECOND_NS), None);
        assert_eq!(buckets.minutes_of(0), 3.0);
    }

    #[test]
    fn steps_and_ranges_that_cannot_work_are_told() {
        let field = |range, step| Buckets::of(range, step).unwrap_err().field();
        assert_eq!(field(range(5, 5), None), Some("start"));
        assert_eq!(field(range(5, 9), Some(0)), Some("step"));
        assert_eq!(field(range(0, 2_000), Some(SECOND_NS)), Some("step"));
        assert!(Buckets::of(range(0, 1_000), Some(SECOND_NS)).is_ok());
        assert!(Buckets::of(range(0, 400 * 86_400), None).unwrap().count <= 61);
    }

    #[test]
    fn a_duration_lies_in_the_first_row_that_holds_it() {
        assert_eq!(heat_row(0), 0);
        assert_eq!(heat_row(1_000_000), 0);
        assert_eq!(heat_row(1_000_001), 1);
        assert_eq!(heat_row(i64::MAX), HEAT_BOUNDS_MS.len());
    }
}
