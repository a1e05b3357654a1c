//! Go's time layouts: texts that write the reference time `Mon Jan 2 15:04:05 MST 2006` as other
//! times are to be written. Source: the constants of <https://pkg.go.dev/time>.

/// A piece of a layout that stands for a part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    LongMonth,
    Month,
    MonthNumber {
        zero: bool,
    },
    LongWeekday,
    Weekday,
    Day {
        fill: Option<char>,
    },
    DayOfYear {
        fill: char,
    },
    Hour24,
    Hour12 {
        zero: bool,
    },
    Minute {
        zero: bool,
    },
    Second {
        zero: bool,
    },
    LongYear,
    Year,
    /// `PM` or `pm`.
    HalfOfDay {
        upper: bool,
    },
    ZoneName,
    Offset {
        utc_is_z: bool,
        colons: bool,
        precision: Precision,
    },
    /// `.000` or `.999`: so many digits, without trailing zeros or not.
    Fraction {
        mark: char,
        digits: usize,
        trims: bool,
    },
}

/// How exactly a zone's offset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    Hours,
    Minutes,
    Seconds,
}

/// Longer ones first where one begins another.
const PARTS: [(&str, Part); 35] = [
    ("January", Part::LongMonth),
    ("Jan", Part::Month),
    ("Monday", Part::LongWeekday),
    ("Mon", Part::Weekday),
    ("MST", Part::ZoneName),
    ("002", Part::DayOfYear { fill: '0' }),
    ("01", Part::MonthNumber { zero: true }),
    ("02", Part::Day { fill: Some('0') }),
    ("03", Part::Hour12 { zero: true }),
    ("04", Part::Minute { zero: true }),
    ("05", Part::Second { zero: true }),
    ("06", Part::Year),
    ("15", Part::Hour24),
    ("1", Part::MonthNumber { zero: false }),
    ("2006", Part::LongYear),
    ("2", Part::Day { fill: None }),
    ("__2", Part::DayOfYear { fill: ' ' }),
    ("_2", Part::Day { fill: Some(' ') }),
    ("3", Part::Hour12 { zero: false }),
    ("4", Part::Minute { zero: false }),
    ("5", Part::Second { zero: false }),
    ("PM", Part::HalfOfDay { upper: true }),
    ("pm", Part::HalfOfDay { upper: false }),
    ("-07:00:00", offset(false, true, Precision::Seconds)),
    ("-070000", offset(false, false, Precision::Seconds)),
    ("-07:00", offset(false, true, Precision::Minutes)),
    ("-0700", offset(false, false, Precision::Minutes)),
    ("-07", offset(false, false, Precision::Hours)),
    ("Z07:00:00", offset(true, true, Precision::Seconds)),
    ("Z070000", offset(true, false, Precision::Seconds)),
    ("Z07:00", offset(true, true, Precision::Minutes)),
    ("Z0700", offset(true, false, Precision::Minutes)),
    ("Z07", offset(true, false, Precision::Hours)),
    (
        ".",
        Part::Fraction {
            mark: '.',
            digits: 0,
            trims: false,
        },
    ),
    (
        ",",
        Part::Fraction {
            mark: ',',
            digits: 0,
            trims: false,
        },
    ),
];

const fn offset(utc_is_z: bool, colons: bool, precision: Precision) -> Part {
    Part::Offset {
        utc_is_z,
        colons,
        precision,
    }
}

/// Cuts a layout at its first part: what stands before it, the part, what follows.
pub(super) fn cut(layout: &str) -> (&str, Option<(Part, &str)>) {
    for (at, c) in layout.char_indices() {
        if !matches!(
            c,
            'J' | 'M' | '0'..='5' | '_' | 'P' | 'p' | '-' | 'Z' | '.' | ','
        ) {
            continue;
        }
        let rest = &layout[at..];
        // The underscore stands for itself before a year.
        if let Some(year) = rest.strip_prefix("_2006") {
            return (&layout[..=at], Some((Part::LongYear, year)));
        }
        if let Some((part, after)) = starts(rest) {
            return (&layout[..at], Some((part, after)));
        }
    }
    (layout, None)
}

fn starts(rest: &str) -> Option<(Part, &str)> {
    for (text, part) in PARTS {
        let Some(after) = rest.strip_prefix(text) else {
            continue;
        };
        let lower = after.starts_with(|c: char| c.is_ascii_lowercase());
        match part {
            Part::Month | Part::Weekday if lower => {}
            Part::Fraction { mark, .. } => return fraction(after, mark),
            part => return Some((part, after)),
        }
    }
    None
}

/// Zeros or nines behind a point, with no digit behind them.
fn fraction(after: &str, mark: char) -> Option<(Part, &str)> {
    let digit = after.chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let rest = after.trim_start_matches(digit);
    let digits = after.len() - rest.len();
    let ends = !rest.starts_with(|c: char| c.is_ascii_digit());
    let part = Part::Fraction {
        mark,
        digits,
        trims: digit == '9',
    };
    ends.then_some((part, rest))
}
