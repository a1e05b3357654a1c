//! Numbers and durations of PromQL: their values, and how they are printed. Which characters belong
//! to a number is told by the lexer.

/// Units of durations with their milliseconds, largest first.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * DAY_MS),
    ("w", 7 * DAY_MS),
    ("d", DAY_MS),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];
const DAY_MS: u64 = 86_400_000;
const MS_NS: u64 = 1_000_000;
/// Seconds that fit signed 64-bit nanoseconds.
const SECONDS_MAX: f64 = 9_223_372_036.854_776;

/// The value of a number; the error is Prometheus' text.
pub fn parse_number(text: &str) -> Result<f64, String> {
    if let Some(value) = parse_integer(text) {
        return Ok(value);
    }
    let invalid = |reason: &str| {
        let quoted = super::quote::quote(text);
        Err(format!(
            "error parsing number: strconv.ParseFloat: parsing {quoted}: {reason}"
        ))
    };
    if !underscores_separate_digits(text) || text.starts_with("0x") || text.starts_with("0X") {
        return invalid("invalid syntax");
    }
    let digits = text.replace('_', "");
    let lower = digits.to_ascii_lowercase();
    match digits.parse::<f64>() {
        Ok(value) if value.is_infinite() && !lower.contains("inf") => invalid("value out of range"),
        Ok(value) => Ok(value),
        Err(_) => invalid("invalid syntax"),
    }
}

/// The value of an integer: decimal, hexadecimal after `0x`, octal after `0`.
fn parse_integer(text: &str) -> Option<f64> {
    if !underscores_separate_digits(text) {
        return None;
    }
    let digits = text.replace('_', "");
    let value = if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        i64::from_str_radix(hex, 16).ok()?
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(&digits[1..], 8).ok()?
    } else {
        digits.parse().ok()?
    };
    Some(value as f64)
}

/// Underscores stand between digits, or between `0x` and a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let hex = text.starts_with("0x") || text.starts_with("0X");
    let is_digit = |byte: u8| {
        if hex {
            byte.is_ascii_hexdigit() || byte == b'x' || byte == b'X'
        } else {
            byte.is_ascii_digit()
        }
    };
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(index, byte)| {
        *byte != b'_'
            || (index > 0
                && is_digit(bytes[index - 1])
                && bytes.get(index + 1).copied().is_some_and(is_digit))
    })
}

/// Milliseconds of a duration such as `1h30m`; the error is Prometheus' text.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    match text {
        "0" => return Ok(0),
        "" => return Err("empty duration string".to_owned()),
        _ => {}
    }
    let invalid = || format!("not a valid duration string: {}", super::quote::quote(text));
    let out_of_range = || "duration out of range".to_owned();
    let (mut rest, mut units, mut total_ns) = (text, &UNITS[..], 0u64);
    while !rest.is_empty() {
        let split = |text: &str, digits: bool| {
            text.find(|c: char| c.is_ascii_digit() != digits)
                .unwrap_or(text.len())
        };
        let (digits, after) = rest.split_at(split(rest, true));
        let (unit, after) = after.split_at(split(after, false));
        let count: u64 = digits.parse().map_err(|_| invalid())?;
        if unit.is_empty() {
            return Err(invalid());
        }
        if !UNITS.iter().any(|(name, _)| *name == unit) {
            let (unit, all) = (super::quote::quote(unit), super::quote::quote(text));
            return Err(format!("unknown unit {unit} in duration {all}"));
        }
        let index = units.iter().position(|(name, _)| *name == unit);
        let index = index.ok_or_else(invalid)?;
        let unit_ns = units[index].1 * MS_NS;
        units = &units[index + 1..];
        let part_ns = count.checked_mul(unit_ns).ok_or_else(out_of_range)?;
        total_ns = total_ns
            .checked_add(part_ns)
            .filter(|sum| i64::try_from(*sum).is_ok())
            .ok_or_else(out_of_range)?;
        rest = after;
    }
    i64::try_from(total_ns / MS_NS).map_err(|_| out_of_range())
}

