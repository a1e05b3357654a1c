//! Times and durations: how Go prints them, and their methods. `time/layout.rs` reads Go's layouts,
//! `time/format.rs` writes times with them, `time/read.rs` reads times.
//! Source: <https://pkg.go.dev/time>.

pub(crate) mod format;
mod layout;
pub(crate) mod read;

use crate::value::Value;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan, Zoned};

/// How Go prints a time.
const SHOWN_LAYOUT: &str = "2006-01-02 15:04:05.999999999 -0700 MST";
const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;

/// A time as Go prints it: `2026-11-20 19:45:00 +0000 UTC`.
pub(crate) fn shown(at: &Zoned) -> String {
    format::format(at, SHOWN_LAYOUT)
}

/// A duration as Go prints it: `1h2m3.5s`, `100ms`, `0s`.
pub(crate) fn duration_text(ns: i64) -> String {
    let size = ns.unsigned_abs();
    let sign = if ns < 0 { "-" } else { "" };
    const SECOND: u64 = 1_000_000_000;
    if size == 0 {
        return "0s".to_owned();
    }
    if size < SECOND {
        let (unit, name) = match size {
            0..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "µs"),
            _ => (1_000_000, "ms"),
        };
        return format!("{sign}{}{name}", decimal(size, unit));
    }
    let (minutes, rest) = (size / (60 * SECOND), size % (60 * SECOND));
    let seconds = decimal(rest, SECOND);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// `size / unit` without trailing zeros; the unit is a power of ten.
