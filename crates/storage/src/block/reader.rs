//! A block that is open for reading: lazy, shared by threads, drops what it caches when told.

use super::catalog::{Catalog, ColumnFacts};
use super::{BlockFacts, BlockId, PageFacts};
use crate::columns::log_batch::LogBatch;
use crate::columns::projection::Projection;
use crate::columns::span_batch::SpanBatch;
use crate::error::{Error, Result};
use crate::io::Io;
use crate::read::ReadStats;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tacho_model::id::TraceId;
use tacho_model::signal::Signal;

/// A block of either signal. Opening reads nothing; everything is loaded on first use behind a
/// lock and kept until `drop_caches`. Wrong bytes give `Corrupt`, a missing file `NotFound`.
#[derive(Debug)]
pub struct Block {
    id: BlockId,
    signal: Signal,
    facts: BlockFacts,
}

impl Block {
    /// A block whose files are in `dir`, with what the manifest knows of it.
    pub fn open(
        _io: Arc<dyn Io>,
        _dir: &Path,
        id: BlockId,
        signal: Signal,
        facts: BlockFacts,
    ) -> Self {
        Self { id, signal, facts }
    }

    /// Its id.
    pub fn id(&self) -> BlockId {
        self.id
    }

    /// What it holds.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// What the manifest knows of it.
    pub fn facts(&self) -> &BlockFacts {
        &self.facts
    }

    /// Bytes of memory held by caches.
    pub fn memory(&self) -> usize {
        0
    }

    /// Frees all caches; what runs keeps what it has.
    pub fn drop_caches(&self) {}

    /// Its pages in the order of rows.
    pub fn pages(&self) -> Result<Arc<[PageFacts]>> {
        Err(Error::internal("not built yet"))
    }

    /// Its attributes.
    pub fn catalog(&self) -> Result<Arc<Catalog>> {
        Err(Error::internal("not built yet"))
    }

    /// What the catalog says of a key of its items.
    pub fn column_facts(&self, _key: &str) -> Result<ColumnFacts> {
        Err(Error::internal("not built yet"))
    }

    /// Whether this trace (`trace_hash`) or this value of an index key on item, resource or scope
    /// (`id_hash`) may occur. Looks into the filter in memory if it was loaded, else reads about a
    /// kilobyte of the sidecar and keeps nothing.
    pub fn may_contain_id(&self, _hash: u64) -> Result<bool> {
        Err(Error::internal("not built yet"))
    }

    /// Loads the filter of ids (1.5 bytes an id) into memory, until `drop_caches`.
    pub fn load_filter(&self) -> Result<()> {
        Err(Error::internal("not built yet"))
    }

    /// For each page, whether this hash may be in its bloom. One small read, nothing is cached.
    /// What is bloomed: see `column_facts`; for logs also trace ids (`trace_hash`) and tokens of
    /// bodies (`token_hash`; a body that is a reference has no tokens: `pages_with_large_bodies`).
    pub fn pages_with(&self, _hash: u64) -> Result<Vec<bool>> {
        Err(Error::internal("not built yet"))
    }

    /// For each page, whether it has a body in the value store: its tokens are in no bloom.
    pub fn pages_with_large_bodies(&self) -> Result<Vec<bool>> {
        Err(Error::internal("not built yet"))
    }

    /// Rows that may be of this trace (in spans; a 64-bit hash decides); reads no column. Empty
    /// for logs.
    pub fn rows_of_trace(&self, _id: &TraceId) -> Result<Vec<Range<u32>>> {
        Err(Error::internal("not built yet"))
    }

    /// Reads these rows, ascending and disjoint, of a block of spans: one batch with the projected
    /// columns filled. Reads and decodes only pages that have such rows.
    pub fn read_spans(
        &self,
        _rows: &[Range<u32>],
        _projection: &Projection,
        _stats: &ReadStats,
    ) -> Result<SpanBatch> {
        Err(Error::internal("not built yet"))
    }

    /// Reads these rows, ascending and disjoint, of a block of logs.
    pub fn read_logs(
        &self,
        _rows: &[Range<u32>],
        _projection: &Projection,
        _stats: &ReadStats,
    ) -> Result<LogBatch> {
        Err(Error::internal("not built yet"))
    }

    /// Everything of a block of spans, for compaction.
    pub fn read_all_spans(&self, _stats: &ReadStats) -> Result<SpanBatch> {
        Err(Error::internal("not built yet"))
    }

    /// Everything of a block of logs, for compaction.
    pub fn read_all_logs(&self, _stats: &ReadStats) -> Result<LogBatch> {
        Err(Error::internal("not built yet"))
    }

    /// Hashes of all values in the value store that rows refer to (attributes, bodies, events,
    /// links, however deep).
    pub fn references(&self, _stats: &ReadStats) -> Result<BTreeSet<[u8; 32]>> {
        Err(Error::internal("not built yet"))
    }

    /// Verifies every checksum of both files.
    pub fn verify(&self) -> Result<()> {
        Err(Error::internal("not built yet"))
    }
}
