//! Counters of scraping for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};
use tacho_ingest::scrape::session::{Failure, FailureKind};

/// Counters of all jobs together.
#[derive(Debug, Default)]
pub struct Counters {
    /// Scrapes, good and failed.
    pub scrapes: AtomicU64,
    /// Samples that were read.
    pub samples: AtomicU64,
    /// Samples left out because their series came before in the same answer.
    pub duplicates: AtomicU64,
    /// Samples left out because their time lay too far ahead.
    pub out_of_bounds: AtomicU64,
    /// Batches that the store did not take.
    pub store_failures: AtomicU64,
    /// Targets that could not be made of what was discovered.
    pub sync_failures: AtomicU64,
    /// Discoveries that failed.
    pub discovery_failures: AtomicU64,
    failures: [AtomicU64; REASONS.len()],
}

/// Why scrapes fail.
const REASONS: [(FailureKind, &str); 6] = [
    (FailureKind::Target, "target"),
    (FailureKind::BodySize, "body_size"),
    (FailureKind::Samples, "sample_limit"),
    (FailureKind::Labels, "label_limit"),
    (FailureKind::Buckets, "bucket_limit"),
    (FailureKind::Format, "format"),
];

impl Counters {
    pub(crate) fn count_failure(&self, failure: &Failure) {
        let reasons = REASONS.iter().zip(&self.failures);
        for ((kind, _), counter) in reasons {
            if *kind == failure.kind {
                add(counter, 1);
            }
        }
    }

    /// Failed scrapes by reason.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counters = self.failures.iter();
        REASONS
            .iter()
            .zip(counters)
            .map(|((_, reason), counter)| (*reason, counter.load(Ordering::Relaxed)))
    }
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
