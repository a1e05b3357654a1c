//! One signal: its WAL, its heads and what it has on disk, behind one lock.

use super::catalog::{Catalog, Opener};
use super::duplicates::known_in_blocks;
use super::eval::EvalTable;
use super::head::{Heads, Place};
use super::tail::Tails;
use crate::engine::budget::{MemoryBudget, Part};
use crate::error::Result;
use crate::wal::frame::{FrameHeader, FrameKind, WalPosition};
use crate::wal::{Appended, Wal};
use crate::write::Write;
use hashbrown::HashSet;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::signal::Signal;
use tacho_stdx::clock::Clock;

/// Cut heads that may wait to be written before writers must wait.
const FROZEN_MAX: usize = 1;

/// What changes under the lock.
pub struct Inner<T> {
    /// Items in memory.
    pub heads: Heads<T>,
    /// Items on disk.
    pub catalog: Arc<Catalog>,
    /// The id of the next record.
    pub next_record_id: u64,
}

/// One signal.
pub struct SignalStore<T> {
    /// Makes handles of files.
    pub opener: Opener,
    /// The log.
    pub wal: Wal,
    /// Heads and catalog. Never held over I/O except to look late spans up.
    pub inner: Mutex<Inner<T>>,
    /// Told when a cut head has been written.
    pub room: Condvar,
    /// Readers that follow.
    pub tails: Tails,
    /// Items appended since the start.
    pub appended: AtomicU64,
    /// Items merged into ones that were there.
    pub duplicates: AtomicU64,
    budget: Arc<MemoryBudget>,
    counted_bytes: AtomicU64,
    active_bytes: AtomicU64,
    clock: Arc<dyn Clock>,
}

/// A write in the shape that a signal needs.
pub struct TypedWrite<'a, T> {
    /// The request; its items have been taken out.
    pub write: &'a Write<'a>,
    /// The items.
    pub parts: Vec<(crate::partition::Partition, T)>,
}

impl<T: EvalTable> SignalStore<T> {
    /// A signal with what its manifest says.
    pub fn new(
        opener: Opener,
        wal: Wal,
        catalog: Catalog,
        budget: Arc<MemoryBudget>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let inner = Inner {
            heads: Heads::default(),
            catalog: Arc::new(catalog),
            next_record_id: 1,
        };
        Self {
            opener,
            wal,
            inner: Mutex::new(inner),
            room: Condvar::new(),
            tails: Tails::default(),
            appended: AtomicU64::new(0),
            duplicates: AtomicU64::new(0),
            budget,
            counted_bytes: AtomicU64::new(0),
            active_bytes: AtomicU64::new(0),
            clock,
        }
    }

    /// Waits until writers may go on: at most `wait` for a cut head to be written. False if they
    /// may not.
    pub fn wait_for_room(&self, wait: Duration) -> bool {
        let mut inner = self.inner.lock();
        if inner.heads.frozen.len() <= FROZEN_MAX {
            return true;
        }
        if wait.is_zero() {
            return false;
        }
        let _ = self.room.wait_for(&mut inner, wait);
        inner.heads.frozen.len() <= FROZEN_MAX
    }

    /// Appends a request to the log and to the heads.
    pub fn append(&self, typed: TypedWrite<'_, T>) -> Result<Appended> {
        let TypedWrite { write, mut parts } = typed;
        let seen = Arc::clone(&self.inner.lock().catalog);
        for (partition, batch) in &mut parts {
            self.drop_known(&seen, &(write.tenant.clone(), *partition), batch);
        }
        let mut inner = self.inner.lock();
        if !Arc::ptr_eq(&seen, &inner.catalog) {
            // A head went to disk meanwhile: what it held can be found only there now.
            let now = Arc::clone(&inner.catalog);
            for (partition, batch) in &mut parts {
                self.drop_known(&now, &(write.tenant.clone(), *partition), batch);
            }
        }
        for (partition, batch) in &mut parts {
            self.drop_in_heads(&inner.heads, &(write.tenant.clone(), *partition), batch);
        }
        let base = inner.next_record_id;
        let rows: usize = parts.iter().map(|(_, batch)| batch.rows()).sum();
        if rows == 0 {
            // Everything was there already, perhaps not durable yet.
            let end = self.wal.end();
            return Ok(Appended { position: end, end });
        }
        let header = self.header(write, RecordId(base));
        let appended = self.wal.append(&header, write.verdict, write.body)?;
        self.apply(&mut inner, write.tenant, parts, base);
        Ok(appended)
    }

    fn header(&self, write: &Write<'_>, first_record_id: RecordId) -> FrameHeader {
        FrameHeader {
            kind: match T::SIGNAL {
                Signal::Spans => FrameKind::Traces,
                Signal::Logs | Signal::Samples => FrameKind::Logs,
            },
            tenant: write.tenant.clone(),
            received: write.receive_time,
            first_record_id,
            encoding: write.encoding,
            content: write.content,
            config_epoch: write.config_epoch,
        }
    }

