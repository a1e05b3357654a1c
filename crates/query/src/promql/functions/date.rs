//! Parts of a date in UTC, of seconds since the epoch.

use crate::promql::call::{Implementation, InstantFn};
use crate::promql::functions::math::map;
use tacho_syntax::promql::function::FunctionId;

const DAY_SECONDS: i64 = 86_400;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;
/// Days of 400 years.
const ERA_DAYS: i64 = 146_097;
/// Days before each month of a year that begins in March.
const DAYS_BEFORE: [i64; 12] = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337];

/// The implementation of a function of this file.
pub(super) fn implementation(id: FunctionId) -> Option<Implementation> {
    use FunctionId as F;
    let function: InstantFn = match id {
        F::DayOfMonth => |_, element, _| map(element, |value| date(value).day as f64),
        F::DayOfWeek => |_, element, _| map(element, |value| day_of_week(value) as f64),
        F::DayOfYear => |_, element, _| map(element, |value| day_of_year(date(value)) as f64),
        F::DaysInMonth => |_, element, _| map(element, |value| days_in_month(date(value)) as f64),
        F::Hour => |_, element, _| map(element, |value| (second_of_day(value) / 3_600) as f64),
        F::Minute => |_, element, _| map(element, |value| (second_of_day(value) / 60 % 60) as f64),
        F::Month => |_, element, _| map(element, |value| date(value).month as f64),
        F::Year => |_, element, _| map(element, |value| date(value).year as f64),
        _ => return None,
    };
    Some(Implementation::Instant(function))
}

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Date {
    year: i64,
    month: i64,
    day: i64,
}

/// Whole seconds, fractions cut off. Far beyond any calendar they are cut to one that can be counted.
fn seconds(value: f64) -> i64 {
    const MAX: f64 = 1e17;
    value.clamp(-MAX, MAX) as i64
}

fn second_of_day(value: f64) -> i64 {
    seconds(value).rem_euclid(DAY_SECONDS)
}

fn day_of_week(value: f64) -> i64 {
    (seconds(value).div_euclid(DAY_SECONDS) + 4).rem_euclid(7)
}

fn date(value: f64) -> Date {
    let days = seconds(value).div_euclid(DAY_SECONDS) + EPOCH_DAYS;
    let era = days.div_euclid(ERA_DAYS);
    let day_of_era = days.rem_euclid(ERA_DAYS);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let after_march = DAYS_BEFORE.partition_point(|before| *before <= day_of_year) - 1;
    let day = day_of_year - DAYS_BEFORE[after_march] + 1;
    let month = (after_march as i64 + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    Date { year, month, day }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(date: Date) -> i64 {
    match date.month {
        2 => 28 + i64::from(is_leap(date.year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn day_of_year(date: Date) -> i64 {
    let before: i64 = (1..date.month)
        .map(|month| days_in_month(Date { month, ..date }))
        .sum();
    before + date.day
}

#[cfg(test)]
mod tests {
    use super::{Date, date, day_of_week, day_of_year, days_in_month, second_of_day};

    #[test]
    fn dates_are_those_of_the_calendar() {
        let cases = [
            (0.0, (1970, 1, 1), 4, 1, 31),
            (951_782_400.0, (2000, 2, 29), 2, 60, 29),
            (978_220_800.0, (2000, 12, 31), 0, 366, 31),
            (-1.0, (1969, 12, 31), 3, 365, 31),
            (4_107_542_399.9, (2100, 2, 28), 0, 59, 28),
            (1_114_905_600.0, (2005, 5, 1), 0, 121, 31),
        ];
        for (value, (year, month, day), week, of_year, in_month) in cases {
            let found = date(value);
            assert_eq!(found, Date { year, month, day }, "{value}");
            assert_eq!(day_of_week(value), week, "{value}");
            assert_eq!(day_of_year(found), of_year, "{value}");
            assert_eq!(days_in_month(found), in_month, "{value}");
        }
        assert_eq!(second_of_day(-1.0), 86_399);
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!((1..=12).contains(&date(odd).month));
        }
    }
}
