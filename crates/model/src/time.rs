//! Points and ranges of time: signed 64-bit nanoseconds UTC.

use std::fmt;

/// Nanoseconds in a second.
pub const SECOND_NS: i64 = 1_000_000_000;
/// Nanoseconds in a day.
pub const DAY_NS: i64 = 86_400 * SECOND_NS;

/// A point in time, nanoseconds since the Unix epoch, UTC; ends at 2262-04-11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The last point that can be told.
    pub const MAX: Timestamp = Timestamp(i64::MAX);
    /// The first point that can be told.
    pub const MIN: Timestamp = Timestamp(i64::MIN);

    /// Takes OTLP's unsigned nanoseconds; `None` beyond 2262-04-11.
    pub fn from_unsigned_ns(ns: u64) -> Option<Self> {
        i64::try_from(ns).ok().map(Self)
    }

    /// The day this point lies in.
    pub fn day(self) -> Day {
        Day(i32::try_from(self.0.div_euclid(DAY_NS)).unwrap_or(0))
    }
}

/// A calendar day UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Day(pub i32);

impl Day {
    /// First nanosecond of the day.
    pub fn start(self) -> Timestamp {
        Timestamp(i64::from(self.0).saturating_mul(DAY_NS))
    }

    /// Year, month (1 to 12) and day of the month (1 to 31), after Howard Hinnant's `civil_from_days`.
    pub fn civil(self) -> (i32, u32, u32) {
        let z = i64::from(self.0) + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
        let month = (if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        }) as u32;
        let year = (year_of_era + era * 400 + i64::from(month <= 2)) as i32;
        (year, month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with nine digits of a second.
    ///
    /// ```
    /// use tacho_model::time::Timestamp;
    /// let time = Timestamp(1_795_169_720_000_000_001);
    /// assert_eq!(time.to_string(), "2026-11-20T10:15:20.000000001Z");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.0.rem_euclid(DAY_NS);
        let (seconds, ns) = (rest / SECOND_NS, rest % SECOND_NS);
        write!(
            f,
            "{}T{:02}:{:02}:{:02}.{ns:09}Z",
            self.day(),
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        )
    }
}

/// A half-open range of time: `start` belongs to it, `end` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// First point inside.
    pub start: Timestamp,
    /// First point after.
    pub end: Timestamp,
}

impl TimeRange {
    /// Everything that can be told (the very last nanosecond excepted).
    pub const ALL: TimeRange = TimeRange {
        start: Timestamp::MIN,
        end: Timestamp::MAX,
    };

    /// True if the point lies inside.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// True if a closed interval `[first, last]` shares a point with this range.
    pub fn overlaps(&self, first: Timestamp, last: Timestamp) -> bool {
        first < self.end && self.start <= last
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Timestamp};

    #[test]
    fn timestamps_print_as_rfc_3339() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(
            Timestamp(1_795_169_720_000_000_001).to_string(),
            "2026-11-20T10:15:20.000000001Z"
        );
        assert_eq!(Timestamp(-1).to_string(), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(Timestamp::MAX.to_string(), "2262-04-11T23:47:16.854775807Z");
    }

    #[test]
    fn a_day_starts_where_the_last_ends() {
        let day = Timestamp(1_795_169_720_000_000_001).day();
        assert_eq!(day.to_string(), "2026-11-20");
        assert_eq!(Timestamp(day.start().0 - 1).day(), Day(day.0 - 1));
    }
}
