//! Numbers for people: the `humanize…` functions, and what they take for a number.
//! Source: the template reference of Prometheus and the tables in its source.

use crate::format::number::float;
use crate::time::shown;
use crate::value::Value;
use jiff::Zoned;
use jiff::tz::TimeZone;
use tacho_model::time::Timestamp;

const LARGE: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const LARGE_BINARY: [&str; 8] = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const SMALL: [&str; 8] = ["m", "u", "n", "p", "f", "a", "z", "y"];
const NANOSECONDS_PER_SECOND: f64 = 1e9;
const NANOSECONDS_PER_MILLISECOND: i64 = 1_000_000;

/// A number, a text that holds one, or a duration in seconds.
pub(super) fn number(value: &Value) -> Result<f64, String> {
    match value {
        Value::Float(number) => Ok(*number),
        Value::Int(number) => Ok(*number as f64),
        Value::Duration(ns) => Ok(*ns as f64 / NANOSECONDS_PER_SECOND),
        Value::Text(text) => parse(text)
            .ok_or_else(|| format!("strconv.ParseFloat: parsing {text:?}: invalid syntax")),
        Value::Nil => Err("can't convert <nil> to float".to_owned()),
        value => Err(format!("can't convert {} to float", value.type_name())),
    }
}

/// As Go's `ParseFloat`: with an exponent, infinities and NaN in any case.
fn parse(text: &str) -> Option<f64> {
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    if text.bytes().all(allowed) {
        return text.parse().ok();
    }
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let size = match rest.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" if rest == text => f64::NAN,
        _ => match crate::parse::literal::number(rest)? {
            Value::Float(number) => number,
            Value::Int(number) if rest.contains('x') || rest.contains('X') => number as f64,
            _ => return None,
        },
    };
    Some(if negative { -size } else { size })
}

/// Four significant digits.
fn short(number: f64) -> String {
    float(number, 'g', Some(4))
}

/// Divides while it is too large: the number with its prefix.
fn scaled_down(mut number: f64, base: f64, prefixes: [&str; 8]) -> String {
    let mut used = "";
    for prefix in prefixes {
        if number.abs() < base {
            break;
        }
        used = prefix;
        number /= base;
    }
    format!("{}{used}", short(number))
}

/// Multiplies while it is too small.
fn scaled_up(mut number: f64, unit: &str) -> String {
    let mut used = "";
    for prefix in SMALL {
        if number.abs() >= 1.0 {
            break;
        }
        used = prefix;
        number *= 1000.0;
    }
    format!("{}{used}{unit}", short(number))
}

/// `humanize`
pub(super) fn metric(value: &Value) -> Result<Value, String> {
    let number = number(value)?;
    Ok(if number == 0.0 || !number.is_finite() {
        short(number)
    } else if number.abs() >= 1.0 {
        scaled_down(number, 1000.0, LARGE)
    } else {
        scaled_up(number, "")
    }
    .into())
}

/// `humanize1024`
pub(super) fn binary(value: &Value) -> Result<Value, String> {
    let number = number(value)?;
    Ok(if number.abs() <= 1.0 || !number.is_finite() {
        short(number)
    } else {
        scaled_down(number, 1024.0, LARGE_BINARY)
    }
    .into())
}

/// `humanizePercentage`
pub(super) fn percentage(value: &Value) -> Result<Value, String> {
    Ok(format!("{}%", short(number(value)? * 100.0)).into())
}

/// `humanizeDuration`
pub(super) fn duration(value: &Value) -> Result<Value, String> {
    let number = number(value)?;
    if !number.is_finite() {
        return Ok(short(number).into());
    }
    if number == 0.0 {
        return Ok(format!("{}s", short(number)).into());
    }
    if number.abs() < 1.0 {
        return Ok(scaled_up(number, "s").into());
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let size = number.abs();
    // More seconds than an i64 holds are as many as it holds.
    let whole = size as i64;
    let (days, hours) = (whole / 86_400, whole / 3600 % 24);
    let (minutes, seconds) = (whole / 60 % 60, whole % 60);
    Ok(match (days, hours, minutes) {
        (0, 0, 0) => format!("{sign}{}s", short(size)),
        (0, 0, _) => format!("{sign}{minutes}m {seconds}s"),
        (0, ..) => format!("{sign}{hours}h {minutes}m {seconds}s"),
        _ => format!("{sign}{days}d {hours}h {minutes}m {seconds}s"),
    }
    .into())
}

/// A time from seconds since 1970, to the millisecond; `None` for infinities and NaN.
fn moment(seconds: f64) -> Result<Option<Zoned>, String> {
    if !seconds.is_finite() {
        return Ok(None);
    }
    let ns = seconds * NANOSECONDS_PER_SECOND;
    if ns > i64::MAX as f64 || ns < i64::MIN as f64 {
        let text = float(seconds, 'g', None);
        return Err(format!(
            "{text} cannot be represented as a nanoseconds timestamp since it overflows int64"
        ));
    }
    let ms = ns as i64 / NANOSECONDS_PER_MILLISECOND;
    let at = jiff::Timestamp::from_millisecond(ms).map_err(|error| error.to_string())?;
    Ok(Some(at.to_zoned(TimeZone::UTC)))
}

/// `humanizeTimestamp`
pub(super) fn timestamp(value: &Value) -> Result<Value, String> {
    let seconds = number(value)?;
    Ok(match moment(seconds)? {
        Some(at) => shown(&at),
        None => short(seconds),
    }
    .into())
}

/// `toTime`
pub(super) fn to_time(value: &Value) -> Result<Value, String> {
    let at = moment(number(value)?)?;
    at.map(Value::Time)
        .ok_or_else(|| "value is NaN or Inf".to_owned())
}

/// `toDuration`
pub(super) fn to_duration(value: &Value) -> Result<Value, String> {
    Ok(Value::Duration(
        (number(value)? * NANOSECONDS_PER_SECOND) as i64,
    ))
}

/// Seconds since 1970, to the millisecond.
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.0.div_euclid(NANOSECONDS_PER_MILLISECOND) as f64 / 1000.0
}
