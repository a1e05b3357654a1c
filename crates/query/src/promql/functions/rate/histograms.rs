//! Differences of native histograms over a window.

use super::{Extrapolation, Kind, Starts, answer};
use crate::promql::annotation::{Annotation, Combining};
use crate::promql::call::{CallContext, Window};
use std::sync::Arc;
use tacho_model::histogram::combine::{Combined, MixedSchemas};
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::sample::SampleValue;

pub(super) fn difference(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    kind: Kind,
) -> Option<SampleValue> {
    let points = &window.histograms;
    let first = points.values.first()?;
    let mut difference = None;
    if points.values.len() > 1 {
        difference = Some(between_ends(context, window, kind)?);
    }
    let counts = (first.count, difference.as_ref().map_or(0.0, |it| it.count));
    let extrapolation = Extrapolation::new(window, (points.times, points.starts), kind, counts)?;
    if extrapolation.from_zero {
        difference = match difference {
            None => Some(Histogram::clone(first)),
            Some(mut sum) => {
                combine(context, window, &mut sum, first, Combining::Addition)?;
                Some(sum)
            }
        };
    }
    let mut difference = difference?;
    difference.multiply(extrapolation.factor);
    answer(difference)
}

/// Adds or subtracts and tells what was odd; nothing if the two do not mix.
pub(super) fn combine(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    own: &mut Histogram,
    other: &Histogram,
    combining: Combining,
) -> Option<()> {
    let combined = match combining {
        Combining::Subtraction => own.subtract(other),
        Combining::Addition | Combining::Aggregation => own.add(other),
    };
    match combined {
        Ok(Combined {
            bounds_reconciled, ..
        }) => {
            if bounds_reconciled {
                context.annotate(0, &Annotation::MismatchedCustomBuckets(combining));
            }
            Some(())
        }
        Err(MixedSchemas) => {
            note_mixed(context, window);
            None
        }
    }
}

pub(super) fn note_mixed(context: &mut CallContext<'_>, window: &Window<'_>) {
    let name = window.labels.metric_name();
    context.annotate(0, &Annotation::MixedExponentialCustom(name));
}

/// The last histogram less the first, plus what was lost in resets. Needs two at least.
fn between_ends(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    kind: Kind,
) -> Option<Histogram> {
    let values = window.histograms.values;
    let (first, last) = (values.first()?, values.last()?);
    let starts = Starts::new(window.histograms.times, window.histograms.starts);
    let mut base = Arc::clone(first);
    if kind.is_counter {
        // What lies before a reset right at the beginning does not matter, nor does its layout.
        let second = values.get(1)?;
        if starts.is_reset(0) || second.is_reset_since(first) {
            base = Arc::new(Histogram {
                schema: second.schema,
                custom_bounds: Arc::clone(&second.custom_bounds),
                ..Histogram::default()
            });
        }
    }
    let mut schema = last.schema.min(base.schema);
    let is_gauge = |histogram: &Histogram| histogram.counter_reset_hint == CounterResetHint::Gauge;
    let ends_are_gauges = (is_gauge(first), is_gauge(last));
    let mut not_counter = kind.is_counter && (ends_are_gauges.0 || ends_are_gauges.1);
    if last.has_custom_bounds() != base.has_custom_bounds() {
        if not_counter {
            let name = window.labels.metric_name();
            context.annotate(0, &Annotation::NotCounter(name));
        }
        note_mixed(context, window);
        return None;
    }
    if kind.is_counter {
        for value in &values[1..values.len() - 1] {
            if value.has_custom_bounds() != base.has_custom_bounds() {
                note_mixed(context, window);
                return None;
            }
            not_counter |= is_gauge(value);
            schema = schema.min(value.schema);
        }
    }
    let name = window.labels.metric_name();
    if not_counter {
        context.annotate(0, &Annotation::NotCounter(name));
    }
    let mut difference = Histogram::clone(last);
    difference.reduce_resolution(schema);
    combine(
        context,
        window,
        &mut difference,
        &base,
        Combining::Subtraction,
    )?;
    if kind.is_counter {
        add_lost(context, window, &mut difference, base, starts)?;
    } else if ends_are_gauges != (true, true) {
        context.annotate(0, &Annotation::NotGauge(name));
    }
    difference.counter_reset_hint = CounterResetHint::Gauge;
    difference.compact();
    Some(difference)
}

/// Adds what the counter had before each reset.
fn add_lost(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    difference: &mut Histogram,
    base: Arc<Histogram>,
    mut starts: Starts<'_>,
) -> Option<()> {
    let mut before = &base;
    for (position, value) in window.histograms.values.iter().skip(1).enumerate() {
        starts.note_overlap(context, window.labels, position);
        if starts.is_reset(position) || value.is_reset_since(before) {
            combine(context, window, difference, before, Combining::Addition)?;
        }
        before = value;
    }
    Some(())
}
