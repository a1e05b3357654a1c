//! Numbers of one native histogram. Floats are left out.

use crate::promql::call::{Element, Implementation, InstantFn, ValueRef};
use tacho_model::histogram::Histogram;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::function::FunctionId;

/// The implementation of a function of this file.
pub(super) fn implementation(id: FunctionId) -> Option<Implementation> {
    use FunctionId as F;
    let function: InstantFn = match id {
        F::HistogramAvg => |_, element, _| map(element, Histogram::mean),
        F::HistogramCount => |_, element, _| map(element, |histogram| histogram.count),
        F::HistogramStddev => |_, element, _| map(element, |histogram| histogram.variance().sqrt()),
        F::HistogramStdvar => |_, element, _| map(element, Histogram::variance),
        F::HistogramSum => |_, element, _| map(element, |histogram| histogram.sum),
        _ => return None,
    };
    Some(Implementation::Instant(function))
}

fn map(element: &Element<'_>, calculate: impl Fn(&Histogram) -> f64) -> Option<SampleValue> {
    match element.value {
        ValueRef::Histogram(histogram) => Some(SampleValue::Float(calculate(histogram))),
        ValueRef::Float(_) => None,
    }
}
