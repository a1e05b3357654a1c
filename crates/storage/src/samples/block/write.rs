//! Writes the file of a block of samples, series by series in the order of their labels.
//!
//! Chunks, times, exemplars and pages of the table go to the file as they fill; what is sorted by
//! label pairs (`write_index.rs`) follows at the end.

use super::cut::{Cut, cut};
use super::exemplar_page::{self, ExemplarPageWriter};
use super::layout::{PAGE_SERIES, TRAILER_BYTES, TablePage, Trailer, header, put_part, put_table};
use super::part::{Part, PartKind, compress_chunks, compress_index};
use super::symbol_table::SymbolTable;
use super::table_page::{ChunkInfo, TablePageWriter};
use super::times_table::TimesTable;
use super::{SampleBlockFacts, samples_path, write_index};
use crate::block::BlockId;
use crate::error::{Error, Result};
use crate::io::{Io, SyncPoint, WriteFile};
use crate::samples::chunk::histograms;
use crate::samples::chunk::{floats, histograms::columns};
use crate::varint::put_unsigned;
use std::path::{Path, PathBuf};
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

/// A part of chunks ends after so many bytes.
const CHUNKS_BYTES: usize = 32 << 10;
/// Parts whose chunks have no more bytes than this on average are worth compressing.
const SHORT_CHUNK_BYTES: usize = 128;
/// A series with more exemplars than this may have them on several pages.
const EXEMPLARS_AT_ONCE: usize = 256;
const NS_PER_MS: i64 = 1_000_000;

/// Writes one block. Memory: what the index needs, `index_memory` says how much; chunks go to the
/// file at once. A writer that is dropped before `finish` leaves a file that no manifest names.
pub struct BlockWriter<'a> {
    io: &'a dyn Io,
    dir: PathBuf,
    id: BlockId,
    out: PartWriter,
    facts: SampleBlockFacts,
    has_times: bool,
    last: Option<(Labels, Vec<u32>)>,
    symbols: SymbolTable,
    /// Label pairs of each series: how many are those of the one before, how many follow, and these.
    rows: Vec<u8>,
    pairs: u64,
    times: TimesTable,
    chunks: Vec<u8>,
    chunk_count: usize,
    chunk_parts: u32,
    table: TablePageWriter,
    table_page: Option<TablePage>,
    exemplars: ExemplarPageWriter,
}

impl<'a> BlockWriter<'a> {
    /// Makes the file of the block in the folder; `Conflict` if it is there.
    pub fn create(io: &'a dyn Io, dir: &Path, id: BlockId) -> Result<Self> {
        let mut file = io.create(&samples_path(dir, id))?;
        file.write_all(&header(id))?;
        Ok(Self {
            io,
            dir: dir.to_path_buf(),
            id,
            out: PartWriter::new(file),
            facts: SampleBlockFacts::default(),
            has_times: false,
            last: None,
            symbols: SymbolTable::default(),
            rows: Vec::new(),
            pairs: 0,
            times: TimesTable::default(),
            chunks: Vec::new(),
            chunk_count: 0,
            chunk_parts: 0,
            table: TablePageWriter::default(),
            table_page: None,
            exemplars: ExemplarPageWriter::default(),
        })
    }

    /// Adds a series. Its labels must be greater than those of the one before (`Invalid` otherwise);
    /// times strictly ascend. A series without samples and exemplars is left out. After any other
    /// error than `Invalid` the block is lost.
    pub fn series(
        &mut self,
        labels: &Labels,
        samples: &SampleColumns,
        exemplars: &[Exemplar],
    ) -> Result<()> {
        if samples.is_empty() && exemplars.is_empty() {
            return Ok(());
        }
        self.check(labels, samples)?;
        let mut infos = Vec::new();
        for cut in cut(samples) {
            infos.push(self.chunk(samples, &cut)?);
        }
        self.put_labels(labels);
        self.put_exemplars(exemplars)?;
        self.put_table(&infos)?;
        self.count_facts(samples, exemplars, &infos);
        Ok(())
    }

    /// Number of series so far.
    pub fn series_count(&self) -> u64 {
        self.facts.series
    }

    /// Bytes of the file so far.
    pub fn bytes(&self) -> u64 {
        self.out.file.len() + self.chunks.len() as u64
    }

    /// Bytes of memory that the writer holds, what `finish` will need included; the caller ends the
    /// block when that is too much.
    pub fn index_memory(&self) -> usize {
        self.symbols.memory()
            + self.rows.capacity()
            + self.pairs as usize * 4
            + self.times.memory()
            + self.table.memory()
            + self.out.parts.capacity()
            + self.exemplars.len()
            + self.chunks.capacity()
    }

