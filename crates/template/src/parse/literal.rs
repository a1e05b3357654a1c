//! Constants with Go's syntax: numbers of every base, characters, quoted texts with escapes.

use crate::value::Value;

/// A number: whole, or with a point or an exponent. `None` if it is none, or too large.
pub(crate) fn number(text: &str) -> Option<Value> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'+' => (false, &text[1..]),
        b'-' => (true, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let based = [("0x", 16), ("0o", 8), ("0b", 2)];
    let based = based
        .iter()
        .find_map(|(prefix, base)| Some((lower.strip_prefix(prefix)?, *base)));
    if let Some((rest, 16)) = based
        && rest.contains(['p', '.'])
    {
        return hexadecimal_float(rest)
            .map(|value| Value::Float(if negative { -value } else { value }));
    }
    if let Some((rest, base)) = based {
        return whole(rest.strip_prefix('_').unwrap_or(rest), base, negative);
    }
    if lower.contains(['.', 'e']) {
        let digits = without_underscores(&lower)?;
        let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-');
        let value: f64 = digits.bytes().all(allowed).then(|| digits.parse().ok())??;
        return value
            .is_finite()
            .then_some(Value::Float(if negative { -value } else { value }));
    }
    let octal = lower.len() > 1 && lower.starts_with('0');
    whole(&lower, if octal { 8 } else { 10 }, negative)
}

fn without_underscores(digits: &str) -> Option<String> {
    let bad = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    (!bad).then(|| digits.replace('_', ""))
}

fn whole(digits: &str, base: u32, negative: bool) -> Option<Value> {
    let digits = without_underscores(digits)?;
    if !digits.starts_with(|c: char| c.is_digit(base)) {
        return None;
    }
    let value = i128::from_str_radix(&digits, base).ok()?;
    i64::try_from(if negative { -value } else { value })
        .ok()
        .map(Value::Int)
}

/// `1.8p3`, the prefix taken: the exponent is of 2.
fn hexadecimal_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = without_underscores(&format!("{before}{after}"))?;
    if digits.is_empty() || digits.len() > 16 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let bits = u64::from_str_radix(&digits, 16).ok()?;
    let places = i32::try_from(after.len()).ok()?;
    let value = bits as f64 * 2f64.powi(exponent.checked_sub(places.checked_mul(4)?)?);
    value.is_finite().then_some(value)
}

/// The text of a literal in double quotes.
pub(crate) fn quoted(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = escape(&rest[at + 1..], '"', &mut bytes)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// The code point of a literal in single quotes.
pub(crate) fn character(literal: &str) -> Option<i64> {
    let inner = literal.strip_prefix('\'')?.strip_suffix('\'')?;
    if let Some(rest) = inner.strip_prefix('\\') {
        let mut bytes = Vec::new();
        let left = escape(rest, '\'', &mut bytes)?;
        if !left.is_empty() {
            return None;
        }
        return match std::str::from_utf8(&bytes) {
            Ok(text) => text.chars().next().map(|c| i64::from(u32::from(c))),
            Err(_) => bytes.first().map(|byte| i64::from(*byte)),
        };
    }
    let mut chars = inner.chars();
    let c = chars.next()?;
    chars.next().is_none().then(|| i64::from(u32::from(c)))
}

/// Takes an escape after its backslash; gives what follows.
fn escape<'a>(rest: &'a str, quote: char, out: &mut Vec<u8>) -> Option<&'a str> {
    let c = rest.chars().next()?;
    let simple = match c {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        c if c == quote => c as u8,
        'x' | 'u' | 'U' | '0'..='7' => return numbered(rest, c, out),
        _ => return None,
    };
    out.push(simple);
    Some(&rest[1..])
}

fn numbered<'a>(rest: &'a str, c: char, out: &mut Vec<u8>) -> Option<&'a str> {
    let (skip, count, base) = match c {
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        _ => (0, 3, 8),
    };
    let digits = rest.get(skip..skip + count)?;
    if !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    let value = u32::from_str_radix(digits, base).ok()?;
    if matches!(c, 'u' | 'U') {
        out.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        out.push(u8::try_from(value).ok()?);
    }
    Some(&rest[skip + count..])
}
