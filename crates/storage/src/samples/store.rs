//! The third signal of the store: WAL, heads and blocks of samples.
//!
//! Locks: `inner` is held for reading by writers and queries, for writing by who cuts heads or changes
//! what is on disk; below it each tenant has one of its own. `store/flush.rs` brings heads to disk,
//! `store/compact.rs` and its neighbours keep it tidy, `samples/view.rs` reads.

pub(crate) mod catalog;
pub(crate) mod compact;
pub(crate) mod erase;
pub(crate) mod expire;
pub(crate) mod flush;
pub(crate) mod open;
pub(crate) mod parts;
pub(crate) mod rewrite;
pub(crate) mod tombstone;
pub(crate) mod write;

use crate::engine::budget::{MemoryBudget, Part};
use crate::error::Result;
use crate::options::Config;
use crate::samples::head::TenantHead;
use crate::samples::head::freeze::FrozenTenant;
use crate::samples::head::plan::Plan;
use crate::status::SignalStatus;
use crate::wal::Wal;
use crate::wal::frame::{FrameHeader, FrameKind, WalPosition};
use catalog::{SampleCatalog, SampleHandle, SampleOpener};
use parking_lot::{Condvar, Mutex, RwLock};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::time::Timestamp;
use tacho_stdx::clock::Clock;

/// Cut heads that may wait to be written before writers must wait.
const FROZEN_MAX: usize = 1;
/// A series without samples for so long (seconds) begins anew.
const IDLE_S: i64 = 3600;
/// Bytes of samples a series up to which a head grows at least, so that many series do not make many
/// small blocks.
const BYTES_A_SERIES: u64 = 256;
/// Blocks that are held open at once.
const OPEN_MAX: usize = 256;

/// A tenant's head with room for judging.
#[derive(Debug, Default)]
pub(crate) struct Tenant {
    /// Its series.
    pub(crate) head: TenantHead,
    /// Used again for every request.
    pub(crate) plan: Plan,
    counted: Counted,
}

/// What the store's counters know of a tenant.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    content: u64,
    memory: u64,
    series: u64,
}

/// Heads that were cut together and are on their way to disk.
#[derive(Debug)]
pub(crate) struct FrozenHeads {
    /// By tenant.
    pub(crate) tenants: BTreeMap<TenantId, Arc<FrozenTenant>>,
    /// Everything before this position of the WAL is in these heads or in blocks.
    pub(crate) covers: WalPosition,
}

/// What changes under the lock.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    /// Heads.
    pub(crate) tenants: BTreeMap<TenantId, Mutex<Tenant>>,
    /// Cut heads, oldest first.
    pub(crate) frozen: Vec<Arc<FrozenHeads>>,
    /// What is on disk.
    pub(crate) catalog: Arc<SampleCatalog>,
    /// Everything before this position was cut.
    cut: WalPosition,
}

/// Samples.
pub(crate) struct SampleStore {
    /// Makes handles of files.
    pub(crate) opener: SampleOpener,
    /// The log.
    pub(crate) wal: Wal,
    pub(crate) inner: RwLock<Inner>,
    /// Samples appended since the start.
    pub(crate) appended: AtomicU64,
    /// Samples that were there already.
    pub(crate) repeated: AtomicU64,
    pub(crate) budget: Arc<MemoryBudget>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Blocks that turned out to be broken.
    pub(crate) suspects: crate::engine::snapshot::Suspects,
    waiting: (Mutex<usize>, Condvar),
    content_bytes: AtomicU64,
    series: AtomicU64,
    /// When the oldest sample of the heads came, monotonic; negative without any.
    since_ns: AtomicI64,
    uses: AtomicU64,
    /// Bytes of indexes of blocks in memory, as last counted.
    pub(crate) index_bytes: AtomicU64,
}

/// What a store of samples is made of.
pub(crate) struct SampleParts {
    pub(crate) opener: SampleOpener,
    pub(crate) wal: Wal,
    pub(crate) catalog: SampleCatalog,
    pub(crate) budget: Arc<MemoryBudget>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) suspects: crate::engine::snapshot::Suspects,
}