    /// Writes the index, syncs the file (`SyncPoint::BlockFile`), then the folder
    /// (`SyncPoint::BlockDir`). `Invalid` without any series.
    pub fn finish(mut self) -> Result<SampleBlockFacts> {
        if self.facts.series == 0 {
            return Err(Error::invalid(format!("block {} has no series", self.id)));
        }
        self.flush_chunks()?;
        self.flush_times(true)?;
        self.flush_exemplars()?;
        self.flush_table()?;
        let names = write_index::write(&self.symbols, &self.rows, self.pairs, &mut self.out)?;
        let mut directory = Vec::new();
        super::layout::put_names(&names, &mut directory);
        put_unsigned(&mut directory, self.out.part_count);
        directory.extend_from_slice(&self.out.parts);
        let compressed = compress_index(&directory)?;
        let stored = compressed.as_deref().unwrap_or(&directory);
        self.facts.bytes = self.out.offset + (stored.len() + TRAILER_BYTES) as u64;
        self.facts.index_memory = self.out.index_bytes + directory.len() as u64 * 4;
        let too_long = |_| Error::limit(format!("the directory of block {} is too long", self.id));
        let trailer = Trailer {
            directory_at: self.out.offset,
            stored_bytes: u32::try_from(stored.len()).map_err(too_long)?,
            bytes: u32::try_from(directory.len()).map_err(too_long)?,
            crc: crc32c::crc32c(stored),
            facts: self.facts,
        };
        let file = &mut self.out.file;
        file.write_all(stored)?;
        file.write_all(&trailer.encode(self.id))?;
        file.sync_all(SyncPoint::BlockFile)?;
        self.io.sync_dir(&self.dir, SyncPoint::BlockDir)?;
        Ok(self.facts)
    }

    fn check(&self, labels: &Labels, samples: &SampleColumns) -> Result<()> {
        if let Some((last, _)) = &self.last
            && last >= labels
        {
            return Err(Error::invalid(format!(
                "series {labels} comes after {last} in a block"
            )));
        }
        let count = samples.len();
        let is_sound = samples.values.len() == count
            && (samples.histograms.is_empty() || samples.histograms.len() == count)
            && (samples.starts.is_empty() || samples.starts.len() == count)
            && samples.times.is_sorted_by(|a, b| a < b);
        if !is_sound {
            return Err(Error::invalid(format!("samples of {labels} are unsound")));
        }
        if self.facts.series >= u64::from(u32::MAX) - 1 {
            return Err(Error::limit(format!(
                "block {} has too many series",
                self.id
            )));
        }
        Ok(())
    }

    /// Encodes a chunk and gives what the table says of it.
    fn chunk(&mut self, samples: &SampleColumns, cut: &Cut) -> Result<ChunkInfo> {
        let rows = cut.rows.clone();
        let times = samples.times.get(rows.clone()).unwrap_or_default();
        let starts = samples.starts.get(rows.clone()).unwrap_or_default();
        let base = times.first().copied().unwrap_or(0);
        let start = self.chunks.len();
        self.begin_table_page();
        if cut.has_histograms {
            let list: Vec<&Histogram> = rows
                .clone()
                .filter_map(|row| samples.histogram(row).map(AsRef::as_ref))
                .collect();
            histograms::encode(&list, starts, base, &mut self.chunks)?;
        } else {
            let values = samples.values.get(rows.clone()).unwrap_or_default();
            floats::encode(values, starts, base, &mut self.chunks)?;
        }
        let info = ChunkInfo {
            has_histograms: cut.has_histograms,
            times: self.times.place(times)?,
            samples: rows.len() as u32,
            time_min: base,
            time_max: times.last().copied().unwrap_or(base),
            bytes: (self.chunks.len() - start) as u32,
        };
        self.chunk_count += 1;
        self.flush_times(false)?;
        if self.chunks.len() >= CHUNKS_BYTES {
            self.flush_chunks()?;
        }
        if let Some(page) = &mut self.table_page {
            page.time_min = page.time_min.min(info.time_min);
            page.time_max = page.time_max.max(info.time_max);
        }
        Ok(info)
    }

    fn put_labels(&mut self, labels: &Labels) {
        let (before, mut pairs) = self.last.take().unwrap_or_default();
        let same = before.iter().zip(labels.iter()).take_while(|(a, b)| a == b);
        let common = same.count();
        pairs.truncate(common);
        for pair in &pairs {
            self.symbols.count(*pair);
        }
        for (name, value) in labels.iter().skip(common) {
            pairs.push(self.symbols.add(name, value));
        }
        put_unsigned(&mut self.rows, common as u64);
        put_unsigned(&mut self.rows, (pairs.len() - common) as u64);
        for pair in pairs.iter().skip(common) {
            put_unsigned(&mut self.rows, u64::from(*pair));
        }
        self.pairs += pairs.len() as u64;
        self.last = Some((labels.clone(), pairs));
    }

    fn put_exemplars(&mut self, exemplars: &[Exemplar]) -> Result<()> {
        for some in exemplars.chunks(EXEMPLARS_AT_ONCE) {
            self.exemplars.push(self.facts.series as u32, some);
            if self.exemplars.len() >= exemplar_page::PAGE_BYTES {
                self.flush_exemplars()?;
            }
        }
        Ok(())
    }

    fn put_table(&mut self, infos: &[ChunkInfo]) -> Result<()> {
        self.begin_table_page();
        self.table.push(infos);
        if self.table.series == PAGE_SERIES {
            self.flush_table()?;
        }
        Ok(())
    }

