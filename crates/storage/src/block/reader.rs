//! A block that is open for reading: lazy, shared by threads, drops what it caches when told.

use super::bloom::{self, BLOCK_BYTES, block_contains, block_index, group_bytes, open_group};
use super::catalog::{Catalog, ColumnFacts};
use super::data_file::DataFile;
use super::decode::{OriginSource, Wanted, read_logs, read_spans};
use super::hash::trace_hash;
use super::origin::{resource_from_text, scope_from_text};
use super::sidecar::{self, Facts, HEADER_BYTES, Header};
use super::{BlockFacts, BlockId, PageFacts};
use crate::columns::attribute::{CellType, Cells};
use crate::columns::log_batch::LogBatch;
use crate::columns::projection::{AttributeSelection, Projection};
use crate::columns::shared::SharedColumns;
use crate::columns::span_batch::SpanBatch;
use crate::columns::text::TextColumn;
use crate::error::{Error, Result};
use crate::io::{Io, ReadFile};
use crate::read::ReadStats;
use hashbrown::HashMap;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::Arc;
use tacho_model::id::TraceId;
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;

/// A block of either signal. Opening reads nothing; everything is loaded on first use behind a
/// lock and kept until `drop_caches`. Wrong bytes give `Corrupt`, a missing file `NotFound`.
#[derive(Debug)]
pub struct Block {
    io: Arc<dyn Io>,
    dir: PathBuf,
    id: BlockId,
    signal: Signal,
    facts: BlockFacts,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    header: Option<Header>,
    filter: Option<Arc<Vec<u8>>>,
    traces: Option<Arc<Vec<u64>>>,
    index: Option<Arc<Index>>,
    data: Option<Arc<DataFile>>,
    origins: Arc<OriginCache>,
}

/// Decoded facts of the sidecar, in the pieces that are given out.
#[derive(Debug)]
struct Index {
    facts: Facts,
    pages: Arc<[PageFacts]>,
    catalog: Arc<Catalog>,
    memory: usize,
}

type Parsed<T> = Mutex<HashMap<Box<str>, Arc<T>, foldhash::fast::RandomState>>;

/// Resources and scopes of the block that were parsed.
#[derive(Debug, Default)]
struct OriginCache {
    resources: Parsed<Resource>,
    scopes: Parsed<Scope>,
}

impl OriginSource for OriginCache {
    fn resource(&self, text: &str) -> Result<Arc<Resource>> {
        parsed(&self.resources, text, resource_from_text)
    }

    fn scope(&self, text: &str) -> Result<Arc<Scope>> {
        parsed(&self.scopes, text, scope_from_text)
    }
}

fn parsed<T>(known: &Parsed<T>, text: &str, parse: fn(&str) -> Result<T>) -> Result<Arc<T>> {
    let mut known = known.lock();
    if let Some(item) = known.get(text) {
        return Ok(Arc::clone(item));
    }
    let item = Arc::new(parse(text)?);
    known.insert(text.into(), Arc::clone(&item));
    Ok(item)
}

fn parsed_memory<T>(known: &Parsed<T>) -> usize {
    known.lock().keys().map(|text| text.len() * 4 + 160).sum()
}

