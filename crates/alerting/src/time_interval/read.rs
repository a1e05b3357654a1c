//! Reads time intervals strictly, with Alertmanager's words for what is wrong.

use super::{DAY_MINUTES, Place, Span, TimeInterval, TimeRange};
use jiff::tz::TimeZone;
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of, text_of};

/// Most intervals under one name.
const INTERVALS_MAX: usize = 1_000;
/// Most ranges in one part of an interval.
const RANGES_MAX: usize = 1_000;

const WEEKDAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl TimeInterval {
    /// Reads one interval.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(node: &Node) -> Read<Self> {
        let mut section = Section::open(node, "time interval")?;
        let interval = Self::read_fields(&mut section)?;
        section.finish()?;
        Ok(interval)
    }

    /// Reads the fields of an interval out of a mapping that may have others too.
    ///
    /// # Errors
    /// As `read`, but for unknown fields.
    pub fn read_fields(section: &mut Section<'_>) -> Read<Self> {
        let times = match section.items("times")? {
            Some(items) => Some(read_times(items)?),
            None => None,
        };
        Ok(Self {
            times,
            weekdays: spans(section, "weekdays", weekdays)?,
            days_of_month: spans(section, "days_of_month", days_of_month)?,
            months: spans(section, "months", months)?,
            years: spans(section, "years", years)?,
            location: match section.node("location") {
                Some(node) => Some(read_place(node, "location")?),
                None => None,
            },
        })
    }

    /// Reads a list of intervals; one mapping alone is a list of one.
    ///
    /// # Errors
    /// As `read`, or if there are too many.
    pub fn read_list(node: &Node, key: &str) -> Read<Vec<Self>> {
        let items = items_of(node, key)?;
        if items.len() > INTERVALS_MAX {
            let message = format!("{key} has more than {INTERVALS_MAX} intervals");
            return Err(Wrong::new(node.line, message));
        }
        items.iter().map(Self::read).collect()
    }
}

/// A time zone by its name in the IANA database; empty is UTC.
///
/// # Errors
/// If this machine does not know it.
pub fn read_place(node: &Node, key: &str) -> Read<Place> {
    let name = text_of(node, key)?;
    let zone = match name.as_str() {
        "" | "UTC" => Some(TimeZone::UTC),
        "Local" => TimeZone::try_system().ok(),
        name => TimeZone::get(name).ok(),
    };
    match zone {
        Some(zone) => Ok(Place { name, zone }),
        None => {
            let mut wrong = Wrong::new(node.line, format!("unknown time zone {name}"));
            let hint = "name one of the IANA time zone database, such as Europe/Berlin";
            wrong.hint = Some(hint.to_owned());
            Err(wrong)
        }
    }
}

fn read_times(items: &[Node]) -> Read<Vec<TimeRange>> {
    let mut ranges = Vec::with_capacity(items.len().min(RANGES_MAX));
    for item in items.iter().take(RANGES_MAX) {
        let mut section = Section::open(item, "time range")?;
        let (start, end) = (section.text("start_time")?, section.text("end_time")?);
        let line = section.line;
        let (start, end) = (start.unwrap_or_default(), end.unwrap_or_default());
        section.finish()?;
        if start.is_empty() || end.is_empty() {
            let message = "both start and end times must be provided";
            return Err(Wrong::new(line, message));
        }
        let range = TimeRange {
            start_minute: parse_minute(&start).map_err(|message| Wrong::new(line, message))?,
            end_minute: parse_minute(&end).map_err(|message| Wrong::new(line, message))?,
        };
        if range.start_minute >= range.end_minute {
            let message = "start time cannot be equal or greater than end time";
            let mut wrong = Wrong::new(line, message);
            let hint = "a range over midnight is two: one until 24:00, one from 00:00";
            wrong.hint = Some(hint.to_owned());
            return Err(wrong);
        }
        ranges.push(range);
    }
    Ok(ranges)
}

