//! Durations as text: `90s`, `1h30m`, `250ms`, `7d`.

use std::fmt::Write as _;

/// Nanoseconds of each unit, longest first.
const UNITS: [(&str, i64); 8] = [
    ("w", 7 * 86_400_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Parses a duration into nanoseconds: numbers with units, added up; a leading `-` negates. `0`
/// needs no unit; decimals are taken (`1.5h`); `µs` is `us`. `None` if it is no duration.
///
/// ```
/// use tacho_stdx::duration::parse_ns;
/// assert_eq!(parse_ns("1h30m"), Some(5_400_000_000_000));
/// assert_eq!(parse_ns("250ms"), Some(250_000_000));
/// assert_eq!(parse_ns("5 parsecs"), None);
/// ```
pub fn parse_ns(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit_end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let unit = if unit == "µs" || unit == "μs" {
            "us"
        } else {
            unit
        };
        let scale = UNITS.iter().find(|(name, _)| *name == unit)?.1;
        let ns = if number.contains('.') {
            let value = number.parse::<f64>().ok()? * scale as f64;
            if value >= i64::MAX as f64 {
                return None;
            }
            value.round() as i64
        } else {
            number.parse::<i64>().ok()?.checked_mul(scale)?
        };
        total = total.checked_add(ns)?;
        rest = after;
    }
    Some(if negative { -total } else { total })
}

/// Prints nanoseconds as the shortest text that `parse_ns` reads back to the same number.
///
/// ```
/// assert_eq!(tacho_stdx::duration::print_ns(5_400_000_000_000), "1h30m");
/// ```
pub fn print_ns(ns: i64) -> String {
    if ns == 0 {
        return "0s".to_owned();
    }
    let mut out = String::new();
    if ns < 0 {
        out.push('-');
    }
    let mut rest = ns.unsigned_abs();
    for (name, scale) in UNITS {
        let scale = scale.unsigned_abs();
        if name == "w" {
            continue;
        }
        if rest >= scale {
            let _ = write!(out, "{}{name}", rest / scale);
            rest %= scale;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{parse_ns, print_ns};
    use proptest::prelude::*;

    #[test]
    fn usual_durations_parse() {
        assert_eq!(parse_ns("1h30m"), Some(5_400_000_000_000));
        assert_eq!(parse_ns("250ms"), Some(250_000_000));
        assert_eq!(parse_ns("1.5s"), Some(1_500_000_000));
        assert_eq!(parse_ns("-2s"), Some(-2_000_000_000));
        assert_eq!(parse_ns("0"), Some(0));
        for bad in ["", "5", "s", "5 s", "5x", "1e9s", "99999999999999w", "--1s"] {
            assert_eq!(parse_ns(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn print_and_parse_round_trip(ns in any::<i64>().prop_filter("min", |n| *n != i64::MIN)) {
            prop_assert_eq!(parse_ns(&print_ns(ns)), Some(ns));
        }
    }
}
