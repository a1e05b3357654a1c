//! What the store tells about itself.

use super::Store;
use crate::engine::budget::Part;
use crate::engine::catalog::Catalog;
use crate::engine::eval::EvalTable;
use crate::engine::maintenance::Desk;
use crate::engine::scan::span_of;
use crate::engine::signal_store::SignalStore;
use crate::status::{QuarantineStatus, SignalStatus, StoreMetrics, StoreStatus, WalStatus};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;

impl Store {
    /// State of the store as a tenant sees it.
    pub fn status(&self, tenant: &TenantId) -> StoreStatus {
        let mut wal = WalStatus::default();
        for stats in Signal::ALL.map(|signal| self.wal(signal).stats()) {
            wal.bytes += stats.size_bytes;
            wal.segments += stats.segments;
            wal.frames += stats.frames;
            wal.syncs += stats.syncs;
            wal.sync_ns += stats.sync_ns;
        }
        let (spans, logs) = self.catalogs();
        StoreStatus {
            signals: vec![
                (Signal::Spans, signal_status(&self.spans, tenant)),
                (Signal::Logs, signal_status(&self.logs, tenant)),
                (Signal::Samples, self.samples.status(tenant)),
            ],
            wal,
            disk_free: self.reserve.available_bytes().unwrap_or(0),
            disk_reserve: self.reserve.min_free_bytes(),
            memory_used: self.budget.used(),
            memory_limit: self.budget.limit(),
            memory_parts: Part::ALL
                .iter()
                .map(|part| (*part, self.budget.used_by(*part)))
                .collect(),
            quarantined: self.lying_aside(),
            tombstones: spans.tombstones.len()
                + logs.tombstones.len()
                + self.samples.catalog().tombstones.len(),
        }
    }

    fn lying_aside(&self) -> Vec<QuarantineStatus> {
        let mut list = self.quarantined.lock().clone();
        let state = self.attached.state();
        let damaged = state.map(|state| state.damaged()).unwrap_or_default();
        list.extend(damaged.into_iter().map(|damaged| QuarantineStatus {
            what: "small-state",
            name: damaged.path.display().to_string(),
            reason: damaged.reason,
        }));
        list
    }

    /// Counters since the start.
    pub fn metrics(&self) -> StoreMetrics {
        let counters = *self.counters.lock();
        StoreMetrics {
            appended_items: [
                self.spans.appended.load(Ordering::Relaxed),
                self.logs.appended.load(Ordering::Relaxed),
                self.samples.appended.load(Ordering::Relaxed),
            ],
            duplicate_items: self.spans.duplicates.load(Ordering::Relaxed),
            repeated_samples: self.samples.repeated.load(Ordering::Relaxed),
            active_series: self.samples.series_count(),
            dropped_exemplars: self.samples.dropped_exemplars(),
            flushes: counters.flushes,
            flushed_blocks: counters.flushed_blocks,
            compactions: counters.compactions,
            compacted_blocks: counters.compacted_blocks,
            written_bytes: counters.written_bytes,
            expired_blocks: counters.expired_blocks,
            deleted_items: counters.deleted_items,
            maintenance_failures: counters.failures,
            refused_disk: self.reserve.refused_count(),
            refused_overload: self.refused_overload.load(Ordering::Relaxed),
            tail_lost_items: self.spans.tails.lost() + self.logs.tails.lost(),
            compaction_debt_bytes: counters.debt_bytes,
        }
    }

    /// What is on disk of the signals that are tables.
    pub(super) fn catalogs(&self) -> (Arc<Catalog>, Arc<Catalog>) {
        let spans = Arc::clone(&self.spans.inner.lock().catalog);
        let logs = Arc::clone(&self.logs.inner.lock().catalog);
        (spans, logs)
    }

    pub(super) fn head_items(&self) -> u64 {
        head_rows(&self.spans) + head_rows(&self.logs) + self.samples.head_items()
    }

    pub(super) fn publish_counters(&self, desk: &Desk) {
        *self.counters.lock() = desk.counters;
        *self.quarantined.lock() = desk
            .manifest
            .quarantined
            .iter()
            .map(|entry| QuarantineStatus {
                what: match entry.what.as_str() {
                    "wal" => "wal",
                    "values" => "values",
                    "state" => "state",
                    _ => "block",
                },
                name: entry.name.clone(),
                reason: entry.reason.clone(),
            })
            .collect();
    }
}

fn head_rows<T: EvalTable>(signal: &SignalStore<T>) -> u64 {
    let inner = signal.inner.lock();
    let frozen = inner
        .heads
        .frozen
        .iter()
        .flat_map(|frozen| frozen.heads.values());
    inner
        .heads
        .active
        .values()
        .chain(frozen)
        .map(|head| head.rows() as u64)
        .sum()
}

fn signal_status<T: EvalTable>(signal: &SignalStore<T>, tenant: &TenantId) -> SignalStatus {
    let inner = signal.inner.lock();
    let mut status = SignalStatus::default();
    let mut range = (i64::MAX, i64::MIN);
    for (_, head) in inner.heads.of_tenant(tenant) {
        status.head_items += head.rows() as u64;
        for batch in head.batches() {
            let times = span_of(batch.times());
            range = (range.0.min(times.0), range.1.max(times.1));
        }
    }
    status.items = status.head_items;
    for (_, files) in inner.catalog.of_tenant(tenant) {
        for handle in &files.blocks {
            let facts = handle.facts();
            status.items += u64::from(facts.rows);
            status.bytes += handle.bytes();
            status.blocks += 1;
            range = (range.0.min(facts.time_min), range.1.max(facts.time_max));
        }
        status.bytes += files.value_files.iter().map(|file| file.bytes).sum::<u64>();
    }
    if status.items > 0 {
        status.oldest = Some(Timestamp(range.0));
        status.newest = Some(Timestamp(range.1));
    }
    status
}
