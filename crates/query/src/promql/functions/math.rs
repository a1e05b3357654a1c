//! Functions of one float: arithmetic, trigonometry, rounding, clamping. Histograms are left out.

use crate::promql::call::{Element, Implementation, InstantFn, ScalarFn, ValueRef};
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::function::FunctionId;

/// The implementation of a function of this file.
pub(super) fn implementation(id: FunctionId) -> Option<Implementation> {
    use FunctionId as F;
    if let Some(function) = of_float(id) {
        return Some(Implementation::Instant(function));
    }
    let function: ScalarFn = match id {
        F::MaxOf => |_, args| max(argument(args, 0), argument(args, 1)),
        F::MinOf => |_, args| min(argument(args, 0), argument(args, 1)),
        F::Pi => |_, _| std::f64::consts::PI,
        F::Time => |time_ms, _| time_ms as f64 / 1_000.0,
        _ => return None,
    };
    Some(Implementation::Scalar(function))
}

fn of_float(id: FunctionId) -> Option<InstantFn> {
    use FunctionId as F;
    Some(match id {
        F::Abs => |_, element, _| map(element, f64::abs),
        F::Acos => |_, element, _| map(element, f64::acos),
        F::Acosh => |_, element, _| map(element, acosh),
        F::Asin => |_, element, _| map(element, f64::asin),
        F::Asinh => |_, element, _| map(element, asinh),
        F::Atan => |_, element, _| map(element, f64::atan),
        F::Atanh => |_, element, _| map(element, f64::atanh),
        F::Ceil => |_, element, _| map(element, f64::ceil),
        F::Clamp => |_, element, args| clamp(element, argument(args, 0), argument(args, 1)),
        F::ClampMax => |_, element, args| clamp(element, f64::NEG_INFINITY, argument(args, 0)),
        F::ClampMin => |_, element, args| clamp(element, argument(args, 0), f64::INFINITY),
        F::Cos => |_, element, _| map(element, f64::cos),
        F::Cosh => |_, element, _| map(element, f64::cosh),
        F::Deg => |_, element, _| map(element, |value| value * 180.0 / std::f64::consts::PI),
        F::Exp => |_, element, _| map(element, f64::exp),
        F::Floor => |_, element, _| map(element, f64::floor),
        F::Ln => |_, element, _| map(element, f64::ln),
        F::Log10 => |_, element, _| map(element, f64::log10),
        F::Log2 => |_, element, _| map(element, f64::log2),
        F::Rad => |_, element, _| map(element, |value| value * std::f64::consts::PI / 180.0),
        F::Round => |_, element, args| round(element, args.first().copied().unwrap_or(1.0)),
        F::Sgn => |_, element, _| map(element, sign),
        F::Sin => |_, element, _| map(element, f64::sin),
        F::Sinh => |_, element, _| map(element, f64::sinh),
        F::Sqrt => |_, element, _| map(element, f64::sqrt),
        F::Tan => |_, element, _| map(element, f64::tan),
        F::Tanh => |_, element, _| map(element, f64::tanh),
        _ => return None,
    })
}

/// From here on `x + sqrt(x² ± 1)` is `2x`, whose logarithm is taken without making `2x`: the
/// standard library makes it, and so has no result for the largest numbers.
const HYPERBOLIC_LARGE: f64 = (1_u64 << 28) as f64;

fn acosh(value: f64) -> f64 {
    if value > HYPERBOLIC_LARGE {
        return value.ln() + std::f64::consts::LN_2;
    }
    value.acosh()
}

fn asinh(value: f64) -> f64 {
    let size = value.abs();
    if size > HYPERBOLIC_LARGE {
        return (size.ln() + std::f64::consts::LN_2).copysign(value);
    }
    value.asinh()
}

fn argument(args: &[f64], position: usize) -> f64 {
    args.get(position).copied().unwrap_or(f64::NAN)
}

/// Applies a calculation to a float.
pub(super) fn map(element: &Element<'_>, calculate: impl Fn(f64) -> f64) -> Option<SampleValue> {
    match element.value {
        ValueRef::Float(value) => Some(SampleValue::Float(calculate(value))),
        ValueRef::Histogram(_) => None,
    }
}

fn sign(value: f64) -> f64 {
    if value < 0.0 {
        -1.0
    } else if value > 0.0 {
        1.0
    } else {
        value
    }
}

fn clamp(element: &Element<'_>, low: f64, high: f64) -> Option<SampleValue> {
    if high < low {
        return None;
    }
    map(element, |value| max(low, min(high, value)))
}

/// To the nearest multiple, halves up.
fn round(element: &Element<'_>, nearest: f64) -> Option<SampleValue> {
    let inverse = 1.0 / nearest;
    map(element, |value| (value * inverse + 0.5).floor() / inverse)
}

/// The larger one; NaN if one is NaN and none is +∞.
fn max(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else if a > b {
        a
    } else {
        b
    }
}

/// The smaller one; NaN if one is NaN and none is −∞.
fn min(a: f64, b: f64) -> f64 {
    -max(-a, -b)
}

#[cfg(test)]
mod tests {
    use super::{acosh, asinh, max, min};

    #[test]
    fn the_largest_numbers_have_area_functions() {
        let expected = 710.475_860_073_943_9;
        assert_eq!((asinh(f64::MAX), acosh(f64::MAX)), (expected, expected));
        assert_eq!(asinh(f64::MIN), -expected);
        assert_eq!(asinh(f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert!(acosh(0.5).is_nan() && asinh(f64::NAN).is_nan());
        let edge = (1_u64 << 28) as f64 + 1.0;
        assert!((asinh(edge) - edge.asinh()).abs() < 1e-12);
    }

    #[test]
    fn infinities_win_over_nan() {
        assert_eq!(max(f64::NAN, f64::INFINITY), f64::INFINITY);
        assert!(max(f64::NAN, 1.0).is_nan());
        assert_eq!(min(f64::NAN, f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert!(min(1.0, f64::NAN).is_nan());
        assert_eq!((max(1.0, 2.0), min(1.0, 2.0)), (2.0, 1.0));
        assert!(max(-0.0, 0.0).is_sign_positive());
    }
}
