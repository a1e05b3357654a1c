//! What a running query may take: time, samples at a time, bytes. Checked often, refused before the
//! memory is taken.

use crate::error::Result;
use crate::promql::failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_stdx::cancel::CancelToken;
use tacho_stdx::clock::Clock;

/// Limits of a query; 0 is no limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BudgetLimits {
    pub samples_max: u64,
    pub bytes_max: u64,
    /// Monotonic time at which it has to be done.
    pub deadline_ns: i64,
}

/// What is left for a query. Shared by its workers.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: BudgetLimits,
    cancel: CancelToken,
    clock: Arc<dyn Clock>,
    samples: AtomicU64,
    peak: AtomicU64,
}

impl Budget {
    pub(crate) fn new(limits: BudgetLimits, cancel: CancelToken, clock: Arc<dyn Clock>) -> Self {
        Self {
            limits,
            cancel,
            clock,
            samples: AtomicU64::new(0),
            peak: AtomicU64::new(0),
        }
    }

    /// Fails when the query was cancelled or took too long.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() {
            return Err(failure::canceled());
        }
        if self.clock.monotonic_ns() >= self.limits.deadline_ns {
            return Err(failure::timed_out());
        }
        Ok(())
    }

    /// Samples held now.
    pub(crate) fn samples(&self) -> u64 {
        self.samples.load(Ordering::Relaxed)
    }

    /// Most samples held at a time.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.load(Ordering::Relaxed)
    }

    /// Holds more samples.
    pub(crate) fn take(&self, count: u64) -> Result<()> {
        let held = self.samples.fetch_add(count, Ordering::Relaxed) + count;
        self.peak.fetch_max(held, Ordering::Relaxed);
        self.judge(held)
    }

    /// Counts samples that are held for a moment beside the others.
    pub(crate) fn touch(&self, count: u64) -> Result<()> {
        let held = self.samples() + count;
        self.peak.fetch_max(held, Ordering::Relaxed);
        self.judge(held)
    }

    /// What an operation left: everything taken since `before` was given back, but for its result.
    pub(crate) fn settle(&self, before: u64, result: u64) -> Result<()> {
        let held = before + result;
        self.samples.store(held, Ordering::Relaxed);
        self.peak.fetch_max(held, Ordering::Relaxed);
        self.judge(held)
    }

    fn judge(&self, held: u64) -> Result<()> {
        if self.limits.samples_max > 0 && held > self.limits.samples_max {
            return Err(failure::too_many_samples(self.limits.samples_max));
        }
        Ok(())
    }

    /// Fails if this many series over this many steps do not fit in memory.
    pub(crate) fn fits(&self, series: usize, steps: usize) -> Result<()> {
        let bytes = (series as u64)
            .saturating_mul(steps as u64)
            .saturating_mul(size_of::<f64>() as u64);
        if self.limits.bytes_max > 0 && bytes > self.limits.bytes_max {
            let what = format!("{series} series at {steps} steps");
            return Err(failure::too_much_memory(self.limits.bytes_max, &what));
        }
        Ok(())
    }

    /// Bytes that may be held; 0 is no limit.
    pub(crate) fn bytes_max(&self) -> u64 {
        self.limits.bytes_max
    }
}