/// The minute of the day of `HH:MM`; `24:00` is the end of the day.
///
/// # Errors
/// Alertmanager's words.
pub fn parse_minute(text: &str) -> Result<u16, String> {
    let invalid = || format!("couldn't parse timestamp {text}, invalid format");
    let (hour, minute) = text.split_once(':').ok_or_else(invalid)?;
    let number = |digits: &str| -> Option<u16> {
        let plain = digits.len() == 2 && digits.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| digits.parse().ok())?
    };
    match (number(hour), number(minute)) {
        (Some(24), Some(0)) => Ok(DAY_MINUTES),
        (Some(hour @ 0..24), Some(minute @ 0..60)) => Ok(hour * 60 + minute),
        _ => Err(invalid()),
    }
}

fn spans(
    section: &mut Section<'_>,
    key: &'static str,
    read: impl Fn(&str) -> Result<Span, String>,
) -> Read<Option<Vec<Span>>> {
    let Some(items) = section.items(key)? else {
        return Ok(None);
    };
    let read_one = |item: &Node| {
        read(&text_of(item, key)?.to_lowercase()).map_err(|message| Wrong::new(item.line, message))
    };
    let spans: Read<Vec<_>> = items.iter().take(RANGES_MAX).map(read_one).collect();
    spans.map(Some)
}

/// `a:b` or `a`.
fn range(text: &str, member: impl Fn(&str) -> Result<i32, String>) -> Result<Span, String> {
    let (begin, end) = match text.split_once(':') {
        None => (text, text),
        Some((_, end)) if end.contains(':') => {
            return Err(format!("couldn't parse range {text}, invalid format"));
        }
        Some(ends) => ends,
    };
    Ok(Span {
        begin: member(begin)?,
        end: member(end)?,
    })
}

fn integer(text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
}

fn place_in(names: &[&str], text: &str) -> Option<i32> {
    let place = names.iter().position(|name| *name == text)?;
    i32::try_from(place).ok()
}

fn weekdays(text: &str) -> Result<Span, String> {
    let member =
        |day: &str| place_in(&WEEKDAYS, day).ok_or_else(|| format!("{day} is not a valid weekday"));
    let span = range(text, member)?;
    if span.begin > span.end {
        return Err("start day cannot be before end day".to_owned());
    }
    Ok(span)
}

fn days_of_month(text: &str) -> Result<Span, String> {
    let span = range(text, integer)?;
    let Span { begin, end } = span;
    for day in [begin, end] {
        if day == 0 || !(-31..=31).contains(&day) {
            return Err(format!(
                "{day} is not a valid day of the month: out of range"
            ));
        }
    }
    if begin < 0 && end > 0 {
        return Err("end day must be negative if start day is negative".to_owned());
    }
    // the shortest month: what is empty there only may still be meant
    let from_front = |day: i32| if day < 0 { 28 + day } else { day };
    if from_front(begin) > from_front(end) {
        return Err(format!("end day {end} is always before start day {begin}"));
    }
    Ok(span)
}

fn months(text: &str) -> Result<Span, String> {
    let member = |month: &str| match place_in(&MONTHS, month) {
        Some(place) => Ok(place + 1),
        None => month
            .parse()
            .map_err(|_| format!("{month} is not a valid month")),
    };
    let span = range(text, member)?;
    if span.begin <= span.end {
        return Ok(span);
    }
    let name = |month: i32| {
        let place = usize::try_from(month - 1).ok();
        place.and_then(|place| MONTHS.get(place)).copied()
    };
    let (begin, end) = (name(span.begin), name(span.end));
    let (begin, end) = (begin.unwrap_or_default(), end.unwrap_or_default());
    Err(format!("end month {end} is before start month {begin}"))
}

fn years(text: &str) -> Result<Span, String> {
    let span = range(text, integer)?;
    let Span { begin, end } = span;
    if begin > end {
        return Err(format!("end year {end} is before start year {begin}"));
    }
    Ok(span)
}
