//! Waiting times between attempts: doubling up to a limit, with jitter.

use std::time::Duration;

/// Gives the wait before each further attempt.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
    max: Duration,
    seed: u64,
}

impl Backoff {
    /// Starts at `first`, doubles up to `max`; `seed` decides the jitter.
    pub fn new(first: Duration, max: Duration, seed: u64) -> Self {
        Self {
            next: first,
            max,
            seed: seed | 1,
        }
    }

    /// The next wait: between half of the step and the whole step.
    pub fn next_wait(&mut self) -> Duration {
        // xorshift64: enough to keep clients apart.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        let step = self.next.min(self.max);
        self.next = (self.next * 2).min(self.max);
        let share = (self.seed >> 11) as f64 / (1u64 << 53) as f64;
        step.mul_f64(0.5 + share / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Backoff;
    use std::time::Duration;

    #[test]
    fn waits_grow_up_to_the_limit() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1), 7);
        for step in [100, 200, 400, 800, 1000, 1000] {
            let wait = backoff.next_wait();
            assert!(wait >= Duration::from_millis(step / 2) && wait <= Duration::from_millis(step));
        }
    }
}