fn decimal(size: u64, unit: u64) -> String {
    let (whole, rest) = (size / unit, size % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let places = unit.ilog10() as usize;
    let digits = format!("{rest:0>places$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// Nanoseconds from one time to another; the ends of the range if they do not fit.
pub(crate) fn between(from: &Zoned, to: &Zoned) -> i64 {
    let ns = to.timestamp().as_nanosecond() - from.timestamp().as_nanosecond();
    i64::try_from(ns).unwrap_or(if ns < 0 { i64::MIN } else { i64::MAX })
}

type Called = Result<Value, String>;

/// Calls a method of a time or a duration; `None` if there is no such method.
pub(crate) fn method(
    receiver: &Value,
    name: &str,
    arguments: &[Value],
    local: &TimeZone,
) -> Option<Called> {
    match receiver {
        Value::Time(at) => time_method(at, name, arguments, local),
        Value::Duration(ns) => duration_method(*ns, name, arguments),
        _ => None,
    }
}

fn wrong(name: &str, arguments: &[Value]) -> String {
    let kinds: Vec<&str> = arguments.iter().map(Value::type_name).collect();
    format!("wrong arguments for {name}: ({})", kinds.join(", "))
}

fn time_method(at: &Zoned, name: &str, arguments: &[Value], local: &TimeZone) -> Option<Called> {
    let value = match arguments {
        [] => time_property(at, name, local)?,
        [argument] => return time_with(at, name, argument),
        [Value::Int(years), Value::Int(months), Value::Int(days)] if name == "AddDate" => {
            return Some(add_date(at, [*years, *months, *days]));
        }
        _ => return Some(Err(wrong(name, arguments))),
    };
    Some(Ok(value))
}

fn time_property(at: &Zoned, name: &str, local: &TimeZone) -> Option<Value> {
    let ns = at.timestamp().as_nanosecond();
    let clipped = |value: i128| Value::Int(i64::try_from(value).unwrap_or(i64::MAX));
    Some(match name {
        "UTC" => at.with_time_zone(TimeZone::UTC).into(),
        "Local" => at.with_time_zone(local.clone()).into(),
        "Unix" => clipped(ns.div_euclid(NANOSECONDS_PER_SECOND.into())),
        "UnixMilli" => clipped(ns.div_euclid(1_000_000)),
        "UnixMicro" => clipped(ns.div_euclid(1_000)),
        "UnixNano" => clipped(ns),
        "IsZero" => Value::Bool(format::is_zero(at)),
        "String" => shown(at).into(),
        "Year" => i64::from(at.year()).into(),
        "Month" => format::month_name(at).into(),
        "Day" => i64::from(at.day()).into(),
        "Hour" => i64::from(at.hour()).into(),
        "Minute" => i64::from(at.minute()).into(),
        "Second" => i64::from(at.second()).into(),
        "Nanosecond" => i64::from(at.subsec_nanosecond()).into(),
        "YearDay" => i64::from(at.day_of_year()).into(),
        "Weekday" => format::weekday_name(at).into(),
        _ => return None,
    })
}

fn time_with(at: &Zoned, name: &str, argument: &Value) -> Option<Called> {
    let value = match (name, argument) {
        ("Format", layout) => format::format(at, layout.as_text()?).into(),
        ("Sub", Value::Time(other)) => Value::Duration(between(other, at)),
        ("Before", Value::Time(other)) => Value::Bool(at.timestamp() < other.timestamp()),
        ("After", Value::Time(other)) => Value::Bool(at.timestamp() > other.timestamp()),
        ("Equal", Value::Time(other)) => Value::Bool(at.timestamp() == other.timestamp()),
        ("Compare", Value::Time(other)) => {
            Value::Int(at.timestamp().cmp(&other.timestamp()) as i64)
        }
        ("Add", Value::Duration(ns) | Value::Int(ns)) => {
            let sum = at.checked_add(SignedDuration::from_nanos(*ns));
            return Some(sum.map(Value::Time).map_err(|error| error.to_string()));
        }
        ("Truncate" | "Round", Value::Duration(unit) | Value::Int(unit)) => {
            return Some(rounded_time(at, *unit, name == "Round"));
        }
        _ => return Some(Err(wrong(name, std::slice::from_ref(argument)))),
    };
    Some(Ok(value))
}

/// To a multiple of the unit since the year 1, as Go does.
fn rounded_time(at: &Zoned, unit: i64, to_nearest: bool) -> Called {
    if unit <= 0 {
        return Ok(at.clone().into());
    }
    /// Seconds from the beginning of the year 1 to that of 1970.
    const YEAR_ONE: i128 = 62_135_596_800;
    let since = at.timestamp().as_nanosecond() + YEAR_ONE * i128::from(NANOSECONDS_PER_SECOND);
    let over = since.rem_euclid(unit.into());
    let up = if to_nearest && over * 2 >= i128::from(unit) {
        i128::from(unit)
    } else {
        0
    };
    let sum = i64::try_from(up - over)
        .map_err(|error| error.to_string())
        .and_then(|ns| {
            at.checked_add(SignedDuration::from_nanos(ns))
                .map_err(|e| e.to_string())
        })?;
    Ok(sum.into())
}

fn add_date(at: &Zoned, parts: [i64; 3]) -> Called {
    let mut sum = at.clone();
    let [years, months, days] = parts;
    let spans = [
        0.years().try_years(years),
        0.months().try_months(months),
        0.days().try_days(days),
    ];
    for span in spans {
        let span = span.map_err(|error| error.to_string())?;
        sum = sum.checked_add(span).map_err(|error| error.to_string())?;
    }
    Ok(sum.into())
}

fn duration_method(ns: i64, name: &str, arguments: &[Value]) -> Option<Called> {
    let seconds = NANOSECONDS_PER_SECOND as f64;
    let value = match (name, arguments) {
        ("String", []) => duration_text(ns).into(),
        ("Seconds", []) => Value::Float(ns as f64 / seconds),
        ("Minutes", []) => Value::Float(ns as f64 / (60.0 * seconds)),
        ("Hours", []) => Value::Float(ns as f64 / (3600.0 * seconds)),
        ("Milliseconds", []) => Value::Int(ns / 1_000_000),
        ("Microseconds", []) => Value::Int(ns / 1_000),
        ("Nanoseconds", []) => Value::Int(ns),
        ("Abs", []) => Value::Duration(ns.saturating_abs()),
        ("Truncate" | "Round", [Value::Duration(unit) | Value::Int(unit)]) => {
            Value::Duration(rounded(ns, *unit, name == "Round"))
        }
        (
            "String" | "Seconds" | "Minutes" | "Hours" | "Milliseconds" | "Microseconds"
            | "Nanoseconds" | "Abs" | "Truncate" | "Round",
            _,
        ) => return Some(Err(wrong(name, arguments))),
        _ => return None,
    };
    Some(Ok(value))
}

/// Halves away from zero.
fn rounded(ns: i64, unit: i64, to_nearest: bool) -> i64 {
    if unit <= 0 {
        return ns;
    }
    let over = ns % unit;
    let down = ns - over;
    if !to_nearest || over.unsigned_abs() * 2 < unit.unsigned_abs() {
        return down;
    }
    down.saturating_add(if ns < 0 { -unit } else { unit })
}
