//! The order of samples within a family: metric by metric; of one metric buckets or quantiles
//! ascending, then the sum, the count and the start time; then by time.

use super::Row;
use crate::exposition::number::parse_float;
use std::cmp::Ordering;
use tacho_model::labels::{BUCKET_LABEL, Labels, QUANTILE_LABEL};
use tacho_model::metric::MetricKind;

/// What rows are sorted by; equal ones keep their order.
struct Key {
    group: Labels,
    rank: u8,
    bound: f64,
    time_ms: Option<i64>,
}

fn key(row: &Row, kind: MetricKind) -> Key {
    let name = row.labels.metric_name();
    let rank = match kind {
        MetricKind::Histogram | MetricKind::GaugeHistogram | MetricKind::Summary => {
            if name.ends_with("_sum") || name.ends_with("_gsum") {
                1
            } else if name.ends_with("_count") || name.ends_with("_gcount") {
                2
            } else if name.ends_with("_created") {
                3
            } else {
                0
            }
        }
        _ => u8::from(name.ends_with("_created")),
    };
    let own = match kind {
        MetricKind::Histogram | MetricKind::GaugeHistogram => BUCKET_LABEL,
        MetricKind::Summary => QUANTILE_LABEL,
        _ => "",
    };
    let bound = row.labels.get(own).map(str::as_bytes).and_then(parse_float);
    Key {
        group: row.labels.without_name().filtered(|label| label != own),
        rank,
        bound: bound.unwrap_or(f64::INFINITY),
        time_ms: row.time_ms,
    }
}

fn compare(a: &Key, b: &Key) -> Ordering {
    a.group
        .cmp(&b.group)
        .then(a.time_ms.cmp(&b.time_ms))
        .then(a.rank.cmp(&b.rank))
        .then(a.bound.total_cmp(&b.bound))
}

/// Sorts the rows of a family.
pub(super) fn sort(rows: &mut [Row], kind: MetricKind) {
    rows.sort_by_cached_key(|row| Sorted(key(row, kind)));
}

struct Sorted(Key);

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Sorted {}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}
