//! The six figures, with what they were before and over time.

use crate::to_api::to_ms;
use tacho_api::overview::{Figure, FigureId};
use tacho_query::buckets::Buckets;
use tacho_query::overview::Overview;
use tacho_query::tally::share;

/// The figures, in the order in which they are shown.
pub(super) fn figures(found: &Overview) -> Vec<Figure> {
    let trend = |of: &dyn Fn(usize) -> f64| (0..found.buckets.count).map(of).collect();
    vec![
        requests(found),
        Figure {
            id: FigureId::ErrorRate,
            value: some(found.requests.count, found.requests.error_rate()),
            before: some(
                found.before.count,
                share(found.before.errors, found.before.count),
            ),
            trend: trend(&|bucket| {
                let at = |counts: &[u32]| counts.get(bucket).copied().unwrap_or_default().into();
                share(at(&found.requests.failed), at(&found.requests.counts))
            }),
        },
        Figure {
            id: FigureId::P95Ms,
            value: some(
                found.requests.count,
                to_ms(found.requests.durations.quantile(0.95)),
            ),
            before: some(
                found.before.count,
                to_ms(found.before.durations.quantile(0.95)),
            ),
            trend: found.p95_trend.iter().map(|ns| to_ms(*ns)).collect(),
        },
        running(found),
        Figure {
            id: FigureId::TokensPerMinute,
            ..per_minute(found, &found.tokens, found.tokens_before)
        },
        Figure {
            id: FigureId::ErrorLogsPerMinute,
            ..per_minute(found, &found.error_logs, found.error_logs_before)
        },
    ]
}

/// A value that only something of which there is some has.
fn some(count: u64, value: f64) -> Option<f64> {
    (count > 0).then_some(value)
}

fn requests(found: &Overview) -> Figure {
    let counts = found.requests.counts.iter();
    let mut counts: Vec<u64> = counts.map(|count| u64::from(*count)).collect();
    counts.resize(found.buckets.count, 0);
    Figure {
        id: FigureId::RequestsPerMinute,
        ..per_minute(found, &counts, found.before.count)
    }
}

fn running(found: &Overview) -> Figure {
    let counts = found.running.as_deref().unwrap_or_default();
    let trend: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
    Figure {
        id: FigureId::Running,
        value: trend.last().copied(),
        before: None,
        trend,
    }
}

/// Counts a minute; absent where nothing was counted at all.
fn per_minute(found: &Overview, counts: &[u64], before: u64) -> Figure {
    let buckets: &Buckets = &found.buckets;
    let sum: u64 = counts.iter().sum();
    let known = !counts.is_empty();
    let trend = counts.iter().enumerate();
    Figure {
        value: known.then(|| sum as f64 / buckets.minutes()),
        before: known.then(|| before as f64 / found.before_minutes),
        trend: trend
            .map(|(bucket, count)| *count as f64 / buckets.minutes_of(bucket))
            .collect(),
        ..Figure::default()
    }
}
