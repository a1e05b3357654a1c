//! Writes times with Go's layouts.

use super::layout::{Part, Precision, cut};
use jiff::Zoned;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// Letters of the short names of months and weekdays.
pub(super) const SHORT_NAME: usize = 3;
/// Most digits of a second's fraction that mean something.
pub(super) const FRACTION_DIGITS: usize = 9;

/// The name of the month.
pub(crate) fn month_name(at: &Zoned) -> &'static str {
    let index = usize::try_from(at.month() - 1).unwrap_or(0);
    MONTHS.get(index).copied().unwrap_or_default()
}

/// The name of the day of the week.
pub(crate) fn weekday_name(at: &Zoned) -> &'static str {
    let index = usize::try_from(at.weekday().to_sunday_zero_offset()).unwrap_or(0);
    WEEKDAYS.get(index).copied().unwrap_or_default()
}

/// True for Go's zero time, the beginning of the year 1.
pub(crate) fn is_zero(at: &Zoned) -> bool {
    at.timestamp().as_second() == -62_135_596_800 && at.subsec_nanosecond() == 0
}

/// A time, written as the layout says.
pub(crate) fn format(at: &Zoned, layout: &str) -> String {
    let mut out = String::with_capacity(layout.len() + 10);
    let mut rest = layout;
    loop {
        let (before, part) = cut(rest);
        out.push_str(before);
        let Some((part, after)) = part else {
            return out;
        };
        push(&mut out, at, part);
        rest = after;
    }
}

fn padded(number: i64, fill: Option<char>, width: usize) -> String {
    match fill {
        Some(' ') => format!("{number:>width$}"),
        Some(_) => format!("{number:0>width$}"),
        None => number.to_string(),
    }
}

fn push(out: &mut String, at: &Zoned, part: Part) {
    let two = |number: i8, zero: bool| padded(number.into(), zero.then_some('0'), 2);
    let text = match part {
        Part::LongMonth => month_name(at).to_owned(),
        Part::Month => month_name(at)[..SHORT_NAME].to_owned(),
        Part::MonthNumber { zero } => two(at.month(), zero),
        Part::LongWeekday => weekday_name(at).to_owned(),
        Part::Weekday => weekday_name(at)[..SHORT_NAME].to_owned(),
        Part::Day { fill } => padded(at.day().into(), fill, 2),
        Part::DayOfYear { fill } => padded(at.day_of_year().into(), Some(fill), 3),
        Part::Hour24 => two(at.hour(), true),
        Part::Hour12 { zero } => match at.hour() % 12 {
            0 => "12".to_owned(),
            hour => two(hour, zero),
        },
        Part::Minute { zero } => two(at.minute(), zero),
        Part::Second { zero } => two(at.second(), zero),
        Part::LongYear => padded(at.year().into(), Some('0'), 4),
        Part::Year => padded(i64::from(at.year()).rem_euclid(100), Some('0'), 2),
        Part::HalfOfDay { upper } => match (at.hour() >= 12, upper) {
            (true, true) => "PM",
            (false, true) => "AM",
            (true, false) => "pm",
            (false, false) => "am",
        }
        .to_owned(),
        Part::ZoneName => zone_name(at),
        Part::Offset {
            utc_is_z,
            colons,
            precision,
        } => offset(at.offset().seconds(), (utc_is_z, colons, precision)),
        Part::Fraction {
            mark,
            digits,
            trims,
        } => fraction(at.subsec_nanosecond(), (mark, digits, trims)),
    };
    out.push_str(&text);
}

/// The abbreviation of the zone at that time; of one without a name its offset.
fn zone_name(at: &Zoned) -> String {
    let zone = at.time_zone();
    let info = zone.to_offset_info(at.timestamp());
    info.abbreviation().to_owned()
}

fn offset(seconds: i32, how: (bool, bool, Precision)) -> String {
    let (utc_is_z, colons, precision) = how;
    if utc_is_z && seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.unsigned_abs();
    let (hours, minutes, seconds) = (size / 3600, size / 60 % 60, size % 60);
    let colon = if colons { ":" } else { "" };
    match precision {
        Precision::Hours => format!("{sign}{hours:02}"),
        Precision::Minutes => format!("{sign}{hours:02}{colon}{minutes:02}"),
        Precision::Seconds => format!("{sign}{hours:02}{colon}{minutes:02}{colon}{seconds:02}"),
    }
}

fn fraction(ns: i32, how: (char, usize, bool)) -> String {
    let (mark, digits, trims) = how;
    let all = format!("{ns:0>FRACTION_DIGITS$}");
    let mut text: String = all.chars().take(digits).collect();
    text.extend(std::iter::repeat_n(
        '0',
        digits.saturating_sub(FRACTION_DIGITS),
    ));
    if trims {
        let kept = text.trim_end_matches('0');
        return if kept.is_empty() {
            String::new()
        } else {
            format!("{mark}{kept}")
        };
    }
    format!("{mark}{text}")
}