    /// Appends what replay decoded; duplicates are dropped as they were.
    pub fn replay(
        &self,
        tenant: &TenantId,
        mut parts: Vec<(crate::partition::Partition, T)>,
        base: u64,
    ) {
        let mut inner = self.inner.lock();
        let catalog = Arc::clone(&inner.catalog);
        for (partition, batch) in &mut parts {
            let place = (tenant.clone(), *partition);
            self.drop_known(&catalog, &place, batch);
            self.drop_in_heads(&inner.heads, &place, batch);
        }
        self.apply(&mut inner, tenant, parts, base);
    }

    fn apply(
        &self,
        inner: &mut Inner<T>,
        tenant: &TenantId,
        parts: Vec<(crate::partition::Partition, T)>,
        base: u64,
    ) {
        let mut rows = 0;
        for (partition, mut batch) in parts {
            if batch.rows() == 0 {
                continue;
            }
            rows += batch.rows() as u64;
            batch.add_record_base(base);
            if !self.tails.is_empty() {
                let item = T::tail_item(Arc::new(batch.clone()));
                self.tails.publish(tenant, &item, batch.rows() as u64);
            }
            inner
                .heads
                .active
                .entry((tenant.clone(), partition))
                .or_default()
                .append(batch);
        }
        inner.next_record_id = inner.next_record_id.max(base + rows);
        self.appended.fetch_add(rows, Ordering::Relaxed);
        inner
            .heads
            .since_ns
            .get_or_insert_with(|| self.clock.monotonic_ns());
        self.count_memory(inner);
    }

    /// Tells the budget how much the heads hold.
    pub fn count_memory(&self, inner: &Inner<T>) {
        let active = inner.heads.active_bytes() as u64;
        self.active_bytes.store(active, Ordering::Relaxed);
        let now = active + inner.heads.frozen_bytes() as u64;
        let before = self.counted_bytes.swap(now, Ordering::Relaxed);
        self.budget.add(Part::Heads, now);
        self.budget.remove(Part::Heads, before);
    }

    fn drop_known(&self, catalog: &Catalog, place: &Place, batch: &mut T) {
        let known = known_in_blocks(catalog, place, batch);
        if !known.is_empty() {
            self.keep(batch, |row| !known.contains(&(row as u32)));
        }
    }

    fn drop_in_heads(&self, heads: &Heads<T>, place: &Place, batch: &mut T) {
        if (0..batch.rows()).all(|row| batch.identity(row).is_none()) {
            return;
        }
        let mut own =
            HashSet::with_capacity_and_hasher(batch.rows(), foldhash::fast::RandomState::default());
        let fresh: Vec<bool> = (0..batch.rows())
            .map(|row| {
                let Some(identity) = batch.identity(row) else {
                    return true;
                };
                !heads.has(place, identity) && own.insert(identity)
            })
            .collect();
        if fresh.contains(&false) {
            self.keep(batch, |row| fresh[row]);
        }
    }

    fn keep(&self, batch: &mut T, wanted: impl Fn(usize) -> bool) {
        let rows: Vec<u32> = (0..batch.rows())
            .filter(|row| wanted(*row))
            .map(|row| row as u32)
            .collect();
        let dropped = batch.rows() - rows.len();
        self.duplicates.fetch_add(dropped as u64, Ordering::Relaxed);
        let large = std::mem::take(&mut batch.shared_mut().large);
        *batch = batch.select(&rows);
        batch.shared_mut().large = large;
    }

    /// Cuts the heads: they wait to be written from now on. False if there was nothing.
    pub fn freeze(&self) -> Result<bool> {
        let mut inner = self.inner.lock();
        if inner.heads.active.is_empty() {
            return Ok(false);
        }
        let covers = self.wal.rotate()?;
        let frozen = inner.heads.freeze(covers);
        self.count_memory(&inner);
        Ok(frozen)
    }

    /// Bytes of what the active heads hold; cheap.
    pub fn active_bytes(&self) -> u64 {
        self.active_bytes.load(Ordering::Relaxed)
    }

    /// Cuts the heads during replay, when everything before this position has been applied.
    pub fn freeze_at(&self, covers: WalPosition) -> bool {
        self.inner.lock().heads.freeze(covers)
    }

    /// How long the oldest item of the active heads has been there.
    pub fn head_age(&self) -> Duration {
        let since = self.inner.lock().heads.since_ns;
        let age = since.map_or(0, |since| self.clock.monotonic_ns() - since);
        Duration::from_nanos(u64::try_from(age).unwrap_or(0))
    }
}
