//! When a time interval begins or ends next.

use super::{DAY_MINUTES, TimeInterval, any_contains};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Days that are looked ahead: ten years.
const DAYS_MAX: usize = 3_660;
/// Changes of single intervals that are looked at until all together change.
const ROUNDS_MAX: usize = 1_000;

impl TimeInterval {
    /// The next time at which `contains` answers otherwise, ms; nothing if that does not happen within ten
    /// years.
    pub fn next_change(&self, at_ms: i64) -> Option<i64> {
        let inside = self.contains(at_ms);
        let zone = self.zone();
        let mut date = self.local(at_ms)?.date();
        for _ in 0..DAYS_MAX {
            if self.may_change(date, inside) {
                let mut times = self.borders(date, &zone);
                times.sort_unstable();
                let change = times
                    .into_iter()
                    .find(|at| *at > at_ms && self.contains(*at) != inside);
                if change.is_some() {
                    return change;
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// Whether a day can hold the wanted change at all.
    fn may_change(&self, date: Date, inside: bool) -> bool {
        match self.contains_date(date) {
            true => !inside || self.times.is_some(),
            false => inside,
        }
    }

    /// Times at which something may begin or end on a day: its midnights, the ends of its ranges, and where
    /// the clock is set. In a night in which the clock is set back a wall-clock time comes twice.
    fn borders(&self, date: Date, zone: &TimeZone) -> Vec<i64> {
        let ranges = self.times.iter().flatten();
        let minutes = ranges.flat_map(|range| [range.start_minute, range.end_minute]);
        let mut times: Vec<i64> = [0, DAY_MINUTES]
            .into_iter()
            .chain(minutes)
            .flat_map(|minute| instants(date, minute, zone))
            .collect();
        let ends = times.iter().min().copied().zip(times.iter().max().copied());
        if let Some((first, last)) = ends
            && let Ok(before) = Timestamp::from_millisecond(first.saturating_sub(1))
        {
            let set = zone.following(before).map(|set| set.timestamp());
            let set = set.map(Timestamp::as_millisecond);
            times.extend(set.take_while(|at| *at <= last).take(8));
        }
        times
    }
}

/// The one or two times at which the clock shows a minute of a day.
fn instants(date: Date, minute: u16, zone: &TimeZone) -> Vec<i64> {
    let local = date.at(0, 0, 0, 0).checked_add(i64::from(minute).minutes());
    let Ok(local) = local else {
        return Vec::new();
    };
    let shown = || zone.to_ambiguous_zoned(local);
    let times = [shown().earlier(), shown().later()];
    let times = times.into_iter().flatten();
    times.map(|at| at.timestamp().as_millisecond()).collect()
}

/// The next time at which `any_contains` answers otherwise, ms; nothing if that is not soon enough to be
/// found.
pub fn next_change_of_any(intervals: &[TimeInterval], at_ms: i64) -> Option<i64> {
    let inside = any_contains(intervals, at_ms);
    let mut at = at_ms;
    for _ in 0..ROUNDS_MAX {
        let changes = intervals.iter().filter_map(|one| one.next_change(at));
        at = changes.min()?;
        if any_contains(intervals, at) != inside {
            return Some(at);
        }
    }
    None
}
