//! The one budget of memory: everything large is counted, by part.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What memory is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Items that are not in blocks yet.
    Heads,
    /// Requests on their way in.
    Requests,
    /// Filters, indexes and metadata of blocks.
    Caches,
    /// Queries at work.
    Queries,
    /// Flush and compaction.
    Maintenance,
}

impl Part {
    /// All parts.
    pub const ALL: [Part; 5] = [
        Part::Heads,
        Part::Requests,
        Part::Caches,
        Part::Queries,
        Part::Maintenance,
    ];

    /// The name in status and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Heads => "heads",
            Part::Requests => "requests",
            Part::Caches => "caches",
            Part::Queries => "queries",
            Part::Maintenance => "maintenance",
        }
    }
}

/// Counts memory and says no beyond its limit.
#[derive(Debug, Default)]
pub struct MemoryBudget {
    limit: AtomicU64,
    used: [AtomicU64; 5],
    refused: AtomicU64,
    /// Resident memory beyond what is counted (allocator, stacks, code), as last measured.
    overhead: AtomicU64,
}

impl MemoryBudget {
    /// A budget of so many bytes; 0 is no limit.
    pub fn new(limit: u64) -> Arc<Self> {
        let budget = Self::default();
        budget.limit.store(limit, Ordering::Relaxed);
        Arc::new(budget)
    }

    /// The limit in bytes; 0 is none.
    pub fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    /// Bytes in use by all parts, measured overhead included.
    pub fn used(&self) -> u64 {
        self.counted() + self.overhead.load(Ordering::Relaxed)
    }

    fn counted(&self) -> u64 {
        self.used
            .iter()
            .map(|part| part.load(Ordering::Relaxed))
            .sum()
    }

    /// Bytes in use by one part.
    pub fn used_by(&self, part: Part) -> u64 {
        self.used[part as usize].load(Ordering::Relaxed)
    }

    /// Reservations that were refused so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Tells how much the process really uses, so that the ledger follows it.
    pub fn observe_resident(&self, resident_bytes: u64) {
        let overhead = resident_bytes.saturating_sub(self.counted());
        self.overhead.store(overhead, Ordering::Relaxed);
    }

    /// True when less than a tenth of the limit is left.
    pub fn is_tight(&self) -> bool {
        let limit = self.limit();
        limit > 0 && self.used() > limit - limit / 10
    }

    /// Counts bytes for as long as the reservation lives; `LimitExceeded` beyond the limit.
    pub fn try_reserve(self: &Arc<Self>, part: Part, bytes: u64) -> Result<Reservation> {
        let limit = self.limit();
        if limit > 0 && self.used().saturating_add(bytes) > limit {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Error::limit(format!(
                "memory limit of {} reached: {} in use, {} more asked for {}",
                tacho_stdx::size::print_bytes(limit),
                tacho_stdx::size::print_bytes(self.used()),
                tacho_stdx::size::print_bytes(bytes),
                part.as_str()
            )));
        }
        Ok(self.reserve(part, bytes))
    }

    /// Counts bytes without asking the limit: for what must go on, such as a flush.
    pub fn reserve(self: &Arc<Self>, part: Part, bytes: u64) -> Reservation {
        self.add(part, bytes);
        Reservation {
            budget: Arc::clone(self),
            part,
            bytes,
        }
    }

    /// Counts bytes that are given back with `remove`.
    pub fn add(&self, part: Part, bytes: u64) {
        self.used[part as usize].fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives bytes back.
    pub fn remove(&self, part: Part, bytes: u64) {
        let slot = &self.used[part as usize];
        let _ = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            Some(used.saturating_sub(bytes))
        });
    }
}

/// Memory that is counted until this is dropped.
#[derive(Debug)]
pub struct Reservation {
    budget: Arc<MemoryBudget>,
    part: Part,
    bytes: u64,
}

impl Reservation {
    /// Changes how much is counted, without asking the limit.
    pub fn resize(&mut self, bytes: u64) {
        self.budget.add(self.part, bytes);
        self.budget.remove(self.part, self.bytes);
        self.bytes = bytes;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.remove(self.part, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::{MemoryBudget, Part};

    #[test]
    fn memory_is_given_back_and_the_limit_holds() {
        let budget = MemoryBudget::new(100);
        let first = budget.try_reserve(Part::Requests, 60).unwrap();
        assert!(budget.try_reserve(Part::Queries, 60).is_err());
        assert_eq!(budget.refused(), 1);
        drop(first);
        assert_eq!(budget.used(), 0);
        assert!(budget.try_reserve(Part::Queries, 60).is_ok());
    }
}
