//! Time intervals in words: `Mon-Fri 09:00-17:00 Europe/Berlin`.

use super::{Span, TimeInterval, TimeRange};
use std::fmt;

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, minute) in [self.start_minute, self.end_minute].into_iter().enumerate() {
            let dash = if at > 0 { "-" } else { "" };
            write!(f, "{dash}{:02}:{:02}", minute / 60, minute % 60)?;
        }
        Ok(())
    }
}

/// Its parts in words, the place last (UTC if it has none); `always` without parts.
impl fmt::Display for TimeInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekday = |day: i32| name_of(&WEEKDAYS, day);
        let month = |month: i32| name_of(&MONTHS, month - 1);
        let number = |number: i32| number.to_string();
        let times = self.times.as_deref();
        let parts = [
            words(self.weekdays.as_deref(), "", weekday),
            times.map(|times| join(times.iter().map(ToString::to_string))),
            words(self.days_of_month.as_deref(), "day ", day_of_month),
            words(self.months.as_deref(), "", month),
            words(self.years.as_deref(), "", number),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return f.write_str("always");
        }
        if parts.iter().any(String::is_empty) {
            return f.write_str("never");
        }
        let place = self.location.as_ref().map_or("", |place| &place.name);
        let place = if place.is_empty() { "UTC" } else { place };
        write!(f, "{} {place}", parts.join(" "))
    }
}

fn name_of(names: &[&str], place: i32) -> String {
    let name = usize::try_from(place)
        .ok()
        .and_then(|place| names.get(place));
    name.map_or_else(|| place.to_string(), |name| (*name).to_owned())
}

fn day_of_month(day: i32) -> String {
    match day {
        -1 => "last".to_owned(),
        -2 => "2nd last".to_owned(),
        -3 => "3rd last".to_owned(),
        day if day < 0 => format!("{}th last", -day),
        day => day.to_string(),
    }
}

fn words(spans: Option<&[Span]>, before: &str, word: impl Fn(i32) -> String) -> Option<String> {
    let words = spans?.iter().map(|span| match span.begin == span.end {
        true => word(span.begin),
        false => format!("{}-{}", word(span.begin), word(span.end)),
    });
    let words = join(words);
    Some(match words.is_empty() {
        true => words,
        false => format!("{before}{words}"),
    })
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(",")
}
