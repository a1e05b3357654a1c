//! Numbers as text, the way Prometheus writes them.

use std::fmt::Write as _;

/// Exponents below this, or from `EXPONENT_HIGH` on, are written out.
const EXPONENT_LOW: i32 = -4;
const EXPONENT_HIGH: i32 = 6;

/// The shortest digits that give the number back: `%g` (an exponent of at least two digits, below
/// 1e-4 and from 1e6 on).
pub fn format_general(value: f64) -> String {
    format_with(value, EXPONENT_HIGH)
}

/// Without exponent, shortest digits: values of `count_values` labels, sample values in JSON.
pub fn format_plain(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        format!("{value}")
    }
}

fn format_with(value: f64, high: i32) -> String {
    if !value.is_finite() || value == 0.0 {
        return format_plain(value);
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (EXPONENT_LOW..high).contains(&exponent) {
        return format_plain(value);
    }
    let mut text = digits.to_owned();
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(text, "e{sign}{:02}", exponent.abs());
    text
}
