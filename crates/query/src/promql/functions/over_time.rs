//! Aggregations over the samples of a window.

use crate::promql::annotation::{Annotation, Combining};
use crate::promql::call::{CallContext, FloatPoints, ValueRef, Window};
use std::sync::Arc;
use tacho_model::histogram::combine::{Combined, MixedSchemas};
use tacho_model::histogram::sum::{HistogramMean, HistogramSum};
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::kahan::Kahan;
use tacho_model::sample::SampleValue;

type Answer = Option<SampleValue>;
type Context<'a, 'b> = &'a mut CallContext<'b>;

fn float(value: f64) -> Answer {
    Some(SampleValue::Float(value))
}

fn seconds(time_ms: i64) -> Answer {
    float(time_ms as f64 / 1_000.0)
}

/// Number of samples.
pub(super) fn count(_: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    float((window.floats.times.len() + window.histograms.times.len()) as f64)
}

/// 1.
pub(super) fn present(_: Context<'_, '_>, _: &Window<'_>, _: &[f64]) -> Answer {
    float(1.0)
}

/// The oldest sample.
pub(super) fn first(_: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let (floats, histograms) = (&window.floats, &window.histograms);
    match (floats.times.first(), histograms.times.first()) {
        (Some(float), Some(histogram)) if float >= histogram => first_histogram(window),
        (None, _) => first_histogram(window),
        (Some(_), _) => floats.values.first().copied().map(SampleValue::Float),
    }
}

fn first_histogram(window: &Window<'_>) -> Answer {
    let histogram = window.histograms.values.first()?;
    Some(SampleValue::Histogram(Arc::clone(histogram)))
}

/// The newest sample.
pub(super) fn last(_: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let (floats, histograms) = (&window.floats, &window.histograms);
    match (floats.times.last(), histograms.times.last()) {
        (float, Some(histogram)) if float.is_none_or(|float| float <= histogram) => {
            let value = histograms.values.last()?;
            Some(SampleValue::Histogram(Arc::clone(value)))
        }
        _ => floats.values.last().copied().map(SampleValue::Float),
    }
}

/// When the oldest sample was.
pub(super) fn time_of_first(_: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let first = |times: &[i64]| times.first().copied().unwrap_or(i64::MAX);
    seconds(first(window.floats.times).min(first(window.histograms.times)))
}

/// When the newest sample was.
pub(super) fn time_of_last(_: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let last = |times: &[i64]| times.last().copied();
    seconds(last(window.floats.times).max(last(window.histograms.times))?)
}

/// The largest float.
pub(super) fn max(context: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let position = extreme(context, window, |value, best| value > best)?;
    float(window.floats.values[position])
}

/// The smallest float.
pub(super) fn min(context: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let position = extreme(context, window, |value, best| value < best)?;
    float(window.floats.values[position])
}

/// When the last one of the largest floats was.
pub(super) fn time_of_max(context: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let position = extreme(context, window, |value, best| value >= best)?;
    seconds(window.floats.times[position])
}

/// When the last one of the smallest floats was.
pub(super) fn time_of_min(context: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    let position = extreme(context, window, |value, best| value <= best)?;
    seconds(window.floats.times[position])
}

/// Position of the float that no later one replaces; NaN is replaced by all.
fn extreme(
    context: Context<'_, '_>,
    window: &Window<'_>,
    replaces: impl Fn(f64, f64) -> bool,
) -> Option<usize> {
    let values = floats_only(context, window)?.values;
    let (mut position, mut best) = (0, *values.first()?);
    for (at, &value) in values.iter().enumerate() {
        if replaces(value, best) || best.is_nan() {
            (position, best) = (at, value);
        }
    }
    Some(position)
}

/// The floats of a window; histograms beside them are ignored, which is told. Nothing without floats.
pub(super) fn floats_only<'a>(
    context: Context<'_, '_>,
    window: &Window<'a>,
) -> Option<FloatPoints<'a>> {
    if window.floats.times.is_empty() {
        return None;
    }
    if !window.histograms.times.is_empty() {
        let name = window.labels.metric_name();
        context.annotate(0, &Annotation::HistogramIgnoredInMixedRange(name));
    }
    Some(window.floats)
}

/// The sum of floats, or of histograms.
pub(super) fn sum(context: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    if is_mixed(context, window) {
        return None;
    }
    if let Some((first, rest)) = window.histograms.values.split_first() {
        let mut sum = HistogramSum::new(first);
        take_in(context, window, rest, |histogram| sum.add(histogram))?;
        return Some(SampleValue::Histogram(Arc::new(sum.finish())));
    }
    let mut sum = Kahan::default();
    for value in window.floats.values {
        sum.add(*value);
    }
    float(sum.total())
}

