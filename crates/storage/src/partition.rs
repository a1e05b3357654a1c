//! Which partition an item belongs to: its day, or a bounded one for items of long ago and far
//! ahead, so that wild clocks cannot make a folder for every day since 1970.

use std::fmt;
use tacho_model::time::{DAY_NS, Day, Timestamp};

/// Days back from the day of arrival that have partitions of their own.
pub const DAYS_BACK: i32 = 40;

/// A share of a tenant's signal that is stored, merged and dropped together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Partition {
    /// Everything that happened more than `DAYS_BACK` days before it arrived.
    Past,
    /// One day.
    Day(Day),
    /// Everything that claims to happen more than a day after it arrived.
    Future,
}

impl Partition {
    /// The partition of an item that happened at `event` (end of a span, time of a log record) and
    /// arrived at `receive`.
    pub fn of(event: Timestamp, receive: Timestamp) -> Self {
        let (event, receive) = (event.day(), receive.day());
        if event.0 < receive.0 - DAYS_BACK {
            Partition::Past
        } else if event.0 > receive.0 + 1 {
            Partition::Future
        } else {
            Partition::Day(event)
        }
    }

    /// The partition of a folder name that `Display` gave.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "past" => Some(Partition::Past),
            "future" => Some(Partition::Future),
            date => {
                let mut parts = date.splitn(3, '-');
                let mut number = || parts.next()?.parse::<i64>().ok();
                let (year, month, day) = (number()?, number()?, number()?);
                let known = (1..=12).contains(&month) && (1..=31).contains(&day);
                let parsed = Partition::Day(days_from_civil(year, month, day)?);
                (known && parsed.to_string() == name).then_some(parsed)
            }
        }
    }

    /// True once nothing new is expected: the day has been over for a day.
    pub fn is_closed(self, now: Timestamp) -> bool {
        match self {
            Partition::Day(day) => now.0 - day.start().0 > 2 * DAY_NS,
            Partition::Past | Partition::Future => false,
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Partition::Past => f.write_str("past"),
            Partition::Future => f.write_str("future"),
            Partition::Day(day) => day.fmt(f),
        }
    }
}

/// Days since the epoch of a date, after Howard Hinnant's `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<Day> {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era.checked_mul(146_097)? + day_of_era - 719_468)
        .ok()
        .map(Day)
}

#[cfg(test)]
mod tests {
    use super::Partition;
    use tacho_model::time::{DAY_NS, Timestamp};

    #[test]
    fn names_round_trip() {
        let now = Timestamp(1_795_169_720_000_000_000);
        for days in [0, 1, 39, 40] {
            let partition = Partition::of(Timestamp(now.0 - days * DAY_NS), now);
            assert_eq!(Partition::parse(&partition.to_string()), Some(partition));
        }
        assert_eq!(Partition::parse("2026-13-01"), None);
        assert_eq!(Partition::parse("2026-02-31"), None);
    }

    #[test]
    fn wild_clocks_share_two_partitions() {
        let now = Timestamp(1_795_169_720_000_000_000);
        assert_eq!(Partition::of(Timestamp(1), now), Partition::Past);
        assert_eq!(
            Partition::of(Timestamp(now.0 + 3 * DAY_NS), now),
            Partition::Future
        );
        assert_eq!(Partition::of(now, now).to_string(), "2026-11-20");
    }
}
