//! Numbers in words of messages.

/// A share as percent: `0.4 %`, `12 %`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 9.95 {
        let text = format!("{percent:.1}");
        return format!("{} %", text.strip_suffix(".0").unwrap_or(&text));
    }
    format!("{percent:.0} %")
}

/// Nanoseconds in two or three digits with a unit: `850 ms`, `2.4 s`, `12 min`, `3.5 h`.
pub(crate) fn span_of_time(ns: i64) -> String {
    let seconds = ns as f64 / 1e9;
    let (number, unit) = match seconds {
        _ if seconds < 0.9995 => (seconds * 1e3, "ms"),
        _ if seconds < 119.5 => (seconds, "s"),
        _ if seconds < 5_970.0 => (seconds / 60.0, "min"),
        _ if seconds < 172_800.0 => (seconds / 3_600.0, "h"),
        _ => (seconds / 86_400.0, "days"),
    };
    if number < 9.95 {
        let text = format!("{number:.1}");
        return format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text));
    }
    format!("{number:.0} {unit}")
}

#[cfg(test)]
mod tests {
    use super::{percent, span_of_time};

    #[test]
    fn numbers_are_short() {
        let percents = [0.0, 0.0004, 0.02, 0.055, 0.3, 1.0].map(percent);
        assert_eq!(percents, ["0 %", "0 %", "2 %", "5.5 %", "30 %", "100 %"]);
        let times = [850e6, 2.4e9, 61e9, 720e9, 12_600e9, 5e14].map(|ns| span_of_time(ns as i64));
        assert_eq!(
            times,
            ["850 ms", "2.4 s", "61 s", "12 min", "3.5 h", "5.8 days"]
        );
    }
}