/// The mean of floats, or of histograms.
pub(super) fn avg(context: Context<'_, '_>, window: &Window<'_>, _: &[f64]) -> Answer {
    if is_mixed(context, window) {
        return None;
    }
    if let Some((first, rest)) = window.histograms.values.split_first() {
        let mut mean = HistogramMean::new(first);
        take_in(context, window, rest, |histogram| mean.add(histogram))?;
        return Some(SampleValue::Histogram(Arc::new(mean.finish())));
    }
    float(mean(window.floats.values))
}

/// A window of both kinds has no sum: that is told.
fn is_mixed(context: Context<'_, '_>, window: &Window<'_>) -> bool {
    if window.is_mixed() {
        let name = window.labels.metric_name();
        context.annotate(0, &Annotation::MixedFloatsHistograms(name));
    }
    window.is_mixed()
}

/// Feeds histograms to a sum and tells what was odd about them.
fn take_in(
    context: Context<'_, '_>,
    window: &Window<'_>,
    rest: &[Arc<Histogram>],
    mut add: impl FnMut(&Histogram) -> Result<Combined, MixedSchemas>,
) -> Option<()> {
    let mut reconciled = false;
    for histogram in rest {
        match add(histogram) {
            Ok(combined) => reconciled |= combined.bounds_reconciled,
            Err(MixedSchemas) => {
                let name = window.labels.metric_name();
                context.annotate(0, &Annotation::MixedExponentialCustom(name));
                return None;
            }
        }
    }
    let has = |hint: CounterResetHint| {
        let mut histograms = window.histograms.values.iter();
        histograms.any(|histogram| histogram.counter_reset_hint == hint)
    };
    if has(CounterResetHint::Reset) && has(CounterResetHint::NotReset) {
        context.annotate(
            0,
            &Annotation::CounterResetCollision(Combining::Aggregation),
        );
    }
    if reconciled {
        context.annotate(
            0,
            &Annotation::MismatchedCustomBuckets(Combining::Aggregation),
        );
    }
    Some(())
}

/// The mean: of the sum while that is finite, updated from value to value from then on.
fn mean(values: &[f64]) -> f64 {
    let Some((first, rest)) = values.split_first() else {
        return f64::NAN;
    };
    let mut sum = Kahan::new(*first);
    let mut count = 1.0;
    let mut rest = rest.iter();
    for value in rest.by_ref() {
        let before = sum;
        sum.add(*value);
        if sum.sum.is_infinite() {
            let mean = Kahan {
                sum: before.sum / count,
                low: before.low / count,
            };
            return incremental_mean(mean, count, std::iter::once(value).chain(rest));
        }
        count += 1.0;
    }
    sum.sum / count + sum.low / count
}

fn incremental_mean<'a>(
    mut mean: Kahan,
    mut count: f64,
    values: impl Iterator<Item = &'a f64>,
) -> f64 {
    for value in values {
        count += 1.0;
        let kept = (count - 1.0) / count;
        mean = Kahan {
            sum: kept * mean.sum,
            low: kept * mean.low,
        };
        mean.add(value / count);
    }
    mean.total()
}

/// A sample with its start timestamp, 0 if unknown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point<'a> {
    pub(super) time_ms: i64,
    pub(super) start_ms: i64,
    pub(super) value: ValueRef<'a>,
}

/// The samples of a window after the first so many floats and histograms, by time.
pub(super) fn points<'a>(
    window: &Window<'a>,
    first_float: usize,
    first_histogram: usize,
) -> impl Iterator<Item = Point<'a>> {
    let (floats, histograms) = (window.floats, window.histograms);
    let (mut next_float, mut next_histogram) = (first_float, first_histogram);
    std::iter::from_fn(move || {
        let float = floats.times.get(next_float);
        let histogram = histograms.times.get(next_histogram);
        let is_float = match (float, histogram) {
            (None, None) => return None,
            (Some(float), Some(histogram)) => float <= histogram,
            (float, _) => float.is_some(),
        };
        let (list_starts, position) = if is_float {
            next_float += 1;
            (floats.starts, next_float - 1)
        } else {
            next_histogram += 1;
            (histograms.starts, next_histogram - 1)
        };
        Some(Point {
            time_ms: *(if is_float { float } else { histogram })?,
            start_ms: list_starts.get(position).copied().unwrap_or(0),
            value: if is_float {
                ValueRef::Float(*floats.values.get(position)?)
            } else {
                ValueRef::Histogram(histograms.values.get(position)?)
            },
        })
    })
}
