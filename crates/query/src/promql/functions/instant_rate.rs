//! `irate` and `idelta`: the difference between the last two samples.

use crate::promql::annotation::{Annotation, Combining};
use crate::promql::call::{CallContext, ValueRef, Window};
use crate::promql::functions::over_time::{Point, points};
use crate::promql::functions::rate::is_start_reset;
use std::sync::Arc;
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::sample::SampleValue;

/// Growth of a counter per second.
pub(super) fn irate(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    let (before, last) = last_two(window)?;
    let seconds = last.time_ms.saturating_sub(before.time_ms) as f64 / 1_000.0;
    match difference(context, window, (&before, &last), true)? {
        SampleValue::Float(value) => Some(SampleValue::Float(value / seconds)),
        SampleValue::Histogram(mut histogram) => {
            Arc::make_mut(&mut histogram).divide(seconds);
            Some(SampleValue::Histogram(histogram))
        }
    }
}

/// Change of a gauge.
pub(super) fn idelta(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    let (before, last) = last_two(window)?;
    difference(context, window, (&before, &last), false)
}

/// The last two samples of whatever kind, at different times.
fn last_two<'a>(window: &Window<'a>) -> Option<(Point<'a>, Point<'a>)> {
    let skip = |times: &[i64]| times.len().saturating_sub(2);
    let from = (skip(window.floats.times), skip(window.histograms.times));
    let mut points = points(window, from.0, from.1);
    let (mut before, mut last) = (points.next()?, points.next()?);
    for point in points {
        (before, last) = (last, point);
    }
    (before.time_ms != last.time_ms).then_some((before, last))
}

fn difference(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    (before, last): (&Point<'_>, &Point<'_>),
    is_counter: bool,
) -> Option<SampleValue> {
    let start_reset = is_start_reset(
        (before.start_ms, before.time_ms),
        (last.start_ms, last.time_ms),
    );
    match (before.value, last.value) {
        (ValueRef::Float(a), ValueRef::Float(b)) => {
            let is_reset = is_counter && (b < a || start_reset);
            Some(SampleValue::Float(if is_reset { b } else { b - a }))
        }
        (ValueRef::Histogram(a), ValueRef::Histogram(b)) => {
            note_kind(context, window, (a, b), is_counter);
            let is_reset = is_counter && (start_reset || b.is_reset_since(a));
            let mut difference = Histogram::clone(b);
            if !is_reset {
                subtract(context, window, &mut difference, a)?;
            }
            difference.counter_reset_hint = CounterResetHint::Gauge;
            difference.compact();
            Some(SampleValue::Histogram(Arc::new(difference)))
        }
        _ => {
            let name = window.labels.metric_name();
            context.annotate(0, &Annotation::MixedFloatsHistograms(name));
            None
        }
    }
}

/// Tells if a gauge is taken for a counter, or the other way round.
fn note_kind(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    (a, b): (&Histogram, &Histogram),
    is_counter: bool,
) {
    let name = window.labels.metric_name();
    let is_gauge = |histogram: &Histogram| histogram.counter_reset_hint == CounterResetHint::Gauge;
    if is_counter && (is_gauge(a) || is_gauge(b)) {
        context.annotate(0, &Annotation::NotCounter(name));
    }
    let both_gauges = is_gauge(a) && is_gauge(b);
    if !is_counter && !both_gauges {
        context.annotate(0, &Annotation::NotGauge(name));
    }
}

fn subtract(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    difference: &mut Histogram,
    other: &Histogram,
) -> Option<()> {
    match difference.subtract(other) {
        Ok(combined) => {
            if combined.bounds_reconciled {
                let note = Annotation::MismatchedCustomBuckets(Combining::Subtraction);
                context.annotate(0, &note);
            }
            Some(())
        }
        Err(_) => {
            let name = window.labels.metric_name();
            context.annotate(0, &Annotation::MixedExponentialCustom(name));
            None
        }
    }
}
