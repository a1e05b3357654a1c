//! Reads times with Go's layouts; what a layout leaves out is that of the beginning of the year 0 in
//! UTC, as in Go.

use super::format::{FRACTION_DIGITS, MONTHS, SHORT_NAME, WEEKDAYS};
use super::layout::{Part, Precision, cut};
use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

#[derive(Debug, Default)]
struct Found {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
    day_of_year: Option<i16>,
    hour: i8,
    afternoon: Option<bool>,
    minute: i8,
    second: i8,
    ns: i32,
    offset: Option<i32>,
}

/// A time, read as the layout says; in UTC if it names no offset.
///
/// # Errors
/// The text is none of that layout.
pub(crate) fn read(layout: &str, text: &str) -> Result<Zoned, String> {
    let failed = |what: &str| format!("parsing time {text:?} as {layout:?}: {what}");
    let mut found = Found::default();
    let (mut layout_rest, mut rest) = (layout, text);
    loop {
        let (before, part) = cut(layout_rest);
        rest = literal(before, rest)
            .ok_or_else(|| failed(&format!("cannot parse {rest:?} as {before:?}")))?;
        let Some((part, after)) = part else {
            if !rest.is_empty() {
                return Err(failed(&format!("extra text: {rest:?}")));
            }
            break;
        };
        let piece = &layout_rest[before.len()..layout_rest.len() - after.len()];
        rest = take(&mut found, part, rest)
            .ok_or_else(|| failed(&format!("cannot parse {rest:?} as {piece:?}")))?;
        layout_rest = after;
    }
    found.time().ok_or_else(|| failed("a part is out of range"))
}

/// Takes text that stands for itself; blanks may be more or fewer.
fn literal<'a>(layout: &str, text: &'a str) -> Option<&'a str> {
    let mut rest = text;
    let mut chars = layout.chars();
    while let Some(c) = chars.next() {
        if c == ' ' {
            if !rest.is_empty() && !rest.starts_with(' ') {
                return None;
            }
            rest = rest.trim_start_matches(' ');
            chars = chars.as_str().trim_start_matches(' ').chars();
        } else {
            rest = rest.strip_prefix(c)?;
        }
    }
    Some(rest)
}

/// Takes a number of so many digits.
fn number(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let digits = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    let value = text[..digits].parse().ok()?;
    (digits >= least).then_some((value, &text[digits..]))
}

fn small(text: &str, least: usize) -> Option<(i8, &str)> {
    let (value, rest) = number(text, least, 2)?;
    Some((i8::try_from(value).ok()?, rest))
}

/// Takes one of these names in any case: its index.
fn name<'a>(names: &[&str], short: bool, text: &'a str) -> Option<(i8, &'a str)> {
    for (index, name) in names.iter().enumerate() {
        let name = if short { &name[..SHORT_NAME] } else { name };
        if text
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
        {
            return Some((i8::try_from(index).ok()?, &text[name.len()..]));
        }
    }
    None
}

fn least_digits(zero: bool) -> usize {
    if zero { 2 } else { 1 }
}

fn take<'a>(found: &mut Found, part: Part, text: &'a str) -> Option<&'a str> {
    match part {
        Part::LongMonth | Part::Month => {
            let (index, rest) = name(&MONTHS, part == Part::Month, text)?;
            found.month = Some(index + 1);
            Some(rest)
        }
        Part::LongWeekday | Part::Weekday => Some(name(&WEEKDAYS, part == Part::Weekday, text)?.1),
        Part::LongYear => {
            let (value, rest) = number(text, 4, 4)?;
            found.year = i16::try_from(value).ok()?;
            Some(rest)
        }
        Part::Year => {
            let (value, rest) = number(text, 2, 2)?;
            let century = if value >= 69 { 1900 } else { 2000 };
            found.year = i16::try_from(century + value).ok()?;
            Some(rest)
        }
        Part::DayOfYear { .. } => {
            let (value, rest) = number(text.trim_start_matches(' '), 1, 3)?;
            found.day_of_year = i16::try_from(value).ok();
            Some(rest)
        }
        Part::HalfOfDay { .. } => {
            let start = text.get(..2)?;
            found.afternoon = Some(start.eq_ignore_ascii_case("pm"));
            let known = start.eq_ignore_ascii_case("pm") || start.eq_ignore_ascii_case("am");
            known.then(|| &text[2..])
        }
        Part::ZoneName => zone_name(found, text),
        Part::Offset {
            utc_is_z,
            colons,
            precision,
        } => offset(found, (utc_is_z, colons, precision), text),
        Part::Fraction { .. } => Some(take_fraction(found, text)),
        part => take_small(found, part, text),
    }
}

