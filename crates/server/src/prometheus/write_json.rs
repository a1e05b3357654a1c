//! Query results as JSON text, written piece by piece: number and time formats of the Prometheus API.

use std::fmt::Write as _;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;

/// From this magnitude on numbers have an exponent.
const LARGE: f64 = 1e21;
/// Below this magnitude numbers have an exponent.
const SMALL: f64 = 1e-6;

/// Writes a text in quotes.
pub fn text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Writes a time in seconds with milliseconds where they are not zero.
pub fn time(out: &mut String, ms: i64) {
    if ms < 0 {
        out.push('-');
    }
    let ms = ms.unsigned_abs();
    let _ = write!(out, "{}", ms / 1000);
    if !ms.is_multiple_of(1000) {
        let _ = write!(out, ".{:03}", ms % 1000);
    }
}

/// Writes a number as a JSON string.
pub fn number(out: &mut String, value: f64) {
    out.push('"');
    plain_number(out, value);
    out.push('"');
}

/// Writes a number: the shortest digits that give it back.
pub fn plain_number(out: &mut String, value: f64) {
    let magnitude = value.abs();
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if magnitude != 0.0 && !(SMALL..LARGE).contains(&magnitude) {
        let scientific = format!("{value:e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => ('-', exponent),
            None => ('+', exponent),
        };
        let _ = write!(out, "{digits}e{sign}{exponent:0>2}");
    } else {
        let _ = write!(out, "{value}");
    }
}

/// Writes labels as an object.
pub fn labels(out: &mut String, labels: &Labels) {
    out.push('{');
    for (index, (name, value)) in labels.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        text(out, name);
        out.push(':');
        text(out, value);
    }
    out.push('}');
}

/// Writes `[time,"value"]`.
pub fn point(out: &mut String, time_ms: i64, value: f64) {
    out.push('[');
    time(out, time_ms);
    out.push(',');
    number(out, value);
    out.push(']');
}

/// Writes `[time,{"count":…,"sum":…,"buckets":…}]`.
pub fn histogram_point(out: &mut String, time_ms: i64, histogram: &Histogram) {
    out.push('[');
    time(out, time_ms);
    out.push(',');
    self::histogram(out, histogram);
    out.push(']');
}

/// Writes a native histogram: buckets that are not empty as `[boundaries,"lower","upper","count"]`,
/// boundaries being 0 open left, 1 open right, 2 open both, 3 closed both.
pub fn histogram(out: &mut String, histogram: &Histogram) {
    out.push_str("{\"count\":");
    number(out, histogram.count);
    out.push_str(",\"sum\":");
    number(out, histogram.sum);
    let mut first = true;
    for bucket in histogram.buckets() {
        if bucket.count == 0.0 {
            continue;
        }
        out.push_str(if first { ",\"buckets\":[" } else { "," });
        first = false;
        let _ = write!(out, "[{},", bucket.boundary_code());
        number(out, bucket.lower);
        out.push(',');
        number(out, bucket.upper);
        out.push(',');
        number(out, bucket.count);
        out.push(']');
    }
    out.push_str(if first { "}" } else { "]}" });
}

#[cfg(test)]
mod tests {
    use super::{number, text, time};

    fn of(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn numbers_and_times_look_like_those_of_prometheus() {
        for (value, expected) in [
            (1.0, "\"1\""),
            (0.1, "\"0.1\""),
            (-0.0, "\"-0\""),
            (1e20, "\"100000000000000000000\""),
            (1e21, "\"1e+21\""),
            (1.5e-7, "\"1.5e-07\""),
            (0.000001, "\"0.000001\""),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"+Inf\""),
            (f64::NEG_INFINITY, "\"-Inf\""),
        ] {
            assert_eq!(of(|out| number(out, value)), expected);
        }
        for (ms, expected) in [
            (1_435_781_430_781, "1435781430.781"),
            (1_000, "1"),
            (1_050, "1.050"),
            (-1_500, "-1.500"),
            (0, "0"),
        ] {
            assert_eq!(of(|out| time(out, ms)), expected);
        }
        assert_eq!(of(|out| text(out, "a\"\\\n\u{1}é")), r#""a\"\\\n\u0001é""#);
    }
}
