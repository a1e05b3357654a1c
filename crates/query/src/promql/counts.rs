//! How many samples a query looked at, by step, as Prometheus counts them.

use crate::promql::call::QueryInfo;

/// Samples by step of a frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StepCounts {
    /// Looked at: windows that overlap count the same sample at each step.
    pub(crate) seen: Vec<u64>,
    /// Read: each sample of overlapping windows once.
    pub(crate) read: Vec<u64>,
}

/// How the steps of a subquery are used by the steps around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SubqueryUse {
    /// The steps of the subquery are used this much later.
    pub(crate) offset_ms: i64,
    /// How far a step looks back at them; 0 if all of them are used.
    pub(crate) range_ms: i64,
}

impl StepCounts {
    pub(crate) fn new(steps: usize) -> Self {
        Self {
            seen: vec![0; steps],
            read: vec![0; steps],
        }
    }

    /// Adds to a step: samples looked at, and those of them that no earlier step read.
    #[inline]
    pub(crate) fn add(&mut self, step: usize, seen: u64, read: u64) {
        if let Some(counted) = self.seen.get_mut(step) {
            *counted += seen;
        }
        if let Some(counted) = self.read.get_mut(step) {
            *counted += read;
        }
    }

    /// Adds the counts of others over the same steps.
    pub(crate) fn merge(&mut self, other: &StepCounts) {
        let seen = self.seen.iter_mut().zip(&other.seen);
        let read = self.read.iter_mut().zip(&other.read);
        for (counted, more) in seen.chain(read) {
            *counted += more;
        }
    }

    /// Adds the counts of others over the same steps, so many times.
    pub(crate) fn merge_times(&mut self, other: &StepCounts, times: u64) {
        let seen = self.seen.iter_mut().zip(&other.seen);
        let read = self.read.iter_mut().zip(&other.read);
        for (counted, more) in seen.chain(read) {
            *counted += more * times;
        }
    }

    /// Nothing was looked at at so many steps.
    pub(crate) fn reset(&mut self, steps: usize) {
        for counts in [&mut self.seen, &mut self.read] {
            counts.clear();
            counts.resize(steps, 0);
        }
    }

    /// Forgets what was read: only what was looked at counts.
    pub(crate) fn forget_read(&mut self) {
        self.read.fill(0);
    }

    /// Adds what a subquery read: each of its steps to the first step that uses it, if any does.
    pub(crate) fn add_subquery(
        &mut self,
        frame: &QueryInfo,
        inner: &QueryInfo,
        counts: &StepCounts,
        used: SubqueryUse,
    ) {
        if frame.steps <= 1 {
            self.add(0, 0, counts.total_read());
            return;
        }
        let step_ms = frame.step_ms.max(1);
        for (step, &read) in counts
            .read
            .iter()
            .enumerate()
            .filter(|(_, read)| **read > 0)
        {
            let time_ms = inner.time_ms(step).saturating_add(used.offset_ms);
            let after = time_ms.saturating_sub(frame.start_ms).max(0);
            let outer = after.saturating_add(step_ms - 1) / step_ms;
            let outer = usize::try_from(outer)
                .unwrap_or(usize::MAX)
                .min(frame.steps - 1);
            let unused =
                used.range_ms > 0 && time_ms <= frame.time_ms(outer).saturating_sub(used.range_ms);
            if !unused {
                self.add(outer, 0, read);
            }
        }
    }

    /// Looked at in all.
    pub(crate) fn total_seen(&self) -> u64 {
        self.seen.iter().sum()
    }

    /// Read in all.
    pub(crate) fn total_read(&self) -> u64 {
        self.read.iter().sum()
    }
}
