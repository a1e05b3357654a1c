//! Sums of floats that keep what rounding takes away (Kahan's method with Neumaier's change), in the
//! order of operations of Prometheus, so that sums agree with its own to the last bit.

/// A running sum.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Kahan {
    /// The sum as plain addition gives it.
    pub sum: f64,
    /// What rounding took away from it; zero once the sum is infinite.
    pub low: f64,
}

impl Kahan {
    /// A sum of one value.
    pub fn new(value: f64) -> Self {
        Self {
            sum: value,
            low: 0.0,
        }
    }

    /// Adds a value.
    pub fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        if sum.is_infinite() {
            self.low = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.low += (self.sum - sum) + value;
        } else {
            self.low += (value - sum) + self.sum;
        }
        self.sum = sum;
    }

    /// The sum with what rounding took away.
    pub fn total(self) -> f64 {
        self.sum + self.low
    }
}

#[cfg(test)]
mod tests {
    use super::Kahan;

    fn total(values: &[f64]) -> f64 {
        let mut sum = Kahan::default();
        for value in values {
            sum.add(*value);
        }
        sum.total()
    }

    #[test]
    fn small_values_beside_large_ones_are_kept() {
        assert_eq!(total(&[1.0, 1e100, 1.0, -1e100]), 2.0);
    }

    #[test]
    fn infinity_stays_infinity() {
        assert_eq!(total(&[f64::MAX, f64::MAX, 1.0]), f64::INFINITY);
        assert!(total(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }
}
