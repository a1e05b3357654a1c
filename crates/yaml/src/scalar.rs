//! Text to values as Prometheus reads them: durations (`1h30m`), sizes (`15MB`, powers of 1,024),
//! truth values and numbers of YAML 1.1, and the form of URLs.

use std::fmt::Write as _;
use std::time::Duration;

const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];
/// Longest duration: what 63 bits of nanoseconds hold.
const MS_MAX: u64 = i64::MAX as u64 / 1_000_000;

/// A duration: numbers with units, the longest first, each at most once; `0` needs no unit.
///
/// # Errors
/// Prometheus' words for what is wrong.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    match text {
        "0" => return Ok(Duration::ZERO),
        "" => return Err("empty duration string".to_owned()),
        _ => {}
    }
    let invalid = || format!("not a valid duration string: {text:?}");
    let mut rest = text;
    let mut total = 0u64;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(invalid)?;
        let (number, after) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| invalid())?;
        let end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let Some(position) = UNITS.iter().position(|(name, _)| *name == unit) else {
            return Err(format!("unknown unit {unit:?} in duration {text:?}"));
        };
        if position < next_unit {
            return Err(invalid());
        }
        next_unit = position + 1;
        let scale = UNITS.get(position).map_or(0, |(_, scale)| *scale);
        total = number
            .checked_mul(scale)
            .and_then(|ms| total.checked_add(ms))
            .filter(|ms| *ms <= MS_MAX)
            .ok_or_else(|| "duration out of range".to_owned())?;
        rest = after;
    }
    Ok(Duration::from_millis(total))
}

/// Prints a duration as Prometheus does: years and weeks only if nothing is left of them.
pub fn print_duration(duration: Duration) -> String {
    let mut ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut out = String::new();
    for (unit, scale) in UNITS {
        let whole_only = matches!(unit, "y" | "w");
        let count = ms / scale;
        if count == 0 || (whole_only && ms % scale != 0) {
            continue;
        }
        let _ = write!(out, "{count}{unit}");
        ms -= count * scale;
    }
    out
}

/// A size with its unit, which is needed (`B`, `KB`, `KiB`, …; all are powers of 1,024); may be
/// negative.
pub fn parse_size(text: &str) -> Option<i64> {
    if text == "0" {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = rest.split_at(end);
    let power = match unit {
        "B" => 0,
        "KB" | "KiB" => 1,
        "MB" | "MiB" => 2,
        "GB" | "GiB" => 3,
        "TB" | "TiB" => 4,
        "PB" | "PiB" => 5,
        "EB" | "EiB" => 6,
        _ => return None,
    };
    let value = sign * number.parse::<f64>().ok()? * 1024f64.powi(power);
    (value.is_finite() && value.abs() < i64::MAX as f64).then_some(value as i64)
}

/// The words for true and false.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(false)
        }
        _ => None,
    }
}

/// A whole number; `_` between digits, hexadecimal, octal, binary and whole decimals are taken.
pub fn parse_integer(text: &str) -> Option<i64> {
    let plain = text.replace('_', "");
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let based = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, base)| Some((digits.strip_prefix(prefix)?, base)));
    let value = match based {
        Some((digits, base)) => i64::from_str_radix(digits, base).ok()?,
        None => match digits.parse() {
            Ok(value) => value,
            Err(_) => {
                let value: f64 = digits.parse().ok()?;
                let whole = value.fract() == 0.0 && value.abs() < 9e18;
                whole.then_some(value as i64)?
            }
        },
    };
    Some(if negative { -value } else { value })
}

/// Scheme and host of a URL; both may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    /// In lower case.
    pub scheme: String,
    /// With its port.
    pub host: String,
}

