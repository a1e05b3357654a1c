//! Where the floats of a window are heading. Histograms beside them are ignored.

use crate::error::Result;
use crate::promql::annotation::Annotation;
use crate::promql::call::{CallContext, FloatPoints, Window};
use crate::promql::failure;
use tacho_model::kahan::Kahan;
use tacho_model::number_text::fixed;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::function::FunctionId;

/// Checks the scalar arguments of a call over a window that has samples: only those of
/// `double_exponential_smoothing` can be wrong.
pub fn check_scalars(id: FunctionId, args: &[f64]) -> Result<()> {
    if id != FunctionId::DoubleExponentialSmoothing {
        return Ok(());
    }
    let words = [("smoothing", "sf"), ("trend", "tf")];
    for (&value, (name, short)) in args.iter().zip(words) {
        if value <= 0.0 || value >= 1.0 {
            let value = fixed(value, 6);
            return Err(failure::execution(format!(
                "invalid {name} factor. Expected: 0 < {short} < 1, got: {value}"
            )));
        }
    }
    Ok(())
}

/// Floats of a window, at least two; that histograms are ignored is told.
fn two_floats<'a>(context: &mut CallContext<'_>, window: &Window<'a>) -> Option<FloatPoints<'a>> {
    if !window.floats.times.is_empty() && !window.histograms.times.is_empty() {
        let name = window.labels.metric_name();
        context.annotate(0, &Annotation::HistogramIgnoredInMixedRange(name));
    }
    (window.floats.times.len() >= 2).then_some(window.floats)
}

/// The slope of the regression line, per second.
pub(super) fn deriv(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    let floats = two_floats(context, window)?;
    let line = regression(&floats, *floats.times.first()?);
    Some(SampleValue::Float(line.slope))
}

/// The regression line so many seconds after the time of the step.
pub(super) fn predict_linear(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    args: &[f64],
) -> Option<SampleValue> {
    let ahead = args.first().copied()?;
    let floats = two_floats(context, window)?;
    let line = regression(&floats, window.time_ms);
    Some(SampleValue::Float(line.slope * ahead + line.intercept))
}

struct Line {
    slope: f64,
    /// Value at the time that was asked for.
    intercept: f64,
}

/// Least squares.
fn regression(floats: &FloatPoints<'_>, zero_ms: i64) -> Line {
    let first = floats.values.first().copied().unwrap_or(f64::NAN);
    if floats.values.iter().skip(1).all(|value| *value == first) {
        return if first.is_infinite() {
            Line {
                slope: f64::NAN,
                intercept: f64::NAN,
            }
        } else {
            Line {
                slope: 0.0,
                intercept: first,
            }
        };
    }
    let (mut x_sum, mut y_sum) = (Kahan::default(), Kahan::default());
    let (mut xy_sum, mut xx_sum) = (Kahan::default(), Kahan::default());
    for (time, y) in floats.times.iter().zip(floats.values) {
        let x = time.saturating_sub(zero_ms) as f64 / 1e3;
        x_sum.add(x);
        y_sum.add(*y);
        xy_sum.add(x * y);
        xx_sum.add(x * x);
    }
    let count = floats.values.len() as f64;
    let (x_sum, y_sum) = (x_sum.total(), y_sum.total());
    let covariance = xy_sum.total() - x_sum * y_sum / count;
    let variance = xx_sum.total() - x_sum * x_sum / count;
    let slope = covariance / variance;
    Line {
        slope,
        intercept: y_sum / count - slope * x_sum / count,
    }
}

/// The last value smoothed by a factor for the level and one for the trend.
pub(super) fn double_exponential_smoothing(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    args: &[f64],
) -> Option<SampleValue> {
    let (&[smoothing, trend_factor], floats) = (args, two_floats(context, window)?) else {
        return None;
    };
    let values = floats.values;
    let (mut before, mut level) = (0.0, values[0]);
    let mut trend = values[1] - values[0];
    for (position, value) in values.iter().enumerate().skip(1) {
        if position > 1 {
            trend = trend_factor * (level - before) + (1.0 - trend_factor) * trend;
        }
        let next = smoothing * value + (1.0 - smoothing) * (level + trend);
        (before, level) = (level, next);
    }
    Some(SampleValue::Float(level))
}
