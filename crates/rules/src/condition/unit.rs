//! Units of thresholds: `60s`, `80 %`, `500 MB` become numbers in the unit of the metric.

use crate::condition::MetricFacts;

/// What units measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    Time,
    Size,
    Share,
    /// Thousands and millions of whatever it is.
    Count,
    Money,
}

/// A unit: what it measures, and how many base units (seconds, bytes, 1) it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    pub(super) dimension: Dimension,
    pub(super) scale: f64,
}

/// The units that thresholds may have, for messages.
pub(super) const UNITS: [&str; 14] = [
    "ms", "s", "m", "h", "d", "%", "B", "KB", "MB", "GB", "TB", "k", "M", "USD",
];

/// The unit of a word in a condition. Sizes are powers of 1,024, as everywhere in the configuration.
pub(super) fn of_word(word: &str) -> Option<Unit> {
    let (dimension, scale) = match word {
        "ns" => (Dimension::Time, 1e-9),
        "us" | "µs" => (Dimension::Time, 1e-6),
        "ms" | "milliseconds" | "millisecond" => (Dimension::Time, 1e-3),
        "s" | "sec" | "second" | "seconds" => (Dimension::Time, 1.0),
        "m" | "min" | "minute" | "minutes" => (Dimension::Time, 60.0),
        "h" | "hour" | "hours" => (Dimension::Time, 3_600.0),
        "d" | "day" | "days" => (Dimension::Time, 86_400.0),
        "w" | "week" | "weeks" => (Dimension::Time, 604_800.0),
        "B" | "bytes" | "byte" => (Dimension::Size, 1.0),
        "KB" | "kB" | "KiB" => (Dimension::Size, 1024.0),
        "MB" | "MiB" => (Dimension::Size, 1_048_576.0),
        "GB" | "GiB" => (Dimension::Size, 1_073_741_824.0),
        "TB" | "TiB" => (Dimension::Size, 1_099_511_627_776.0),
        "%" | "percent" => (Dimension::Share, 0.01),
        "k" | "K" => (Dimension::Count, 1e3),
        "M" => (Dimension::Count, 1e6),
        "G" => (Dimension::Count, 1e9),
        "USD" | "usd" | "$" => (Dimension::Money, 1.0),
        _ => return None,
    };
    Some(Unit { dimension, scale })
}

/// The unit of a metric: as its sender told it, else as its name does.
pub(super) fn of_metric(name: &str, facts: &MetricFacts) -> Option<Unit> {
    let told = facts.of(name).map(|metadata| metadata.unit.as_str());
    if let Some(unit) = told.and_then(of_told) {
        return Some(unit);
    }
    let mut stem = name;
    for suffix in ["_total", "_bucket", "_sum", "_count"] {
        stem = stem.strip_suffix(suffix).unwrap_or(stem);
    }
    stem.rsplit('_').next().and_then(of_told)
}

/// A unit as UCUM and OpenMetrics write it, which are also the suffixes of names.
fn of_told(text: &str) -> Option<Unit> {
    let (dimension, scale) = match text {
        "ns" | "nanoseconds" => (Dimension::Time, 1e-9),
        "us" | "microseconds" => (Dimension::Time, 1e-6),
        "ms" | "milliseconds" => (Dimension::Time, 1e-3),
        "s" | "seconds" => (Dimension::Time, 1.0),
        "min" | "minutes" => (Dimension::Time, 60.0),
        "h" | "hours" => (Dimension::Time, 3_600.0),
        "d" | "days" => (Dimension::Time, 86_400.0),
        "By" | "bytes" => (Dimension::Size, 1.0),
        "KiBy" | "kibibytes" => (Dimension::Size, 1024.0),
        "MiBy" | "mebibytes" | "mb" => (Dimension::Size, 1_048_576.0),
        "GiBy" | "gibibytes" | "gb" => (Dimension::Size, 1_073_741_824.0),
        "%" | "percent" => (Dimension::Share, 0.01),
        "ratio" | "efficiency" | "utilization" | "utilisation" => (Dimension::Share, 1.0),
        "usd" | "USD" => (Dimension::Money, 1.0),
        _ => return None,
    };
    Some(Unit { dimension, scale })
}

/// A value with a unit in the unit of a metric, and what had to be assumed for it. Nothing if the two
/// measure different things.
pub(super) fn convert(value: f64, unit: Unit, metric: Option<Unit>) -> Option<(f64, Assumed)> {
    match metric {
        _ if unit.dimension == Dimension::Count => Some((value * unit.scale, Assumed::Nothing)),
        Some(metric) if metric.dimension == unit.dimension => {
            let exact = rounded(value * unit.scale / metric.scale);
            Some((exact, Assumed::Nothing))
        }
        Some(_) => None,
        None => {
            let base = match unit.dimension {
                Dimension::Time => "seconds",
                Dimension::Size => "bytes",
                Dimension::Share => "a share of 1",
                Dimension::Money => "USD",
                Dimension::Count => "a count",
            };
            Some((rounded(value * unit.scale), Assumed::Unit(base)))
        }
    }
}

/// What a conversion had to assume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assumed {
    Nothing,
    /// That the metric is in this unit.
    Unit(&'static str),
}

/// Takes away what binary fractions add: 15 digits are kept.
fn rounded(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}
