//! How the floats of a window spread: quantiles, deviations. Histograms beside them are ignored.

use crate::promql::annotation::Annotation;
use crate::promql::call::{CallContext, Window};
use crate::promql::functions::over_time::floats_only;
use crate::promql::functions::quantile::{is_invalid, of_values};
use tacho_model::kahan::Kahan;
use tacho_model::sample::SampleValue;

/// The quantile of the first argument.
pub(super) fn quantile(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    args: &[f64],
) -> Option<SampleValue> {
    let share = args.first().copied()?;
    if window.floats.times.is_empty() {
        return None;
    }
    if is_invalid(share) {
        context.annotate(0, &Annotation::InvalidQuantile(share));
    }
    let values = floats_only(context, window)?.values;
    context.scratch.clear();
    context.scratch.extend_from_slice(values);
    Some(SampleValue::Float(of_values(share, &mut context.scratch)))
}

/// The median of the distances to the median.
pub(super) fn mad(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    let values = floats_only(context, window)?.values;
    if values.iter().any(|value| value.is_nan()) {
        return Some(SampleValue::Float(f64::NAN));
    }
    let scratch = &mut context.scratch;
    scratch.clear();
    scratch.extend_from_slice(values);
    let median = of_values(0.5, scratch);
    for value in scratch.iter_mut() {
        *value = (*value - median).abs();
    }
    Some(SampleValue::Float(of_values(0.5, scratch)))
}

/// The standard deviation of the population.
pub(super) fn stddev(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    let values = floats_only(context, window)?.values;
    Some(SampleValue::Float(variance(values).sqrt()))
}

/// The variance of the population.
pub(super) fn stdvar(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    let values = floats_only(context, window)?.values;
    Some(SampleValue::Float(variance(values)))
}

fn variance(values: &[f64]) -> f64 {
    let (mut mean, mut squares) = (Kahan::default(), Kahan::default());
    let mut count = 0.0;
    for value in values {
        count += 1.0;
        let delta = value - mean.total();
        mean.add(delta / count);
        squares.add(delta * (value - mean.total()));
    }
    squares.total() / count
}
