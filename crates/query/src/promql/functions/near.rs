//! Numbers that differ by rounding only.

use tacho_model::sample::is_stale;

/// True if the difference is below this share of both together, or if there is none: equal, both stale
/// markers, or both another NaN.
pub fn almost_equal(a: f64, b: f64, tolerance: f64) -> bool {
    if is_stale(a) || is_stale(b) {
        return is_stale(a) && is_stale(b);
    }
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let smallest = f64::MIN_POSITIVE;
    let sum = a.abs() + b.abs();
    let difference = (a - b).abs();
    if a == 0.0 || b == 0.0 || sum < smallest {
        return difference < tolerance * smallest;
    }
    difference / sum.min(f64::MAX) < tolerance
}