/// Splits a URL as far as its form has to be judged.
///
/// # Errors
/// What is wrong with its form.
pub fn parse_url(text: &str) -> Result<UrlParts, String> {
    if text.chars().any(char::is_control) {
        return Err("invalid control character in URL".to_owned());
    }
    let whole = text.split('#').next().unwrap_or_default();
    let (scheme, rest) = split_scheme(whole)?;
    let mut parts = UrlParts {
        scheme: scheme.to_ascii_lowercase(),
        host: String::new(),
    };
    if let Some(after) = rest.strip_prefix("//") {
        let end = after.find(['/', '?']).unwrap_or(after.len());
        let authority = after.get(..end).unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        check_host(host)?;
        host.clone_into(&mut parts.host);
    } else if scheme.is_empty() && !rest.starts_with('/') {
        let first = rest.split(['/', '?']).next().unwrap_or_default();
        if first.contains(':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    Ok(parts)
}

fn split_scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => {
                let (scheme, rest) = text.split_at(at);
                return Ok((scheme, rest.get(1..).unwrap_or_default()));
            }
            _ => break,
        }
    }
    Ok(("", text))
}

fn check_host(host: &str) -> Result<(), String> {
    let port = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((_, after)) = rest.split_once(']') else {
                return Err("missing ']' in host".to_owned());
            };
            match after.strip_prefix(':') {
                Some(port) => port,
                None if after.is_empty() => "",
                None => return Err(format!("invalid port {after:?} after host")),
            }
        }
        None => host.split_once(':').map_or("", |(_, port)| port),
    };
    if !port.bytes().all(|c| c.is_ascii_digit()) {
        return Err(format!("invalid port \":{port}\" after host"));
    }
    match host.chars().find(|c| {
        matches!(
            c,
            ' ' | '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '|' | '}'
        )
    }) {
        Some(wrong) => Err(format!("invalid character {wrong:?} in host name")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_duration, parse_integer, parse_size, parse_url, print_duration};
    use std::time::Duration;

    #[test]
    fn durations_read_and_print_alike() {
        for (text, ms, printed) in [
            ("0", 0, "0s"),
            ("15s", 15_000, "15s"),
            ("1h30m", 5_400_000, "1h30m"),
            ("90d", 90 * 86_400_000, "90d"),
            ("14d", 14 * 86_400_000, "2w"),
            ("1m1s1ms", 61_001, "1m1s1ms"),
            ("1500ms", 1_500, "1s500ms"),
        ] {
            let duration = parse_duration(text).unwrap();
            assert_eq!(duration, Duration::from_millis(ms), "{text}");
            assert_eq!(print_duration(duration), printed);
        }
        for (text, message) in [
            ("", "empty duration string"),
            ("15", "not a valid duration string: \"15\""),
            ("1s1m", "not a valid duration string: \"1s1m\""),
            ("1x", "unknown unit \"x\" in duration \"1x\""),
            ("-1s", "not a valid duration string: \"-1s\""),
            ("999y", "duration out of range"),
        ] {
            assert_eq!(parse_duration(text).unwrap_err(), message);
        }
    }

    #[test]
    fn sizes_need_a_unit_and_are_powers_of_two() {
        assert_eq!(parse_size("15MB"), Some(15 << 20));
        assert_eq!(parse_size("1.5KiB"), Some(1536));
        assert_eq!(parse_size("-1GB"), Some(-(1 << 30)));
        assert_eq!(parse_size("100"), None);
        assert_eq!(parse_size("0"), Some(0));
    }

    #[test]
    fn whole_numbers_as_yaml_writes_them() {
        assert_eq!(parse_integer("1_000"), Some(1000));
        assert_eq!(parse_integer("0x10"), Some(16));
        assert_eq!(parse_integer("-3"), Some(-3));
        assert_eq!(parse_integer("2.0"), Some(2));
        assert_eq!(parse_integer("2.5"), None);
    }

    #[test]
    fn urls_are_split() {
        let parts = parse_url("HTTPS://user:pw@host:1/x?y").unwrap();
        assert_eq!(
            (parts.scheme.as_str(), parts.host.as_str()),
            ("https", "host:1")
        );
        assert_eq!(parse_url("localhost:9090").unwrap().scheme, "localhost");
        assert_eq!(parse_url("http://").unwrap().host, "");
        for wrong in ["://x", "1.2.3.4:80", "http://h:x/", "http://a b/", "a\nb"] {
            assert!(parse_url(wrong).is_err(), "{wrong}");
        }
    }
}
