//! Floats as Prometheus writes them in texts: the shortest digits that read back as the same value,
//! with an exponent for large and small ones; or a fixed number of digits.

use std::fmt::Write;

/// From this decimal exponent on the shortest text has an exponent.
const SHORTEST_PRECISION: i32 = 6;

/// Digits and decimal exponent of a finite value: `0.DIGITS × 10^point`.
struct Decimal {
    negative: bool,
    digits: String,
    point: i32,
}

/// From the text that `{:e}` gives: `-1.25e-7`.
fn decimal(scientific: &str) -> Decimal {
    let (negative, text) = match scientific.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, scientific),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let mut digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    while digits.len() > 1 && digits.ends_with('0') {
        digits.pop();
    }
    Decimal {
        negative,
        digits,
        point: exponent.parse().unwrap_or(0) + 1,
    }
}

fn special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("+Inf")
    } else if value == f64::NEG_INFINITY {
        Some("-Inf")
    } else {
        None
    }
}

fn with_exponent(decimal: &Decimal, out: &mut String) {
    let (first, rest) = decimal.digits.split_at(1);
    out.push_str(first);
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    let exponent = decimal.point - 1;
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "e{sign}{:02}", exponent.abs());
}

fn without_exponent(decimal: &Decimal, out: &mut String) {
    let count = decimal.digits.len();
    let point = usize::try_from(decimal.point).unwrap_or(0);
    if point == 0 {
        out.push_str("0.");
        for _ in decimal.point..0 {
            out.push('0');
        }
        out.push_str(&decimal.digits);
    } else if point >= count {
        out.push_str(&decimal.digits);
        for _ in count..point {
            out.push('0');
        }
    } else {
        out.push_str(&decimal.digits[..point]);
        out.push('.');
        out.push_str(&decimal.digits[point..]);
    }
}

fn general(scientific: &str, precision: i32) -> String {
    let decimal = decimal(scientific);
    let mut out = String::with_capacity(decimal.digits.len() + 8);
    if decimal.negative {
        out.push('-');
    }
    if decimal.digits == "0" {
        out.push('0');
        return out;
    }
    let exponent = decimal.point - 1;
    if exponent < -4 || exponent >= precision {
        with_exponent(&decimal, &mut out);
    } else {
        without_exponent(&decimal, &mut out);
    }
    out
}

/// The shortest text that reads back as the same value: `0.1`, `1e+06`, `+Inf`, `NaN`. (`%g` of C and
/// Go without a precision.)
pub fn shortest(value: f64) -> String {
    match special(value) {
        Some(text) => text.to_owned(),
        None => general(&format!("{value:e}"), SHORTEST_PRECISION),
    }
}

/// A text with so many significant digits at most: `%.2g` of C and Go.
pub fn significant(value: f64, digits: u8) -> String {
    match special(value) {
        Some(text) => text.to_owned(),
        None => {
            let places = usize::from(digits.max(1)) - 1;
            general(&format!("{value:.places$e}"), i32::from(digits.max(1)))
        }
    }
}

/// A text without exponent and with so many digits after the point: `%f` of C and Go with 6.
pub fn fixed(value: f64, places: usize) -> String {
    match special(value) {
        Some(text) => text.to_owned(),
        None => format!("{value:.places$}"),
    }
}

/// As OpenMetrics writes label values such as `quantile` and `le`: whole numbers with `.0`.
pub fn open_metrics(value: f64) -> String {
    let mut text = shortest(value);
    if value.is_finite() && !text.contains(['e', '.']) {
        text.push_str(".0");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{fixed, open_metrics, shortest, significant};

    #[test]
    fn shortest_text_has_an_exponent_when_large_or_small() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (100_000.0, "100000"),
            (1_000_000.0, "1e+06"),
            (123_456_789.0, "1.23456789e+08"),
            (0.0001, "0.0001"),
            (0.000_012_5, "1.25e-05"),
            (1e100, "1e+100"),
            (0.1, "0.1"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(shortest(value), text);
        }
    }

    #[test]
    fn significant_digits_round() {
        let cases = [
            (0.999, "1"),
            (10.0, "10"),
            (123.0, "1.2e+02"),
            (0.25, "0.25"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value, 2), text);
        }
    }

    #[test]
    fn fixed_and_open_metrics() {
        assert_eq!(fixed(1.5, 6), "1.500000");
        assert_eq!(open_metrics(1.0), "1.0");
        assert_eq!(open_metrics(0.25), "0.25");
        assert_eq!(open_metrics(1e9), "1e+09");
        assert_eq!(open_metrics(f64::INFINITY), "+Inf");
    }
}
