//! Numbers as Go's strconv and fmt write them.

use tacho_model::number_text;

/// No number has more digits after its point; all that follow are zeros.
const DIGITS_MAX: usize = 1_100;

/// The shortest text that reads back as the same number.
pub(crate) fn shortest(number: f64) -> String {
    number_text::shortest(number)
}

/// What stands for infinities and NaN; `None` for numbers. Go has a sign before `Inf`.
fn special(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NaN"),
        f64::INFINITY => Some("+Inf"),
        f64::NEG_INFINITY => Some("-Inf"),
        _ => None,
    }
}

/// With a verb of `e E f F g G x X` and perhaps a precision; a minus sign if negative.
pub(crate) fn float(number: f64, verb: char, precision: Option<usize>) -> String {
    if let Some(text) = special(number) {
        return text.to_owned();
    }
    match verb {
        'e' | 'E' => scientific(number, precision.unwrap_or(6), verb),
        'f' | 'F' => {
            let precision = precision.unwrap_or(6);
            let digits = precision.min(DIGITS_MAX);
            format!("{number:.digits$}{}", "0".repeat(precision - digits))
        }
        'x' | 'X' => hexadecimal(number, verb),
        _ => {
            let text = match precision {
                None => shortest(number),
                Some(digits) => {
                    number_text::significant(number, u8::try_from(digits).unwrap_or(u8::MAX))
                }
            };
            if verb == 'G' {
                text.replace('e', "E")
            } else {
                text
            }
        }
    }
}

fn scientific(number: f64, precision: usize, verb: char) -> String {
    let places = precision.min(DIGITS_MAX);
    let text = format!("{number:.places$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    let zeros = "0".repeat(precision - places);
    format!("{mantissa}{zeros}{verb}{sign}{digits:0>2}")
}

/// `0x1.8p+01`: the shortest digits.
fn hexadecimal(number: f64, verb: char) -> String {
    const FRACTION_BITS: u32 = 52;
    let bits = number.abs().to_bits();
    let mut fraction = bits & ((1 << FRACTION_BITS) - 1);
    let stored = i64::try_from(bits >> FRACTION_BITS).unwrap_or(0);
    let mut exponent = stored - 1023;
    let mut first = 1;
    if stored == 0 && fraction == 0 {
        (first, exponent) = (0, 0);
    } else if stored == 0 {
        // Below the smallest normal number: shifted until the first digit is 1.
        let shift = fraction.leading_zeros() - (u64::BITS - FRACTION_BITS) + 1;
        fraction = (fraction << shift) & ((1 << FRACTION_BITS) - 1);
        exponent = -1022 - i64::from(shift);
    }
    let digits = format!("{fraction:013x}");
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    let (sign, exponent_sign) = (
        if number.is_sign_negative() { "-" } else { "" },
        if exponent < 0 { '-' } else { '+' },
    );
    let text = format!(
        "{sign}0x{first}{point}{digits}p{exponent_sign}{:02}",
        exponent.abs()
    );
    if verb == 'X' {
        text.to_uppercase()
    } else {
        text
    }
}
