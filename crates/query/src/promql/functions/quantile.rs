//! Quantiles of plain numbers.

use std::cmp::Ordering;

/// The quantile of values, which get sorted: interpolated between the two nearest; NaN of none, −∞ and
/// +∞ beyond 0 and 1. NaN values count as smallest.
pub fn of_values(share: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || share.is_nan() {
        return f64::NAN;
    }
    if share < 0.0 {
        return f64::NEG_INFINITY;
    }
    if share > 1.0 {
        return f64::INFINITY;
    }
    values.sort_unstable_by(|a, b| match b.is_nan().cmp(&a.is_nan()) {
        Ordering::Equal => a.total_cmp(b),
        order => order,
    });
    let rank = share * (values.len() - 1) as f64;
    let lower = rank.floor();
    let weight = rank - lower;
    let lower = (lower as usize).min(values.len() - 1);
    let upper = (lower + 1).min(values.len() - 1);
    values[lower] * (1.0 - weight) + values[upper] * weight
}

/// True for a share that a quantile has no value for.
pub fn is_invalid(share: f64) -> bool {
    !(0.0..=1.0).contains(&share)
}

#[cfg(test)]
mod tests {
    use super::of_values;

    #[test]
    fn quantiles_interpolate_between_values() {
        assert_eq!(of_values(0.5, &mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(of_values(0.75, &mut [0.0, 1.0, 2.0]), 1.5);
        assert_eq!(of_values(1.0, &mut [0.0, 7.0]), 7.0);
        assert!(of_values(0.0, &mut [0.0, f64::NAN]).is_nan());
        assert!(of_values(0.5, &mut []).is_nan());
        assert_eq!(of_values(-0.1, &mut [0.0]), f64::NEG_INFINITY);
        assert_eq!(of_values(1.1, &mut [0.0]), f64::INFINITY);
    }
}
