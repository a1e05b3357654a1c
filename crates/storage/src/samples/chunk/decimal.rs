//! Floats that are short decimals, as integers: 12.5 is 125 tenths. Exact, bit for bit, or not at all.

/// Powers of ten by exponent.
const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
/// Integers are smaller than 2^52, so that halves are floats too and rounding is exact.
const INTEGER_MAX: f64 = 4_503_599_627_370_496.0;

/// The integer i with `i / 10^exponent` exactly this value, if there is one. Exponents go to 6; −0,
/// NaN and infinities have none.
#[inline]
pub(crate) fn to_decimal(value: f64, exponent: usize) -> Option<i64> {
    if exponent == 0 {
        return to_integer(value);
    }
    let power = *POWERS.get(exponent)?;
    let scaled = value * power;
    if scaled.is_nan() || scaled.abs() >= INTEGER_MAX {
        return None;
    }
    let integer = (scaled + 0.5f64.copysign(scaled)) as i64;
    let same = (integer as f64 / power).to_bits() == value.to_bits();
    same.then_some(integer)
}

#[inline]
fn to_integer(value: f64) -> Option<i64> {
    let integer = value as i64;
    let same = (integer as f64).to_bits() == value.to_bits();
    (same && integer.unsigned_abs() < INTEGER_MAX as u64).then_some(integer)
}

/// The value of a decimal.
#[inline]
pub(crate) fn from_decimal(integer: i64, exponent: usize) -> f64 {
    if exponent == 0 {
        return integer as f64;
    }
    integer as f64 / power_of_ten(exponent)
}

/// Ten to that power, at most 6.
#[inline]
pub(crate) fn power_of_ten(exponent: usize) -> f64 {
    POWERS.get(exponent).copied().unwrap_or(1.0)
}

/// Signed numbers as unsigned ones, small absolute values first.
#[inline]
pub(crate) fn zigzag(value: i64) -> u64 {
    (value.wrapping_shl(1) ^ (value >> 63)) as u64
}

/// Back from `zigzag`.
#[inline]
pub(crate) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::{from_decimal, to_decimal};

    #[test]
    fn only_exact_decimals_are_integers() {
        for (value, exponent, expected) in [
            (0.0, 0, Some(0)),
            (-0.0, 0, None),
            (12.5, 0, None),
            (12.5, 1, Some(125)),
            (-0.07, 2, Some(-7)),
            (0.1 + 0.2, 3, None),
            (f64::NAN, 2, None),
            (f64::INFINITY, 0, None),
            (4_503_599_627_370_495.0, 0, Some(4_503_599_627_370_495)),
            (4_503_599_627_370_496.0, 0, None),
            (0.000_001, 6, Some(1)),
            (5e-324, 6, None),
        ] {
            assert_eq!(to_decimal(value, exponent), expected, "{value} {exponent}");
            if let Some(integer) = expected {
                assert_eq!(from_decimal(integer, exponent).to_bits(), value.to_bits());
            }
        }
    }
}
