//! Byte sizes as text: `64MiB`, `1.5 GiB`, `500MB`, `4096`.

const UNITS: [(&str, u64); 9] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("b", 1),
];

/// Parses a size into bytes; case does not matter, a blank before the unit is taken, no unit is
/// bytes. `None` if it is no size.
///
/// ```
/// use tacho_stdx::size::parse_bytes;
/// assert_eq!(parse_bytes("64MiB"), Some(64 << 20));
/// assert_eq!(parse_bytes("1.5 GiB"), Some(3 << 29));
/// assert_eq!(parse_bytes("-1"), None);
/// ```
pub fn parse_bytes(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let split = lower
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(lower.len());
    let (number, unit) = lower.split_at(split);
    let unit = unit.trim();
    let scale = if unit.is_empty() {
        1
    } else {
        UNITS.iter().find(|(name, _)| *name == unit)?.1
    };
    if number.contains('.') {
        let value = number.parse::<f64>().ok()? * scale as f64;
        (value.is_finite() && value < u64::MAX as f64).then_some(value.round() as u64)
    } else {
        number.parse::<u64>().ok()?.checked_mul(scale)
    }
}

/// Prints bytes for people with binary units and one decimal: `1.5 MiB`.
pub fn print_bytes(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    if unit == "B" {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_bytes, print_bytes};

    #[test]
    fn usual_sizes_parse() {
        assert_eq!(parse_bytes("64MiB"), Some(64 << 20));
        assert_eq!(parse_bytes("1.5 GiB"), Some(3 << 29));
        assert_eq!(parse_bytes("500MB"), Some(500_000_000));
        assert_eq!(parse_bytes("4096"), Some(4096));
        for bad in ["", "MiB", "-1", "5 parsecs", "99999999999TiB"] {
            assert_eq!(parse_bytes(bad), None, "{bad}");
        }
    }

    #[test]
    fn sizes_print_for_people() {
        assert_eq!(print_bytes(512), "512 B");
        assert_eq!(print_bytes(1536), "1.5 KiB");
        assert_eq!(print_bytes(20 << 20), "20.0 MiB");
    }
}