    /// Begins a page of the table, if there is none, at the place of the next chunk.
    fn begin_table_page(&mut self) {
        let chunks_at = self.chunks.len() as u32;
        let chunks_part = self.chunk_parts;
        self.table_page.get_or_insert_with(|| TablePage {
            part: Part::none(PartKind::Table),
            chunks_part,
            chunks_at,
            time_min: i64::MAX,
            time_max: i64::MIN,
        });
    }

    fn count_facts(
        &mut self,
        samples: &SampleColumns,
        exemplars: &[Exemplar],
        infos: &[ChunkInfo],
    ) {
        let facts = &mut self.facts;
        facts.series += 1;
        facts.samples += samples.len() as u64;
        let of_histograms = samples.histograms.iter().flatten();
        let more: usize = of_histograms.map(|it| columns(it) - 1).sum();
        facts.points += (samples.len() + more) as u64;
        facts.exemplars += exemplars.len() as u64;
        let mut ranges: Vec<(i64, i64)> =
            infos.iter().map(|it| (it.time_min, it.time_max)).collect();
        if facts.samples == 0 {
            let times = exemplars.iter().map(|it| it.time_ns.div_euclid(NS_PER_MS));
            ranges.extend(times.map(|time| (time, time)));
        } else if !self.has_times && !infos.is_empty() {
            // Times of exemplars count only as long as there is no sample.
            self.has_times = true;
            (facts.time_min, facts.time_max) = (i64::MAX, i64::MIN);
        }
        if facts.series == 1 {
            (facts.time_min, facts.time_max) = (i64::MAX, i64::MIN);
        }
        for (time_min, time_max) in ranges {
            facts.time_min = facts.time_min.min(time_min);
            facts.time_max = facts.time_max.max(time_max);
        }
    }

    fn flush_chunks(&mut self) -> Result<()> {
        if self.chunks.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.chunks);
        let compressed = if bytes.len() / self.chunk_count.max(1) <= SHORT_CHUNK_BYTES {
            compress_chunks(&bytes)?
        } else {
            None
        };
        self.out.put(PartKind::Chunks, &bytes, compressed, |_| {})?;
        self.chunks = bytes;
        self.chunks.clear();
        self.chunk_count = 0;
        self.chunk_parts += 1;
        Ok(())
    }

    fn flush_times(&mut self, is_end: bool) -> Result<()> {
        let Some((bytes, count)) = self.times.take_part(is_end) else {
            return Ok(());
        };
        let more = |out: &mut Vec<u8>| put_unsigned(out, u64::from(count));
        self.out.put_index(PartKind::Times, &bytes, more)
    }

    fn flush_exemplars(&mut self) -> Result<()> {
        if self.exemplars.len() == 0 {
            return Ok(());
        }
        let first = self.exemplars.first;
        let bytes = self.exemplars.finish();
        let more = |out: &mut Vec<u8>| put_unsigned(out, u64::from(first));
        let compressed = compress_index(&bytes)?;
        self.out.put(PartKind::Exemplars, &bytes, compressed, more)
    }

    fn flush_table(&mut self) -> Result<()> {
        let Some(page) = self.table_page.take() else {
            return Ok(());
        };
        let bytes = self.table.finish();
        self.out
            .put_index(PartKind::Table, &bytes, |out| put_table(&page, out))
    }
}

/// Appends parts to the file and to the directory.
pub(crate) struct PartWriter {
    file: Box<dyn WriteFile>,
    offset: u64,
    /// The directory's list of parts.
    parts: Vec<u8>,
    part_count: u64,
    /// Bytes of the parts of the index, decompressed.
    index_bytes: u64,
}

impl PartWriter {
    fn new(file: Box<dyn WriteFile>) -> Self {
        Self {
            offset: file.len(),
            file,
            parts: Vec::new(),
            part_count: 0,
            index_bytes: 0,
        }
    }

    /// Adds a part of the index; `more` appends what its kind has in the directory beside.
    pub(crate) fn put_index(
        &mut self,
        kind: PartKind,
        bytes: &[u8],
        more: impl FnOnce(&mut Vec<u8>),
    ) -> Result<()> {
        self.index_bytes += bytes.len() as u64;
        let compressed = compress_index(bytes)?;
        self.put(kind, bytes, compressed, more)
    }

    fn put(
        &mut self,
        kind: PartKind,
        bytes: &[u8],
        compressed: Option<Vec<u8>>,
        more: impl FnOnce(&mut Vec<u8>),
    ) -> Result<()> {
        let stored = compressed.as_deref().unwrap_or(bytes);
        if bytes.len() > super::part::PART_BYTES_MAX {
            return Err(Error::limit(format!("a part has {} bytes", bytes.len())));
        }
        let part = Part {
            kind,
            is_compressed: compressed.is_some(),
            offset: self.offset,
            stored_bytes: stored.len() as u32,
            bytes: bytes.len() as u32,
            crc: crc32c::crc32c(stored),
        };
        self.file.write_all(stored)?;
        self.offset += stored.len() as u64;
        put_part(&part, &mut self.parts);
        more(&mut self.parts);
        self.part_count += 1;
        Ok(())
    }
}
