//! A circuit breaker: after so many failures in a row an integration is left alone for a while; then
//! one message tells whether it is well again.

use super::{BreakerState, Policy};
use std::time::Duration;

/// The breaker of one integration; times are those of the monotonic clock, ns.
#[derive(Debug)]
pub(super) struct Breaker {
    most: u32,
    first: Duration,
    max: Duration,
    failures: u32,
    /// How long it was open last.
    open_for: Duration,
    /// Until when it is open.
    open_until_ns: Option<i64>,
}

impl Breaker {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            most: policy.breaker_failures.max(1),
            first: policy.breaker_first,
            max: policy.breaker_max,
            failures: 0,
            open_for: Duration::ZERO,
            open_until_ns: None,
        }
    }

    /// How long to wait before a message may go, ns; 0 for now.
    pub(super) fn wait_ns(&self, now_ns: i64) -> i64 {
        let until = self.open_until_ns.unwrap_or(i64::MIN);
        until.saturating_sub(now_ns).max(0)
    }

    /// The integration answered.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.open_for = Duration::ZERO;
        self.open_until_ns = None;
    }

    /// It did not. True if that opened the breaker.
    pub(super) fn failed(&mut self, now_ns: i64) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < self.most {
            return false;
        }
        self.open_for = match self.open_for.is_zero() {
            true => self.first,
            false => (self.open_for * 2).min(self.max),
        };
        let wait = i64::try_from(self.open_for.as_nanos()).unwrap_or(i64::MAX);
        self.open_until_ns = Some(now_ns.saturating_add(wait));
        true
    }

    /// Its state; `now_ms` is the wall clock at `now_ns`.
    pub(super) fn state(&self, now_ns: i64, now_ms: i64) -> BreakerState {
        match self.open_until_ns {
            None => BreakerState::Closed,
            Some(until) if until > now_ns => BreakerState::Open {
                until_ms: now_ms.saturating_add((until - now_ns) / 1_000_000),
            },
            Some(_) => BreakerState::HalfOpen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Breaker;
    use crate::delivery::{BreakerState, Policy};

    #[test]
    fn it_opens_after_failures_in_a_row_and_longer_each_time() {
        let mut breaker = Breaker::new(&Policy::default());
        let second = 1_000_000_000;
        for _ in 0..4 {
            assert!(!breaker.failed(0));
        }
        assert_eq!(breaker.state(0, 0), BreakerState::Closed);
        assert!(breaker.failed(0));
        assert_eq!(breaker.wait_ns(0), 30 * second);
        assert_eq!(breaker.state(0, 7), BreakerState::Open { until_ms: 30_007 });
        assert_eq!(breaker.state(30 * second, 0), BreakerState::HalfOpen);
        assert!(breaker.failed(30 * second));
        assert_eq!(breaker.wait_ns(30 * second), 60 * second);
        for _ in 0..10 {
            breaker.failed(0);
        }
        assert_eq!(breaker.wait_ns(0), 300 * second);
        breaker.succeeded();
        assert_eq!(breaker.state(0, 0), BreakerState::Closed);
        assert!(!breaker.failed(0));
    }
}