/// Parts of one or two digits.
fn take_small<'a>(found: &mut Found, part: Part, text: &'a str) -> Option<&'a str> {
    let (least, text) = match part {
        Part::Hour24 => (2, text),
        Part::Day { fill: Some(' ') } => (1, text.trim_start_matches(' ')),
        Part::Day { fill } => (least_digits(fill.is_some()), text),
        Part::MonthNumber { zero }
        | Part::Hour12 { zero }
        | Part::Minute { zero }
        | Part::Second { zero } => (least_digits(zero), text),
        _ => return None,
    };
    let (value, rest) = small(text, least)?;
    match part {
        Part::MonthNumber { .. } => found.month = Some(value),
        Part::Day { .. } => found.day = Some(value),
        Part::Minute { .. } => found.minute = value,
        Part::Second { .. } => {
            found.second = value;
            // A fraction may follow even if the layout names none.
            return Some(take_fraction(found, rest));
        }
        _ => found.hour = value,
    }
    Some(rest)
}

fn take_fraction<'a>(found: &mut Found, text: &'a str) -> &'a str {
    match fraction(text) {
        Some((ns, rest)) => {
            found.ns = ns;
            rest
        }
        None => text,
    }
}

/// `.5`: nanoseconds.
fn fraction(text: &str) -> Option<(i32, &str)> {
    let digits = text.strip_prefix(['.', ','])?;
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let padded: String = digits[..count]
        .chars()
        .chain(std::iter::repeat('0'))
        .take(FRACTION_DIGITS)
        .collect();
    (count > 0).then_some((padded.parse().ok()?, &digits[count..]))
}

/// A zone's abbreviation says nothing about its offset, but for UTC.
fn zone_name<'a>(found: &mut Found, text: &'a str) -> Option<&'a str> {
    let length = text.bytes().take_while(u8::is_ascii_uppercase).count();
    if (3..=5).contains(&length) {
        found.offset = found.offset.or(Some(0));
        return Some(&text[length..]);
    }
    None
}

fn offset<'a>(found: &mut Found, how: (bool, bool, Precision), text: &'a str) -> Option<&'a str> {
    let (utc_is_z, colons, precision) = how;
    if utc_is_z && let Some(rest) = text.strip_prefix('Z') {
        found.offset = Some(0);
        return Some(rest);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let parts = match precision {
        Precision::Hours => 1,
        Precision::Minutes => 2,
        Precision::Seconds => 3,
    };
    let (mut rest, mut seconds, mut unit) = (&text[1..], 0, 3600);
    for index in 0..parts {
        if colons && index > 0 {
            rest = rest.strip_prefix(':')?;
        }
        let (value, after) = small(rest, 2)?;
        seconds += i32::from(value) * unit;
        (rest, unit) = (after, unit / 60);
    }
    found.offset = Some(sign * seconds);
    Some(rest)
}

impl Found {
    fn time(&self) -> Option<Zoned> {
        let hour = match (self.afternoon, self.hour) {
            (Some(true), 0..12) => self.hour + 12,
            (Some(false), 12) => 0,
            (_, hour) => hour,
        };
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        let mut at = DateTime::new(
            self.year,
            month,
            day,
            hour,
            self.minute,
            self.second,
            self.ns,
        )
        .ok()?;
        if let Some(day) = self.day_of_year {
            at = at.with().day_of_year(day).build().ok()?;
        }
        let zone = match self.offset {
            None | Some(0) => TimeZone::UTC,
            Some(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).ok()?),
        };
        at.to_zoned(zone).ok()
    }
}
