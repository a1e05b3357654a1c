//! A small seeded source of randomness: the same seed gives the same run, which keeps demos
//! repeatable and tests calm. Not for secrets.

/// SplitMix64; every consumer derives its own stream, so that parallel tasks do not disturb one
/// another.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream for `salt`.
    pub(crate) fn derive(&self, salt: u64) -> Self {
        let mut other = Self::new(self.state ^ salt.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        other.next();
        other
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// In `[0, bound)`; 0 for an empty range.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        (self.next() % bound as u64) as usize
    }

    /// Log-normal with the given median: the usual shape of response times.
    pub(crate) fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let normal = radius * (2.0 * std::f64::consts::PI * self.unit()).cos();
        median * (sigma * normal).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn same_seed_gives_same_numbers_and_derived_streams_differ() {
        let mut one = Random::new(7).derive(1);
        let mut same = Random::new(7).derive(1);
        let mut other = Random::new(7).derive(2);
        let first = one.next();
        assert_eq!(first, same.next());
        assert_ne!(first, other.next());
    }

    #[test]
    fn lognormal_has_the_median_asked_for() {
        let mut random = Random::new(1);
        let above = (0..4000)
            .filter(|_| random.lognormal(2.0, 0.6) > 2.0)
            .count();
        assert!(
            (1800..2200).contains(&above),
            "{above} of 4000 above the median"
        );
    }
}
