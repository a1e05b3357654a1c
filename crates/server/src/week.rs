//! Requests of the last seven days, counted in slices of six hours that are remembered for a
//! while: a page that asks every few seconds does not read a week each time.

use crate::answer::Answer;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};

/// Length of a slice.
const SLICE_NS: i64 = 6 * 3_600 * SECOND_NS;
/// Seven days.
const WEEK_NS: i64 = 7 * 24 * 3_600 * SECOND_NS;
/// A slice in which spans still arrive is counted again after this time.
const FRESH_NS: i64 = 60 * SECOND_NS;
/// Any other one after this: something may have been imported or deleted.
const OLD_NS: i64 = 15 * 60 * SECOND_NS;
/// Late spans arrive within this time.
const LATE_NS: i64 = 3_600 * SECOND_NS;

/// Counts of slices, by the start of each.
#[derive(Debug, Default)]
pub struct Week {
    slices: Mutex<BTreeMap<i64, Slice>>,
}

#[derive(Debug, Clone, Copy)]
struct Slice {
    count: u64,
    errors: u64,
    /// When it was counted.
    counted: i64,
}

impl Week {
    /// Share (0 to 1) of failed requests in the seven days before `now`, as far as slices are
    /// known: `count` counts those that are not, the newest first, while `go_on` says so.
    ///
    /// # Errors
    /// That of `count`, if not a single slice is known.
    pub fn error_rate(
        &self,
        now: Timestamp,
        go_on: impl Fn() -> bool,
        count: impl Fn(TimeRange) -> Answer<(u64, u64)>,
    ) -> Answer<f64> {
        let first = aligned(now.0.saturating_sub(WEEK_NS));
        self.slices.lock().retain(|start, _| *start >= first);
        for start in self.wanted(first, now.0) {
            if !go_on() {
                break;
            }
            let range = TimeRange {
                start: Timestamp(start.max(now.0.saturating_sub(WEEK_NS))),
                end: Timestamp((start + SLICE_NS).min(now.0)),
            };
            match count(range) {
                Ok((count, errors)) => {
                    let slice = Slice {
                        count,
                        errors,
                        counted: now.0,
                    };
                    self.slices.lock().insert(start, slice);
                }
                Err(error) if self.slices.lock().is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        let slices = self.slices.lock();
        let sum = |of: fn(&Slice) -> u64| slices.values().map(of).sum();
        let (count, errors) = (sum(|slice| slice.count), sum(|slice| slice.errors));
        Ok(tacho_query::tally::share(errors, count))
    }

    /// Starts of the slices to count: first those that are not known, then those that are too
    /// old; of each the newest first.
    fn wanted(&self, first: i64, now: i64) -> Vec<i64> {
        let slices = self.slices.lock();
        let mut wanted = Vec::new();
        let mut start = aligned(now);
        while start >= first {
            match slices.get(&start) {
                None => wanted.push((0, start)),
                Some(slice) if is_stale(start, slice, now) => wanted.push((1, start)),
                Some(_) => {}
            }
            start -= SLICE_NS;
        }
        wanted.sort_by_key(|(known, _)| *known);
        wanted.into_iter().map(|(_, start)| start).collect()
    }
}

fn is_stale(start: i64, slice: &Slice, now: i64) -> bool {
    let moves = now < start + SLICE_NS + LATE_NS;
    let keep = if moves { FRESH_NS } else { OLD_NS };
    now < slice.counted || now - slice.counted >= keep
}

fn aligned(ns: i64) -> i64 {
    ns - ns.rem_euclid(SLICE_NS)
}

#[cfg(test)]
mod tests {
    use super::{SLICE_NS, Week};
    use std::cell::RefCell;
    use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};

    #[test]
    fn slices_are_counted_once_and_the_moving_ones_again() {
        let week = Week::default();
        let now = 1_795_169_720 * SECOND_NS;
        let asked: RefCell<Vec<TimeRange>> = RefCell::default();
        let count = |range: TimeRange| {
            asked.borrow_mut().push(range);
            Ok((10, 1))
        };
        let ask = |now: i64, more: bool| {
            asked.borrow_mut().clear();
            let rate = week.error_rate(Timestamp(now), || more, count).unwrap();
            (rate, asked.borrow().len())
        };
        assert_eq!(ask(now, false), (0.0, 0));
        assert_eq!(ask(now, true), (0.1, 29));
        let ranges = asked.borrow().clone();
        assert_eq!(ranges[0].end, Timestamp(now));
        assert_eq!(ranges[0].start, ranges[1].end);
        let length: i64 = ranges.iter().map(|range| range.end.0 - range.start.0).sum();
        assert_eq!(length, 7 * 24 * 3_600 * SECOND_NS);
        assert_eq!(ask(now + SECOND_NS, true), (0.1, 0));
        assert_eq!(ask(now + 61 * SECOND_NS, true).1, 1);
        assert_eq!(ask(now + 16 * 60 * SECOND_NS, true).1, 29);
        assert!(ask(now + SLICE_NS, true).1 > 1);
    }
}
