//! Numbers of expositions: what Prometheus reads as a float, and times in seconds.

use tacho_model::sample::NORMAL_NAN_BITS;

/// So many decimal digits fit into a float without rounding.
const EXACT_DIGITS: usize = 15;

/// The float that a text writes; `None` if it writes none or one that no float can hold. Every NaN
/// becomes the ordinary one, so that no exposition can end a series by a stale marker.
pub(super) fn parse_float(text: &[u8]) -> Option<f64> {
    if let Some(whole) = small_whole(text) {
        return Some(whole);
    }
    let text = std::str::from_utf8(text).ok()?;
    let value: f64 = text.parse().ok()?;
    if value.is_nan() {
        // A sign before NaN is taken by Rust alone.
        let plain = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
        return plain.then(|| f64::from_bits(NORMAL_NAN_BITS));
    }
    if value.is_infinite() && text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(value)
}

/// Most values are whole numbers of a few digits.
fn small_whole(text: &[u8]) -> Option<f64> {
    if text.is_empty() || text.len() > EXACT_DIGITS {
        return None;
    }
    let mut whole = 0u64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        whole = whole * 10 + u64::from(digit);
    }
    Some(whole as f64)
}

/// Whole milliseconds of a time in seconds, cut towards zero as Prometheus does; `None` for what is
/// no finite number.
pub(super) fn seconds_to_ms(text: &[u8]) -> Option<i64> {
    let seconds = parse_float(text)?;
    seconds.is_finite().then(|| seconds_value_to_ms(seconds))
}

/// Likewise of a value.
pub(super) fn seconds_value_to_ms(seconds: f64) -> i64 {
    (seconds * 1000.0) as i64
}

#[cfg(test)]
mod tests {
    use super::{parse_float, seconds_to_ms};
    use tacho_model::sample::NORMAL_NAN_BITS;

    #[test]
    fn floats_are_those_of_prometheus() {
        let cases: [(&str, Option<f64>); 22] = [
            ("0", Some(0.0)),
            ("42", Some(42.0)),
            ("999999999999999", Some(999_999_999_999_999.0)),
            ("9223372036854775808", Some(9_223_372_036_854_775_808.0)),
            ("-1", Some(-1.0)),
            ("+1.5e3", Some(1500.0)),
            ("1.", Some(1.0)),
            (".5", Some(0.5)),
            ("Inf", Some(f64::INFINITY)),
            ("-infinity", Some(f64::NEG_INFINITY)),
            ("+INF", Some(f64::INFINITY)),
            ("", None),
            ("1_2", None),
            ("0x1", None),
            ("0x1p-3", None),
            ("1e999", None),
            ("+NaN", None),
            ("nans", None),
            ("1 ", None),
            ("e5", None),
            ("12\r", None),
            ("١", None),
        ];
        for (text, value) in cases {
            assert_eq!(parse_float(text.as_bytes()), value, "{text:?}");
        }
        assert_eq!(parse_float(b"nAn").map(f64::to_bits), Some(NORMAL_NAN_BITS));
    }

    #[test]
    fn times_are_cut_to_milliseconds() {
        assert_eq!(seconds_to_ms(b"1700215884.373"), Some(1_700_215_884_373));
        assert_eq!(seconds_to_ms(b"-1.5"), Some(-1500));
        assert_eq!(seconds_to_ms(b"1.0009"), Some(1000));
        assert_eq!(seconds_to_ms(b"NaN"), None);
        assert_eq!(seconds_to_ms(b"+Inf"), None);
    }
}