impl SampleStore {
    /// A store with what its manifest says, heads empty.
    pub(crate) fn new(parts: SampleParts) -> Self {
        let inner = Inner {
            cut: parts.catalog.covered,
            catalog: Arc::new(parts.catalog),
            ..Inner::default()
        };
        Self {
            opener: parts.opener,
            wal: parts.wal,
            inner: RwLock::new(inner),
            appended: AtomicU64::new(0),
            repeated: AtomicU64::new(0),
            budget: parts.budget,
            clock: parts.clock,
            suspects: parts.suspects,
            waiting: (Mutex::new(0), Condvar::new()),
            content_bytes: AtomicU64::new(0),
            series: AtomicU64::new(0),
            since_ns: AtomicI64::new(-1),
            uses: AtomicU64::new(0),
            index_bytes: AtomicU64::new(0),
        }
    }

    /// What is on disk.
    pub(crate) fn catalog(&self) -> Arc<SampleCatalog> {
        Arc::clone(&self.inner.read().catalog)
    }

    /// Waits until writers may go on: at most `wait` for a cut head to be written. False if they may
    /// not.
    pub(crate) fn wait_for_room(&self, wait: Duration) -> bool {
        let mut frozen = self.waiting.0.lock();
        if *frozen > FROZEN_MAX && !wait.is_zero() {
            let _ = self.waiting.1.wait_for(&mut frozen, wait);
        }
        *frozen <= FROZEN_MAX
    }

    /// Bytes of samples from which the heads are cut.
    pub(crate) fn cut_bytes(&self, config: &Config) -> u64 {
        let most = match config.memory_limit {
            0 => u64::MAX,
            limit => (limit / 4).max(1),
        };
        let series = self.series.load(Ordering::Relaxed);
        (config.head_max_bytes.saturating_mul(2))
            .max(series * BYTES_A_SERIES)
            .min(most)
    }

    /// Bytes of samples in the heads that grow.
    pub(crate) fn content_bytes(&self) -> u64 {
        self.content_bytes.load(Ordering::Relaxed)
    }

    /// Series that are active, of all tenants.
    pub(crate) fn series_count(&self) -> u64 {
        self.series.load(Ordering::Relaxed)
    }

    /// How long the oldest sample of the heads has been there.
    pub(crate) fn head_age(&self) -> Duration {
        let since = self.since_ns.load(Ordering::Relaxed);
        if since < 0 {
            return Duration::ZERO;
        }
        let age = self.clock.monotonic_ns() - since;
        Duration::from_nanos(u64::try_from(age).unwrap_or(0))
    }

    /// Tells counters and budget what a tenant holds now.
    fn count(&self, tenant: &mut Tenant) {
        let now = Counted {
            content: tenant.head.content_bytes() as u64,
            memory: tenant.head.memory() as u64,
            series: tenant.head.series_count() as u64,
        };
        let before = std::mem::replace(&mut tenant.counted, now);
        let change = |counter: &AtomicU64, before: u64, now: u64| {
            counter.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
        };
        change(&self.content_bytes, before.content, now.content);
        change(&self.series, before.series, now.series);
        if now.memory >= before.memory {
            self.budget.add(Part::Heads, now.memory - before.memory);
        } else {
            self.budget.remove(Part::Heads, before.memory - now.memory);
        }
    }

    /// Does something with a tenant's head, which is made if it is not there.
    pub(crate) fn with_tenant<R>(
        &self,
        tenant: &TenantId,
        act: impl FnOnce(&mut Tenant) -> R,
    ) -> R {
        let mut inner = self.inner.read();
        if !inner.tenants.contains_key(tenant) {
            drop(inner);
            let mut writing = self.inner.write();
            writing.tenants.entry(tenant.clone()).or_default();
            inner = parking_lot::RwLockWriteGuard::downgrade(writing);
        }
        match inner.tenants.get(tenant) {
            Some(found) => {
                let mut found = found.lock();
                let result = act(&mut found);
                self.count(&mut found);
                result
            }
            None => act(&mut Tenant::default()),
        }
    }

    /// Cuts the heads: they wait to be written from now on. False if nothing was logged since the last
    /// cut, unless it is to be done anyway.
    pub(crate) fn freeze(&self, anyway: bool) -> Result<bool> {
        let mut inner = self.inner.write();
        if !anyway && self.wal.end() <= inner.cut {
            return Ok(false);
        }
        let before_s = self.clock.now_ns() / 1_000_000_000 - IDLE_S;
        for (name, tenant) in &inner.tenants {
            let tenant = &mut *tenant.lock();
            if tenant.head.has_idle(before_s) {
                self.wal
                    .append(&self.state_header(name), &[], &before_s.to_le_bytes())?;
                tenant.head.forget_idle(before_s);
            }
        }
        let covers = self.wal.rotate()?;
        self.cut(&mut inner, covers);
        Ok(true)
    }