/// Prints milliseconds as a duration: `1h30m`, `-5m`, `0s`. Years and weeks only if nothing is left.
pub fn format_duration(ms: i64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut out = String::new();
    if ms < 0 {
        out.push('-');
    }
    let mut rest = ms.unsigned_abs();
    for (unit, unit_ms) in UNITS {
        let exact = matches!(unit, "y" | "w");
        let count = rest / unit_ms;
        if count == 0 || exact && !rest.is_multiple_of(unit_ms) {
            continue;
        }
        out.push_str(&count.to_string());
        out.push_str(unit);
        rest -= count * unit_ms;
    }
    out
}

/// Prints a number without exponent, with as many digits as it needs, as Go's `'f', -1`.
pub fn format_number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

/// Prints a number as Go's `%v`: with an exponent below 1e-4 and from 1e21 on.
pub fn format_number_short(value: f64) -> String {
    let magnitude = value.abs();
    if !value.is_finite() || magnitude == 0.0 || (1e-4..1e21).contains(&magnitude) {
        return format_number(value);
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// Seconds do not fit a duration.
pub(crate) fn seconds_out_of_range(seconds: f64) -> bool {
    seconds.abs() > SECONDS_MAX
}

/// Whole milliseconds of seconds, by way of rounded nanoseconds.
pub(crate) fn seconds_to_ms(seconds: f64) -> i64 {
    // Conversions from floats stay within the range of the integer.
    (seconds * 1e9).round() as i64 / 1_000_000
}

/// Seconds of milliseconds, added up from whole seconds and the rest.
pub(crate) fn ms_to_seconds(ms: i64) -> f64 {
    (ms / 1000) as f64 + (ms % 1000) as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::{
        format_duration, format_number, format_number_short, parse_duration, parse_number,
    };

    #[test]
    fn numbers_are_read_as_in_go() {
        let cases = [
            ("5", 5.0),
            ("017", 15.0),
            ("08", 8.0),
            ("0x1F", 31.0),
            ("0X_1f", 31.0),
            ("1_000.5", 1000.5),
            (".5e-3", 0.0005),
            ("5.", 5.0),
            ("INF", f64::INFINITY),
            ("9223372036854775808", 9_223_372_036_854_775_808.0),
        ];
        for (text, value) in cases {
            assert_eq!(parse_number(text), Ok(value), "{text}");
        }
        assert!(parse_number("NaN").unwrap().is_nan());
        for (text, reason) in [
            ("1e999", "value out of range"),
            ("0x", "invalid syntax"),
            ("0xffffffffffffffffff", "invalid syntax"),
            ("1_e5", "invalid syntax"),
        ] {
            let message =
                format!("error parsing number: strconv.ParseFloat: parsing \"{text}\": {reason}");
            assert_eq!(parse_number(text), Err(message));
        }
    }

    #[test]
    fn durations_are_read_and_printed() {
        for (text, ms) in [
            ("1h30m", 5_400_000),
            ("10s53ms", 10_053),
            ("1y", 31_536_000_000),
            ("90d", 7_776_000_000),
            ("2w", 1_209_600_000),
        ] {
            assert_eq!(parse_duration(text), Ok(ms));
            assert_eq!(format_duration(ms), text);
        }
        assert_eq!(format_duration(-61_000), "-1m1s");
        for (text, message) in [
            ("5s1h", "not a valid duration string: \"5s1h\""),
            ("1s1s", "not a valid duration string: \"1s1s\""),
            ("5", "not a valid duration string: \"5\""),
            ("1hs", "unknown unit \"hs\" in duration \"1hs\""),
            ("300y", "duration out of range"),
            (
                "99999999999999999999s",
                "not a valid duration string: \"99999999999999999999s\"",
            ),
        ] {
            assert_eq!(parse_duration(text), Err(message.to_owned()));
        }
    }

    #[test]
    fn numbers_are_printed_as_in_go() {
        assert_eq!(format_number(1e21), "1000000000000000000000");
        assert_eq!(format_number(0.000_001), "0.000001");
        assert_eq!(format_number(f64::INFINITY), "+Inf");
        assert_eq!(format_number_short(1e21), "1e+21");
        assert_eq!(format_number_short(1.5e-7), "1.5e-07");
        assert_eq!(format_number_short(100_000.0), "100000");
    }
}
