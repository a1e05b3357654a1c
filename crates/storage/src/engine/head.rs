//! Items that are not in blocks yet: per tenant and partition a list of immutable batches and one
//! that still grows. A snapshot shares the immutable ones and copies the growing one.

use super::table::Table;
use crate::columns::shared::LargeContent;
use crate::partition::Partition;
use crate::values::memory::MemoryValues;
use crate::wal::frame::WalPosition;
use hashbrown::HashSet;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::id::TenantId;

/// A growing batch of this many rows becomes immutable.
const SEAL_ROWS: usize = 2048;
/// A request of at least this many rows becomes a batch of its own.
const OWN_BATCH_ROWS: usize = 1024;

/// Tenant and partition.
pub type Place = (TenantId, Partition);

/// Items of one tenant and partition.
pub struct Head<T> {
    sealed: Vec<Arc<T>>,
    sealed_bytes: usize,
    open: T,
    /// Large values that the batches refer to. Shared with snapshots.
    pub values: Arc<Mutex<MemoryValues>>,
    values_bytes: usize,
    identities: HashSet<u128, foldhash::fast::RandomState>,
    rows: usize,
}

impl<T: Table> Default for Head<T> {
    fn default() -> Self {
        Self {
            sealed: Vec::new(),
            sealed_bytes: 0,
            open: T::default(),
            values: Arc::default(),
            values_bytes: 0,
            identities: HashSet::default(),
            rows: 0,
        }
    }
}

impl<T: Table> Head<T> {
    /// Adds a batch whose rows are known not to be here.
    pub fn append(&mut self, mut batch: T) {
        let large = std::mem::take(&mut batch.shared_mut().large);
        self.keep_values(&large);
        for row in 0..batch.rows() {
            if let Some(identity) = batch.identity(row) {
                self.identities.insert(identity);
            }
        }
        self.rows += batch.rows();
        if batch.rows() >= OWN_BATCH_ROWS {
            self.sealed_bytes += batch.memory();
            self.sealed.push(Arc::new(batch));
            return;
        }
        self.open.append(&batch);
        if self.open.rows() >= SEAL_ROWS {
            self.seal();
        }
    }

    fn seal(&mut self) {
        if self.open.rows() > 0 {
            let batch = std::mem::take(&mut self.open);
            self.sealed_bytes += batch.memory();
            self.sealed.push(Arc::new(batch));
        }
    }

    fn keep_values(&mut self, large: &[LargeContent]) {
        if large.is_empty() {
            return;
        }
        let mut values = self.values.lock();
        for content in large {
            values.add(content);
        }
        self.values_bytes = values.memory();
    }

    /// True if an item of that identity is here.
    pub fn has(&self, identity: u128) -> bool {
        self.identities.contains(&identity)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.sealed_bytes + self.open.memory() + self.values_bytes + self.identities.capacity() * 17
    }

    /// All batches, for reading.
    pub fn batches(&self) -> Vec<Arc<T>> {
        let mut batches = self.sealed.clone();
        if self.open.rows() > 0 {
            batches.push(Arc::new(self.open.clone()));
        }
        batches
    }
}

/// The heads of a signal that were cut together and are on their way to disk.
pub struct FrozenHeads<T> {
    /// The heads, by place.
    pub heads: BTreeMap<Place, Head<T>>,
    /// Everything before this position of the WAL is in these heads or in blocks.
    pub covers: WalPosition,
    /// Bytes of memory in use.
    pub bytes: usize,
}

/// What a signal has in memory.
pub struct Heads<T> {
    /// The heads that grow.
    pub active: BTreeMap<Place, Head<T>>,
    /// The heads that wait to be written, oldest first.
    pub frozen: Vec<Arc<FrozenHeads<T>>>,
    /// When the oldest item of the active heads came, on the monotonic clock.
    pub since_ns: Option<i64>,
}

impl<T> Default for Heads<T> {
    fn default() -> Self {
        Self {
            active: BTreeMap::new(),
            frozen: Vec::new(),
            since_ns: None,
        }
    }
}

impl<T: Table> Heads<T> {
    /// Bytes of memory of the active heads.
    pub fn active_bytes(&self) -> usize {
        self.active.values().map(Head::memory).sum()
    }

    /// Bytes of memory of the heads that wait to be written.
    pub fn frozen_bytes(&self) -> usize {
        self.frozen.iter().map(|frozen| frozen.bytes).sum()
    }

    /// True if an item of that identity is in one of the heads of a place.
    pub fn has(&self, place: &Place, identity: u128) -> bool {
        let frozen = self
            .frozen
            .iter()
            .filter_map(|frozen| frozen.heads.get(place));
        self.active
            .get(place)
            .into_iter()
            .chain(frozen)
            .any(|head| head.has(identity))
    }

    /// Moves the active heads to the frozen ones; false if there was nothing.
    pub fn freeze(&mut self, covers: WalPosition) -> bool {
        if self.active.is_empty() {
            return false;
        }
        let mut heads = std::mem::take(&mut self.active);
        for head in heads.values_mut() {
            head.seal();
        }
        let bytes = heads.values().map(Head::memory).sum();
        self.frozen.push(Arc::new(FrozenHeads {
            heads,
            covers,
            bytes,
        }));
        self.since_ns = None;
        true
    }

    /// The heads of a tenant, with their partitions.
    pub fn of_tenant<'a>(
        &'a self,
        tenant: &'a TenantId,
    ) -> impl Iterator<Item = (Partition, &'a Head<T>)> {
        let frozen = self.frozen.iter().flat_map(|frozen| frozen.heads.iter());
        self.active
            .iter()
            .chain(frozen)
            .filter(move |((owner, _), _)| owner == tenant)
            .map(|((_, partition), head)| (*partition, head))
    }
}