    /// Cuts the heads during replay, when everything before this position has been applied.
    pub(crate) fn freeze_at(&self, covers: WalPosition) {
        self.cut(&mut self.inner.write(), covers);
    }

    fn cut(&self, inner: &mut Inner, covers: WalPosition) {
        let mut tenants = BTreeMap::new();
        for (name, tenant) in &inner.tenants {
            let mut tenant = tenant.lock();
            tenants.insert(name.clone(), tenant.head.freeze());
            self.count(&mut tenant);
        }
        inner.frozen.push(Arc::new(FrozenHeads { tenants, covers }));
        inner.cut = covers;
        self.since_ns.store(-1, Ordering::Relaxed);
        self.frozen_changed(inner.frozen.len());
    }

    /// Tells those who wait how many cut heads are left.
    fn frozen_changed(&self, count: usize) {
        *self.waiting.0.lock() = count;
        self.waiting.1.notify_all();
    }

    /// The header of a frame that says which series began anew.
    fn state_header(&self, tenant: &TenantId) -> FrameHeader {
        FrameHeader {
            kind: FrameKind::State,
            tenant: tenant.clone(),
            received: Timestamp(self.clock.now_ns()),
            first_record_id: RecordId(0),
            encoding: 0,
            content: 0,
            config_epoch: 0,
        }
    }

    /// Remembers that blocks are used, and closes those that were not used for longest beyond a number.
    pub(crate) fn touch(&self, handles: &[Arc<SampleHandle>]) {
        let now = self.uses.fetch_add(1, Ordering::Relaxed) + 1;
        for handle in handles {
            handle.touch(now);
        }
    }

    /// Closes blocks beyond a number or bytes of indexes in memory, those first that were not used for
    /// longest. Gives the bytes that are left.
    pub(crate) fn trim(&self, bytes_max: u64) -> u64 {
        let catalog = self.catalog();
        let mut open: Vec<(u64, u64, &Arc<SampleHandle>)> = catalog
            .blocks()
            .filter(|handle| handle.is_open())
            .map(|handle| (handle.used(), handle.memory() as u64, handle))
            .collect();
        open.sort_by_key(|(used, _, handle)| (*used, handle.entry.id));
        let mut bytes: u64 = open.iter().map(|(_, bytes, _)| bytes).sum();
        let mut count = open.len();
        for (_, size, handle) in open {
            if count <= OPEN_MAX && bytes <= bytes_max {
                break;
            }
            handle.close();
            bytes -= size;
            count -= 1;
        }
        bytes
    }

    /// State as a tenant sees it.
    pub(crate) fn status(&self, tenant: &TenantId) -> SignalStatus {
        let inner = self.inner.read();
        let mut status = SignalStatus::default();
        let mut range: Option<(i64, i64)> = None;
        if let Some(tenant) = inner.tenants.get(tenant) {
            let tenant = tenant.lock();
            status.head_items = tenant.head.points();
            status.series = tenant.head.series_count() as u64;
            range = tenant.head.range_ms();
        }
        status.items = status.head_items;
        for handle in inner.catalog.of_tenant(tenant) {
            let entry = &handle.entry;
            status.items += entry.points;
            status.bytes += entry.bytes;
            status.blocks += 1;
            range = Some(range.map_or(entry.time_ms, |range| {
                (range.0.min(entry.time_ms.0), range.1.max(entry.time_ms.1))
            }));
        }
        if let (true, Some((oldest, newest))) = (status.items > 0, range) {
            status.oldest = Some(Timestamp(oldest.saturating_mul(1_000_000)));
            status.newest = Some(Timestamp(newest.saturating_mul(1_000_000)));
        }
        status
    }

    /// Exemplars that were dropped because there were too many, of all tenants.
    pub(crate) fn dropped_exemplars(&self) -> u64 {
        let inner = self.inner.read();
        let tenants = inner.tenants.values();
        tenants
            .map(|tenant| tenant.lock().head.dropped_exemplars())
            .sum()
    }

    /// Samples that are not in blocks yet, of all tenants.
    pub(crate) fn head_items(&self) -> u64 {
        let inner = self.inner.read();
        let tenants = inner.tenants.values();
        tenants.map(|tenant| tenant.lock().head.points()).sum()
    }
}
