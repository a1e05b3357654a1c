//! Times that repeat, as Alertmanager's `time_intervals` tell them: office hours, weekends, the last day
//! of a month. All of it is wall-clock time of a place; the time that is asked about is milliseconds
//! since the epoch, UTC.

pub mod next;
mod print;
pub mod read;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 24 * 60;

/// A range with both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First.
    pub begin: i32,
    /// Last.
    pub end: i32,
}

impl Span {
    fn has(self, value: i32) -> bool {
        (self.begin..=self.end).contains(&value)
    }
}

/// Minutes of a day, the last one excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// First minute, 0 to 1439.
    pub start_minute: u16,
    /// Minute after the last, 1 to 1440.
    pub end_minute: u16,
}

/// A place, for its wall clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Name, such as `Europe/Berlin`.
    pub name: String,
    /// Its rules.
    pub zone: TimeZone,
}

/// Times that repeat. A part that is not there holds always; one without elements never; all parts that
/// are there must hold at once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeInterval {
    /// Minutes of the day.
    pub times: Option<Vec<TimeRange>>,
    /// Days of the week, 0 is Sunday.
    pub weekdays: Option<Vec<Span>>,
    /// Days of the month, 1 to 31; -1 is the last.
    pub days_of_month: Option<Vec<Span>>,
    /// Months, 1 is January.
    pub months: Option<Vec<Span>>,
    /// Years.
    pub years: Option<Vec<Span>>,
    /// Whose wall clock is meant; UTC without.
    pub location: Option<Place>,
}

impl TimeInterval {
    /// Whether a time lies in it. False for a time that no calendar has.
    pub fn contains(&self, at_ms: i64) -> bool {
        self.local(at_ms)
            .is_some_and(|local| self.contains_local(local))
    }

    fn zone(&self) -> TimeZone {
        let place = self.location.as_ref();
        place.map_or(TimeZone::UTC, |place| place.zone.clone())
    }

    /// The wall clock at a time.
    fn local(&self, at_ms: i64) -> Option<DateTime> {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        Some(match &self.location {
            Some(place) => place.zone.to_datetime(at),
            None => TimeZone::UTC.to_datetime(at),
        })
    }

    fn contains_local(&self, local: DateTime) -> bool {
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let fits = |range: &TimeRange| {
            (i32::from(range.start_minute)..i32::from(range.end_minute)).contains(&minute)
        };
        let in_times = self
            .times
            .as_ref()
            .is_none_or(|times| times.iter().any(fits));
        in_times && self.contains_date(local.date())
    }

    /// Whether a day has times that lie in it, as far as its date decides.
    fn contains_date(&self, date: Date) -> bool {
        let fits = |spans: &Option<Vec<Span>>, value: i32| {
            let spans = spans.as_ref();
            spans.is_none_or(|spans| spans.iter().any(|span| span.has(value)))
        };
        let weekday = i32::from(date.weekday().to_sunday_zero_offset());
        fits(&self.weekdays, weekday)
            && fits(&self.months, i32::from(date.month()))
            && fits(&self.years, i32::from(date.year()))
            && self.days_of_month.as_ref().is_none_or(|days| {
                let last = i32::from(date.days_in_month());
                days.iter()
                    .any(|span| has_day(*span, i32::from(date.day()), last))
            })
    }
}

/// Whether a day of a month of `last` days lies in a range whose ends may count from behind.
fn has_day(span: Span, day: i32, last: i32) -> bool {
    let from_front = |day: i32| if day < 0 { last + day + 1 } else { day };
    let (begin, end) = (from_front(span.begin), from_front(span.end));
    // a range that begins behind the end of this month is not in it; one that ends there is cut
    begin <= last && (begin..=end.min(last)).contains(&day)
}

/// Whether a time lies in any of them.
pub fn any_contains(intervals: &[TimeInterval], at_ms: i64) -> bool {
    intervals.iter().any(|interval| interval.contains(at_ms))
}

#[cfg(test)]
mod tests;