impl Block {
    /// A block whose files are in `dir`, with what the manifest knows of it.
    pub fn open(
        io: Arc<dyn Io>,
        dir: &Path,
        id: BlockId,
        signal: Signal,
        facts: BlockFacts,
    ) -> Self {
        Self {
            io,
            dir: dir.to_path_buf(),
            id,
            signal,
            facts,
            cache: Mutex::default(),
        }
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

    /// Bytes of memory held by caches. While it is not 0, one file may be held open.
    pub fn memory(&self) -> usize {
        let cache = self.cache.lock();
        let mut sum = 0;
        sum += cache.filter.as_ref().map_or(0, |filter| filter.len());
        sum += cache.traces.as_ref().map_or(0, |traces| traces.len() * 8);
        sum += cache.index.as_ref().map_or(0, |index| index.memory);
        sum += cache.data.as_ref().map_or(0, |data| data.memory());
        sum += parsed_memory(&cache.origins.resources) + parsed_memory(&cache.origins.scopes);
        sum
    }

    /// Frees all caches; what runs keeps what it has.
    pub fn drop_caches(&self) {
        *self.cache.lock() = Cache::default();
    }

    /// Its pages in the order of rows.
    pub fn pages(&self) -> Result<Arc<[PageFacts]>> {
        Ok(Arc::clone(&self.index()?.pages))
    }

    /// Its attributes.
    pub fn catalog(&self) -> Result<Arc<Catalog>> {
        Ok(Arc::clone(&self.index()?.catalog))
    }

    /// What the catalog says of a key of its items.
    pub fn column_facts(&self, key: &str) -> Result<ColumnFacts> {
        Ok(self.index()?.catalog.column_facts(key))
    }

    /// Whether this trace (`trace_hash`) or this value of an index key on item, resource or scope
    /// (`id_hash`) may occur. Looks into the filter in memory if it was loaded, else reads about a
    /// kilobyte of the sidecar and keeps nothing.
    pub fn may_contain_id(&self, hash: u64) -> Result<bool> {
        let blocks = self.facts.filter_blocks as usize;
        if blocks == 0 {
            return Ok(true);
        }
        let lanes = bloom::filter_lanes(blocks);
        let index = block_index(hash, blocks);
        let at = index % lanes * BLOCK_BYTES;
        let group = index / lanes;
        let start = group * group_bytes(lanes);
        let loaded = self.cache.lock().filter.clone();
        if let Some(filter) = loaded {
            let block = filter.get(start + at..start + at + BLOCK_BYTES);
            return Ok(block.is_none_or(|block| block_contains(block, hash)));
        }
        let mut bytes = vec![0; group_bytes(lanes)];
        let file = self.io.open_read(&self.id.sidecar_path(&self.dir))?;
        self.read_at(&*file, &mut bytes, (HEADER_BYTES + start) as u64)?;
        let blocks = open_group(&bytes, group).map_err(|error| self.name(error))?;
        Ok(block_contains(&blocks[at..at + BLOCK_BYTES], hash))
    }

    /// Loads the filter of ids (1.5 bytes an id) into memory, until `drop_caches`.
    pub fn load_filter(&self) -> Result<()> {
        let blocks = self.facts.filter_blocks as usize;
        let lanes = bloom::filter_lanes(blocks);
        let size = group_bytes(lanes);
        let mut bytes = vec![0; blocks / lanes * size];
        let file = self.io.open_read(&self.id.sidecar_path(&self.dir))?;
        self.read_at(&*file, &mut bytes, HEADER_BYTES as u64)?;
        for (group, bytes) in bytes.chunks(size).enumerate() {
            open_group(bytes, group).map_err(|error| self.name(error))?;
        }
        self.cache.lock().filter = Some(Arc::new(bytes));
        Ok(())
    }

    /// For each page, whether this hash may be in its bloom. One small read, nothing is cached.
    /// What is bloomed: `key_hash` of keys in the rest column, `id_hash` of values as
    /// `column_facts` says and of index keys on resources and scopes; for logs also trace ids
    /// (`trace_hash`) and tokens of bodies (`token_hash`; a body that is a reference has none:
    /// `pages_with_large_bodies`).
    pub fn pages_with(&self, hash: u64) -> Result<Vec<bool>> {
        let file = self.io.open_read(&self.id.sidecar_path(&self.dir))?;
        let header = self.header(&*file)?;
        let groups = header.bloom_groups as usize;
        if groups == 0 {
            return Ok(vec![false; header.pages as usize]);
        }
        let size = group_bytes(header.pages as usize);
        let group = block_index(hash, groups);
        let mut bytes = vec![0; size];
        let offset = header.blooms_offset() + (group * size) as u64;
        self.read_at(&*file, &mut bytes, offset)?;
        let blocks = open_group(&bytes, group).map_err(|error| self.name(error))?;
        let pages = blocks.chunks(BLOCK_BYTES);
        Ok(pages.map(|block| block_contains(block, hash)).collect())
    }

    /// For each page, whether it has a body in the value store: its tokens are in no bloom.
    pub fn pages_with_large_bodies(&self) -> Result<Vec<bool>> {
        Ok(self.index()?.facts.large_bodies.clone())
    }

    /// Rows that may be of this trace (in spans; 40 bits of a hash decide); reads no column. Empty
    /// for logs.
    pub fn rows_of_trace(&self, id: &TraceId) -> Result<Vec<Range<u32>>> {
        let traces = self.traces()?;
        Ok(sidecar::rows_of_trace(
            &traces,
            self.facts.rows,
            trace_hash(id),
        ))
    }

    /// Reads these rows, ascending and disjoint, of a block of spans: one batch with the projected
    /// columns filled. Reads and decodes only pages that have such rows, and the rest column only
    /// if it may have a projected key. Counts the bytes read.
    pub fn read_spans(
        &self,
        rows: &[Range<u32>],
        projection: &Projection,
        stats: &ReadStats,
    ) -> Result<SpanBatch> {
        self.check_signal(Signal::Spans)?;
        let wanted = self.wanted(rows, projection)?;
        let (data, origins) = (self.data()?, self.origins());
        let (batch, bytes) = self.guarded(|| read_spans(&data, &wanted, &*origins))?;
        ReadStats::add(&stats.bytes_read, bytes);
        Ok(batch)
    }

    /// Reads these rows, ascending and disjoint, of a block of logs.
    pub fn read_logs(
        &self,
        rows: &[Range<u32>],
        projection: &Projection,
        stats: &ReadStats,
    ) -> Result<LogBatch> {
        self.check_signal(Signal::Logs)?;
        let wanted = self.wanted(rows, projection)?;
        let (data, origins) = (self.data()?, self.origins());
        let (batch, bytes) = self.guarded(|| read_logs(&data, &wanted, &*origins))?;
        ReadStats::add(&stats.bytes_read, bytes);
        Ok(batch)
    }

    /// Everything of a block of spans, for compaction.
    pub fn read_all_spans(&self, stats: &ReadStats) -> Result<SpanBatch> {
        let all = 0..self.facts.rows;
        self.read_spans(slice::from_ref(&all), &Projection::all(), stats)
    }

    /// Everything of a block of logs, for compaction.
    pub fn read_all_logs(&self, stats: &ReadStats) -> Result<LogBatch> {
        let all = 0..self.facts.rows;
        self.read_logs(slice::from_ref(&all), &Projection::all(), stats)
    }

    /// Hashes of all values in the value store that rows refer to (attributes, bodies, events,
    /// links, however deep).
    pub fn references(&self, stats: &ReadStats) -> Result<BTreeSet<[u8; 32]>> {
        let mut found = BTreeSet::new();
        match self.signal {
            Signal::Spans => {
                let batch = self.read_all_spans(stats)?;
                find_references(&batch.events.texts, &mut found);
                find_references(&batch.links.texts, &mut found);
                shared_references(&batch.shared, &mut found);
            }
            Signal::Samples => {}
            Signal::Logs => {
                let batch = self.read_all_logs(stats)?;
                for (row, cell_type) in batch.body_types.iter().enumerate() {
                    if matches!(cell_type, CellType::Reference | CellType::Json) {
                        find_in_text(batch.bodies.cell(row), &mut found);
                    }
                }
                shared_references(&batch.shared, &mut found);
            }
        }
        Ok(found)
    }

    /// Reads both files whole and verifies every checksum.
    pub fn verify(&self) -> Result<()> {
        self.load_filter()?;
        let file = self.io.open_read(&self.id.sidecar_path(&self.dir))?;
        let header = self.header(&*file)?;
        let size = group_bytes(header.pages as usize);
        let mut bytes = vec![0; header.bloom_groups as usize * size];
        self.read_at(&*file, &mut bytes, header.blooms_offset())?;
        for (group, bytes) in bytes.chunks(size).enumerate() {
            open_group(bytes, group).map_err(|error| self.name(error))?;
        }
        self.traces()?;
        self.index()?;
        self.data()?.verify().map_err(|error| self.name(error))
    }

    fn name(&self, error: Error) -> Error {
        error.context(format_args!("block {}/{}", self.dir.display(), self.id))
    }

    /// Runs a decoder; if it panics, the bytes are not what was written.
    fn guarded<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        match catch_unwind(AssertUnwindSafe(read)) {
            Ok(result) => result.map_err(|error| self.name(error)),
            Err(_) => Err(self.name(Error::corrupt("a decoder panicked"))),
        }
    }

