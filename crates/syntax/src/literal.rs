//! Printing of literals: strings, numbers, durations, sizes. `scan` reads back what is printed
//! here to the same value.

use std::fmt::Write as _;

const SECOND_NS: u64 = 1_000_000_000;

/// Appends a string literal in double quotes.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends a number that always reads back as a float: with a point or an exponent.
pub(crate) fn write_float(out: &mut String, value: f64) {
    let _ = write!(out, "{value:?}");
}

/// Appends a number of a language that knows only floats: `5`, `5.25`, `1e300`.
pub(crate) fn write_number(out: &mut String, value: f64) {
    let text = format!("{value:?}");
    out.push_str(text.strip_suffix(".0").unwrap_or(&text));
}

/// Appends a duration in the units of Go: `1h30m`, `1m1.5s`, `250us`.
pub(crate) fn write_duration(out: &mut String, ns: i64) {
    if ns < 0 {
        out.push('-');
    }
    let mut rest = ns.unsigned_abs();
    if rest < SECOND_NS {
        let (unit, scale) = match rest {
            0 => ("s", SECOND_NS),
            1_000_000.. => ("ms", 1_000_000),
            1_000.. => ("us", 1_000),
            _ => ("ns", 1),
        };
        write_decimal(out, rest, scale);
        out.push_str(unit);
        return;
    }
    for (unit, scale) in [("h", 3600 * SECOND_NS), ("m", 60 * SECOND_NS)] {
        if rest >= scale {
            let _ = write!(out, "{}{unit}", rest / scale);
            rest %= scale;
        }
    }
    if rest > 0 {
        write_decimal(out, rest, SECOND_NS);
        out.push('s');
    }
}

/// Appends a size in the largest unit that divides it: `3MB`, `1MiB`, `1536B`.
pub(crate) fn write_bytes(out: &mut String, bytes: u64) {
    let (unit, scale) = crate::scan::BYTE_UNITS
        .iter()
        .filter(|(_, scale)| bytes > 0 && bytes.is_multiple_of(*scale))
        .max_by_key(|(_, scale)| *scale)
        .copied()
        .unwrap_or(("B", 1));
    let _ = write!(out, "{}{unit}", bytes / scale);
}

/// Appends `value / scale` exactly; the scale is a power of ten.
fn write_decimal(out: &mut String, value: u64, scale: u64) {
    let _ = write!(out, "{}", value / scale);
    let fraction = value % scale;
    if fraction > 0 {
        let width = scale.ilog10() as usize;
        let digits = format!("{fraction:0width$}");
        let _ = write!(out, ".{}", digits.trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::{write_bytes, write_duration, write_number, write_string};

    fn printed(write: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn durations_print_as_in_go() {
        let cases: [(i64, &str); 8] = [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5us"),
            (250_000_000, "250ms"),
            (1_500_000_000, "1.5s"),
            (61_500_000_000, "1m1.5s"),
            (-5_400_000_000_000, "-1h30m"),
            (i64::MAX, "2562047h47m16.854775807s"),
        ];
        for (ns, expected) in cases {
            assert_eq!(printed(|out| write_duration(out, ns)), expected);
        }
    }

    #[test]
    fn sizes_and_numbers_print_short() {
        assert_eq!(printed(|out| write_bytes(out, 3_000_000)), "3MB");
        assert_eq!(printed(|out| write_bytes(out, 1 << 20)), "1MiB");
        assert_eq!(printed(|out| write_bytes(out, 1537)), "1537B");
        assert_eq!(printed(|out| write_bytes(out, 0)), "0B");
        assert_eq!(printed(|out| write_number(out, 5.0)), "5");
        assert_eq!(printed(|out| write_number(out, 1e300)), "1e300");
        assert_eq!(
            printed(|out| write_string(out, "a\"\\\u{1}")),
            "\"a\\\"\\\\\\u0001\""
        );
    }
}
