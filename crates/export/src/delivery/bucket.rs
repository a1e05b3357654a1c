//! A token bucket: so many at once, then one in so much time.

use std::time::Duration;

/// Counts in time: the moment at which the bucket would be full again, ns.
#[derive(Debug)]
pub(super) struct Bucket {
    burst: u32,
    step_ns: i64,
    full_at_ns: i64,
}

impl Bucket {
    pub(super) fn new((burst, step): (u32, Duration)) -> Self {
        Self {
            burst,
            step_ns: i64::try_from(step.as_nanos()).unwrap_or(i64::MAX),
            full_at_ns: i64::MIN,
        }
    }

    /// How long to wait before one may go, ns; 0 for now.
    pub(super) fn wait_ns(&self, now_ns: i64) -> i64 {
        let room = self.step_ns.saturating_mul(i64::from(self.burst) - 1);
        self.full_at_ns
            .saturating_sub(now_ns)
            .saturating_sub(room)
            .max(0)
    }

    /// One goes.
    pub(super) fn take(&mut self, now_ns: i64) {
        self.full_at_ns = self.full_at_ns.max(now_ns).saturating_add(self.step_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;
    use std::time::Duration;

    #[test]
    fn a_burst_goes_at_once_and_then_one_a_step() {
        let mut bucket = Bucket::new((3, Duration::from_nanos(100)));
        for _ in 0..3 {
            assert_eq!(bucket.wait_ns(1_000), 0);
            bucket.take(1_000);
        }
        assert_eq!(bucket.wait_ns(1_000), 100);
        assert_eq!(bucket.wait_ns(1_100), 0);
        bucket.take(1_100);
        assert_eq!(bucket.wait_ns(1_100), 100);
        assert_eq!(bucket.wait_ns(9_000), 0);
    }
}