    fn check_signal(&self, signal: Signal) -> Result<()> {
        if self.signal == signal {
            return Ok(());
        }
        Err(self.name(Error::invalid(format!(
            "it holds {}, not {signal}",
            self.signal
        ))))
    }

    /// Reads bytes; a file that ends before is not what was written.
    fn read_at(&self, file: &dyn ReadFile, bytes: &mut [u8], offset: u64) -> Result<()> {
        if file.len() < offset.saturating_add(bytes.len() as u64) {
            return Err(self.name(Error::corrupt("its sidecar is too short")));
        }
        file.read_exact_at(bytes, offset)
    }

    fn header(&self, file: &dyn ReadFile) -> Result<Header> {
        if let Some(header) = self.cache.lock().header {
            return Ok(header);
        }
        let mut bytes = [0; HEADER_BYTES];
        self.read_at(file, &mut bytes, 0)?;
        let header = Header::decode(&bytes).map_err(|error| self.name(error))?;
        let fits = header.id == self.id
            && header.signal == self.signal
            && header.rows == self.facts.rows
            && header.filter_blocks == self.facts.filter_blocks
            && header.file_bytes() == file.len()
            && header.file_bytes() == self.facts.index_bytes;
        if !fits {
            return Err(self.name(Error::corrupt("its sidecar is that of another block")));
        }
        self.cache.lock().header = Some(header);
        Ok(header)
    }

