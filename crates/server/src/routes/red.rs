//! Rate, errors and duration in the shapes of the API.

use crate::to_api::to_ms;
use tacho_api::count::Count;
use tacho_api::overview::HeatMap;
use tacho_api::service::{LatencyMs, Red};
use tacho_query::buckets::{Buckets, HEAT_BOUNDS_MS, Heat};
use tacho_query::sketch::Sketch;
use tacho_query::tally::Tally;

/// Nanoseconds that are looked at if nobody says how many: three hours.
pub(super) const USUAL_RANGE_NS: i64 = 3 * 3_600 * 1_000_000_000;

/// Sums of spans.
pub(super) fn to_red(tally: &Tally, buckets: &Buckets) -> Red {
    Red {
        count: tally.count.into(),
        per_minute: tally.count as f64 / buckets.minutes(),
        error_count: tally.errors.into(),
        error_rate: tally.error_rate(),
        latency: to_latency(&tally.durations),
        trend: to_trend(&tally.counts, buckets),
        error_trend: to_trend(&tally.failed, buckets),
    }
}

/// The figures that are shown of durations.
pub(super) fn to_latency(durations: &Sketch) -> LatencyMs {
    let told = durations.percentiles();
    LatencyMs {
        p50: to_ms(told.p50),
        p95: to_ms(told.p95),
        p99: to_ms(told.p99),
        max: to_ms(told.max),
    }
}

/// One count a bucket.
pub(super) fn to_trend(counts: &[u32], buckets: &Buckets) -> Vec<Count> {
    let known = counts.iter().map(|count| Count::from(*count));
    known
        .chain(std::iter::repeat(Count(0)))
        .take(buckets.count)
        .collect()
}

/// Durations over time.
pub(super) fn to_heat(heat: &Heat) -> HeatMap {
    let column = |counts: &Vec<u64>| counts.iter().map(|count| Count(*count)).collect();
    HeatMap {
        bounds_ms: HEAT_BOUNDS_MS.to_vec(),
        columns: heat.columns.iter().map(column).collect(),
    }
}