    fn index(&self) -> Result<Arc<Index>> {
        if let Some(index) = &self.cache.lock().index {
            return Ok(Arc::clone(index));
        }
        let file = self.io.open_read(&self.id.sidecar_path(&self.dir))?;
        let header = self.header(&*file)?;
        let mut bytes = vec![0; header.facts_bytes as usize];
        self.read_at(&*file, &mut bytes, header.facts_offset())?;
        if crc32c::crc32c(&bytes) != header.facts_crc {
            return Err(self.name(Error::corrupt(
                "the facts of its sidecar have a wrong checksum",
            )));
        }
        let mut facts = Facts::decode(&bytes, header.rows).map_err(|error| self.name(error))?;
        let pages: Arc<[PageFacts]> = std::mem::take(&mut facts.pages).into();
        let catalog = Arc::new(std::mem::take(&mut facts.catalog));
        let keys = catalog.items.iter().map(|item| item.key.len() + 64);
        let memory = keys.sum::<usize>() + pages.len() * 48 + facts.ranges.len() * 16;
        let index = Arc::new(Index {
            facts,
            pages,
            catalog,
            memory,
        });
        let mut cache = self.cache.lock();
        Ok(Arc::clone(cache.index.get_or_insert(index)))
    }

    fn traces(&self) -> Result<Arc<Vec<u64>>> {
        if let Some(traces) = &self.cache.lock().traces {
            return Ok(Arc::clone(traces));
        }
        let file = self.io.open_read(&self.id.sidecar_path(&self.dir))?;
        let header = self.header(&*file)?;
        let mut bytes = vec![0; header.traces as usize * 8];
        self.read_at(&*file, &mut bytes, header.traces_offset())?;
        let traces = sidecar::decode_traces(&bytes, &header).map_err(|error| self.name(error))?;
        let mut cache = self.cache.lock();
        Ok(Arc::clone(cache.traces.get_or_insert(Arc::new(traces))))
    }

    fn data(&self) -> Result<Arc<DataFile>> {
        if let Some(data) = &self.cache.lock().data {
            return Ok(Arc::clone(data));
        }
        let index = self.index()?;
        let file = self.io.open_read(&self.id.parquet_path(&self.dir))?;
        let data = DataFile::open(file, &index.facts, self.facts.rows)
            .map_err(|error| self.name(error))?;
        let mut cache = self.cache.lock();
        Ok(Arc::clone(cache.data.get_or_insert(Arc::new(data))))
    }

    fn origins(&self) -> Arc<OriginCache> {
        Arc::clone(&self.cache.lock().origins)
    }

    fn wanted<'a>(&self, rows: &'a [Range<u32>], projection: &'a Projection) -> Result<Wanted<'a>> {
        let rest = match &projection.attributes {
            AttributeSelection::All => true,
            AttributeSelection::Keys(keys) => {
                let index = self.index()?;
                keys.iter()
                    .any(|key| index.catalog.column_facts(key).in_rest)
            }
        };
        Ok(Wanted {
            rows,
            projection,
            rest,
        })
    }
}

fn shared_references(shared: &SharedColumns, found: &mut BTreeSet<[u8; 32]>) {
    for column in shared.attributes.columns() {
        if let Cells::Json(texts) | Cells::Reference(texts) = &column.cells {
            find_references(texts, found);
        }
    }
}

fn find_references(texts: &TextColumn, found: &mut BTreeSet<[u8; 32]>) {
    // Hashes never cross cells: each `$ref` is whole within one.
    if let Ok(all) = std::str::from_utf8(&texts.as_bytes().bytes) {
        find_in_text(all, found);
    }
}

/// Finds what looks like a reference in the text form of values. A text that only looks like one
/// keeps a value alive for nothing, no more.
fn find_in_text(text: &str, found: &mut BTreeSet<[u8; 32]>) {
    const START: &[u8] = b"{\"$ref\":[\"";
    for at in memchr::memmem::find_iter(text.as_bytes(), START) {
        let from = at + START.len();
        let Some(digits) = text.as_bytes().get(from..from + 64) else {
            continue;
        };
        let mut hash = [0; 32];
        let nibble = |byte: u8| (byte as char).to_digit(16);
        let is_hex = hash
            .iter_mut()
            .zip(digits.chunks_exact(2))
            .all(|(slot, pair)| match (nibble(pair[0]), nibble(pair[1])) {
                (Some(high), Some(low)) => {
                    *slot = (high << 4 | low) as u8;
                    true
                }
                _ => false,
            });
        if is_hex {
            found.insert(hash);
        }
    }
}
