//! Reads the file of a block of samples. `matching.rs` finds series, `plan.rs` reads their chunks.

use super::index::{Index, read_trailer};
use super::layout::{Directory, HEADER_BYTES, Trailer, check_header};
use super::matching::{LabelMaker, Lookup};
use super::plan::{PlannedChunk, Planner};
use super::table_page::ChunkRow;
use super::{SampleBlockFacts, exemplar_page, samples_path};
use crate::block::BlockId;
use crate::error::{Error, Result};
use crate::io::Io;
use crate::read::ReadStats;
use crate::samples::chunk::{floats, histograms};
use crate::samples::join::keep_newest;
use crate::samples::matcher::LabelMatcher;
use crate::samples::read::SeriesData;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

const NS_PER_MS: i64 = 1_000_000;

thread_local! {
    static TIMES: RefCell<Vec<i64>> = const { RefCell::new(Vec::new()) };
}

/// An open block. Its index is loaded when needed and kept until `release_index`.
#[derive(Debug)]
pub struct SampleBlock {
    id: BlockId,
    facts: SampleBlockFacts,
    pub(crate) index: Index,
}

/// A series that was found in a block.
#[derive(Debug, Clone)]
pub struct BlockSeries {
    /// Its labels.
    pub labels: Labels,
    /// Its earliest sample in chunks that touch the range, milliseconds.
    pub time_min: i64,
    /// Its latest sample in chunks that touch the range, milliseconds.
    pub time_max: i64,
    /// Number of samples in chunks that touch the range.
    pub samples: u64,
    block: Arc<SampleBlock>,
    chunks: Box<[PlannedChunk]>,
}

impl SampleBlock {
    /// Opens the file of a block and checks header and trailer. `Corrupt` if they are not what was
    /// written or do not fit the facts, `Invalid` if a newer program wrote it.
    pub fn open(
        io: &dyn Io,
        dir: &Path,
        id: BlockId,
        facts: SampleBlockFacts,
    ) -> Result<Arc<Self>> {
        let file = io.open_read(&samples_path(dir, id))?;
        let wrong = |what: &str| Error::corrupt(format!("block of samples {id}: {what}"));
        if file.len() != facts.bytes {
            return Err(wrong(&format!(
                "has {} bytes instead of {}",
                file.len(),
                facts.bytes
            )));
        }
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, 0)?;
        check_header(&header, id)?;
        let trailer = read_trailer(&*file).map_err(|error| error.context(id))?;
        let trailer = Trailer::decode(&trailer, id, file.len())?;
        if trailer.facts != facts {
            return Err(wrong("does not hold what the manifest says"));
        }
        Ok(Arc::new(Self {
            id,
            facts,
            index: Index::new(file, trailer),
        }))
    }

    /// What a file says of itself, for tools that have no manifest.
    pub fn facts_of(io: &dyn Io, dir: &Path, id: BlockId) -> Result<SampleBlockFacts> {
        let file = io.open_read(&samples_path(dir, id))?;
        let trailer = read_trailer(&*file).map_err(|error| error.context(id))?;
        Ok(Trailer::decode(&trailer, id, file.len())?.facts)
    }

    /// Its id.
    pub fn id(&self) -> BlockId {
        self.id
    }

    /// What the manifest knows of it.
    pub fn facts(&self) -> &SampleBlockFacts {
        &self.facts
    }

    /// Bytes of memory that loaded parts of the index and cached times take now.
    pub fn index_memory(&self) -> usize {
        self.index.memory()
    }

    /// Forgets loaded parts of the index and cached times; they are loaded again when needed.
    pub fn release_index(&self) {
        self.index.release();
    }

    /// Series that match all and have a sample in the range (both ends inclusive; judged by the
    /// earliest and latest one of each chunk), sorted by labels. Bytes that reading all of them will
    /// read are counted now.
    pub fn select(
        self: &Arc<Self>,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
        stats: &ReadStats,
    ) -> Result<Vec<BlockSeries>> {
        let found = self.found(|| self.select_inner(matchers, (start_ms, end_ms)))?;
        let (series, bytes) = found;
        ReadStats::add(&stats.bytes_read, bytes);
        ReadStats::add(&stats.rows_matched, series.len() as u64);
        let counter = if series.is_empty() {
            &stats.blocks_skipped
        } else {
            &stats.blocks_read
        };
        ReadStats::add(counter, 1);
        Ok(series)
    }

    fn select_inner(
        self: &Arc<Self>,
        matchers: &[LabelMatcher],
        range: (i64, i64),
    ) -> Result<(Vec<BlockSeries>, u64)> {
        if !self.overlaps(range) {
            return Ok((Vec::new(), 0));
        }
        let mut lookup = Lookup::new(&self.index)?;
        let matching = lookup.matching(matchers)?;
        let directory = Arc::clone(&lookup.directory);
        let mut planner = Planner::new(&self.index.file, &directory.chunks);
        let mut maker = LabelMaker::default();
        let mut all_labels = Vec::new();
        lookup.visit_series(&matching, Some(range), |lookup, row, _| {
            all_labels.push(maker.labels(lookup, row)?);
            let touches = |chunk: &&ChunkRow| {
                chunk.info.time_min <= range.1 && chunk.info.time_max >= range.0
            };
            planner.push(row.chunks.iter().filter(touches).copied())
        })?;
        let (planned, bytes) = planner.finish();
        let series = all_labels.into_iter().zip(planned);
        let series = series.map(|(labels, chunks)| self.series(labels, chunks));
        Ok((series.collect(), bytes))
    }

    pub(crate) fn series(
        self: &Arc<Self>,
        labels: Labels,
        chunks: Vec<PlannedChunk>,
    ) -> BlockSeries {
        BlockSeries {
            labels,
            time_min: chunks.first().map_or(0, |it| it.row.info.time_min),
            time_max: chunks.last().map_or(0, |it| it.row.info.time_max),
            samples: chunks.iter().map(|it| u64::from(it.row.info.samples)).sum(),
            block: Arc::clone(self),
            chunks: chunks.into(),
        }
    }

    fn overlaps(&self, (start, end): (i64, i64)) -> bool {
        self.facts.samples > 0 && self.facts.time_min <= end && self.facts.time_max >= start
    }

    /// Puts the block's id before errors.
    pub(crate) fn found<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        run().map_err(|error| error.context(format!("block of samples {}", self.id)))
    }

    /// Label sets of series that match all and have a sample in the range, sorted.
    pub fn label_sets(
        self: &Arc<Self>,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Vec<Labels>> {
        let range = (start_ms, end_ms);
        self.found(|| {
            let mut sets = Vec::new();
            if self.overlaps(range) {
                let mut lookup = Lookup::new(&self.index)?;
                let matching = lookup.matching(matchers)?;
                let mut maker = LabelMaker::default();
                lookup.visit_series(&matching, Some(range), |lookup, row, _| {
                    sets.push(maker.labels(lookup, row)?);
                    Ok(())
                })?;
            }
            Ok(sets)
        })
    }

    /// Names of labels of series that match all and have a sample in the range, sorted.
    pub fn label_names(
        &self,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Vec<String>> {
        let pairs = self.pairs_of(matchers, (start_ms, end_ms), None)?;
        self.found(|| {
            let directory = self.index.directory()?;
            let names = directory.names.iter().filter(|name| {
                let from = pairs.range(name.first..).next();
                from.is_some_and(|pair| *pair < name.first + name.count)
            });
            Ok(names.map(|name| name.name.clone()).collect())
        })
    }

    /// Values of a label of such series, sorted.
    pub fn label_values(
        &self,
        name: &str,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Vec<String>> {
        let pairs = self.pairs_of(matchers, (start_ms, end_ms), Some(name))?;
        self.found(|| {
            let mut lookup = Lookup::new(&self.index)?;
            let texts = pairs.iter();
            texts
                .map(|pair| lookup.with_pair(*pair, |_, value| value.to_owned()))
                .collect()
        })
    }

    /// Pairs (of one name, or all) of series that match and have a sample in the range.
    fn pairs_of(
        &self,
        matchers: &[LabelMatcher],
        range: (i64, i64),
        name: Option<&str>,
    ) -> Result<BTreeSet<u32>> {
        let mut pairs = BTreeSet::new();
        self.found(|| {
            if !self.overlaps(range) {
                return Ok(());
            }
            let mut lookup = Lookup::new(&self.index)?;
            let wanted = match name {
                None => 0..lookup.directory.pairs(),
                Some(name) => match lookup.name(name) {
                    None => return Ok(()),
                    Some(name) => name.first..name.first + name.count,
                },
            };
            let matching = lookup.matching(matchers)?;
            lookup.visit_series(&matching, Some(range), |_, row, _| {
                let new = row.pairs.iter().skip(row.common);
                pairs.extend(new.filter(|pair| wanted.contains(pair)));
                Ok(())
            })
        })?;
        Ok(pairs)
    }

    /// Exemplars in the range (milliseconds, both ends inclusive) of series that match all, by series,
    /// each by time.
    pub fn exemplars(
        &self,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        if self.facts.exemplars == 0 {
            return Ok(Vec::new());
        }
        self.found(|| {
            let mut lookup = Lookup::new(&self.index)?;
            let mut matching = lookup.matching(matchers)?;
            let mut lists = Vec::new();
            let directory = Arc::clone(&lookup.directory);
            for page in &directory.exemplars {
                let bytes = page.part.read(&*self.index.file)?;
                for (series, mut list) in exemplar_page::decode(&bytes, page.first)? {
                    list.retain(|exemplar| {
                        let time = exemplar.time_ns.div_euclid(NS_PER_MS);
                        time >= start_ms && time <= end_ms
                    });
                    let matches = |it: &roaring::RoaringBitmap| it.contains(series);
                    if !list.is_empty() && matching.series.as_ref().is_none_or(matches) {
                        lists.push((series, list));
                    }
                }
            }
            matching.series = Some(lists.iter().map(|(series, _)| *series).collect());
            let mut lists = lists.into_iter().peekable();
            let mut maker = LabelMaker::default();
            let mut found: Vec<(Labels, Vec<Exemplar>)> = Vec::new();
            lookup.visit_series(&matching, None, |lookup, row, number| {
                let labels = maker.labels(lookup, row)?;
                while lists.next_if(|(series, _)| *series < number).is_some() {}
                let mut of_series = Vec::new();
                while let Some((_, list)) = lists.next_if(|(series, _)| *series == number) {
                    of_series.extend(list);
                }
                found.push((labels, of_series));
                Ok(())
            })?;
            Ok(found)
        })
    }

    /// Tells for each pair of name and value how many series that match all have it, in the order of
    /// names, then values; gives the number of series that match.
    pub fn pair_counts(
        &self,
        matchers: &[LabelMatcher],
        visit: &mut dyn FnMut(&str, &str, u64),
    ) -> Result<u64> {
        self.found(|| {
            let mut lookup = Lookup::new(&self.index)?;
            let mut counts = vec![0u32; lookup.directory.pairs() as usize];
            let mut series = u64::from(self.index.series());
            if matchers.is_empty() {
                lookup.visit_postings(
                    |_, _| true,
                    |pair, count, _| {
                        if let Some(place) = counts.get_mut(pair as usize) {
                            *place = count as u32;
                        }
                        Ok(())
                    },
                )?;
            } else {
                series = 0;
                let matching = lookup.matching(matchers)?;
                lookup.visit_series(&matching, None, |_, row, _| {
                    series += 1;
                    for pair in row.pairs {
                        if let Some(place) = counts.get_mut(*pair as usize) {
                            *place += 1;
                        }
                    }
                    Ok(())
                })?;
            }
            for (pair, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                lookup.with_pair(pair as u32, |name, value| {
                    visit(name, value, u64::from(*count));
                })?;
            }
            Ok(series)
        })
    }

    /// Reads the whole file and checks every checksum, without decoding samples.
    pub fn verify(&self) -> Result<()> {
        self.found(|| {
            let directory = self.index.directory()?;
            let file = &*self.index.file;
            let check = |part: &super::part::Part| {
                let mut stored = vec![0; part.stored_bytes as usize];
                file.read_exact_at(&mut stored, part.offset)?;
                part.check(&stored)
            };
            directory.chunks.iter().try_for_each(check)?;
            directory.series.iter().try_for_each(check)?;
            directory.bitmaps.iter().try_for_each(check)?;
            let tables = directory.table.iter().map(|page| &page.part);
            let symbols = directory.symbols.iter().map(|page| &page.page.part);
            let pages = [&directory.times, &directory.exemplars, &directory.postings];
            let pages = pages.into_iter().flatten().map(|page| &page.part);
            tables.chain(symbols).chain(pages).try_for_each(check)
        })
    }
}

impl BlockSeries {
    /// Adds the samples of the range (both ends inclusive) to the end of the columns; after an error
    /// they are as before.
    pub fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        let before = out.len();
        let mut read = || -> Result<()> {
            let directory = self.block.index.directory()?;
            for chunk in &self.chunks {
                let info = &chunk.row.info;
                if info.time_min <= end_ms && info.time_max >= start_ms {
                    self.read_chunk(&directory, chunk, (start_ms, end_ms), out)?;
                }
            }
            Ok(())
        };
        let result = self.block.found(&mut read);
        if result.is_err() {
            forget_rows(out, before);
        }
        result
    }

    fn read_chunk(
        &self,
        directory: &Directory,
        chunk: &PlannedChunk,
        (start, end): (i64, i64),
        out: &mut SampleColumns,
    ) -> Result<()> {
        let info = &chunk.row.info;
        let count = info.samples as usize;
        let rows = TIMES.with(|scratch| {
            let scratch = &mut *scratch.borrow_mut();
            self.block
                .index
                .with_times(directory, info.times, scratch, |times| {
                    let last = times.last().copied().unwrap_or(0);
                    let is_sound = times.len() == count
                        && info.time_min.checked_add(last) == Some(info.time_max);
                    if !is_sound {
                        return Err(Error::corrupt("a chunk has the times of another"));
                    }
                    let base = info.time_min;
                    let from = times.partition_point(|time| base + time < start);
                    let to = times.partition_point(|time| base + time <= end).max(from);
                    let found = times.get(from..to).unwrap_or_default();
                    out.times.extend(found.iter().map(|time| base + time));
                    Ok(from..to)
                })
        })?;
        if rows.is_empty() {
            return Ok(());
        }
        let bytes = chunk.load()?;
        if !info.has_histograms && floats::decode_rows(&bytes, count, &rows, out)? {
            return Ok(());
        }
        let first = out.values.len();
        if info.has_histograms {
            histograms::decode(&bytes, info.time_min, count, out)?;
        } else {
            floats::decode(&bytes, info.time_min, count, out)?;
        }
        keep_values(out, first, &rows);
        Ok(())
    }
}

/// Forgets the rows from there on.
fn forget_rows(out: &mut SampleColumns, first: usize) {
    out.times.truncate(first);
    keep_values(out, first, &(0..0));
}

/// Keeps of the values from `first` on only these, counted from there.
fn keep_values(out: &mut SampleColumns, first: usize, rows: &Range<usize>) {
    fn keep<T>(column: &mut Vec<T>, first: usize, rows: &Range<usize>) {
        column.truncate(first + rows.end);
        let end = (first + rows.start).min(column.len());
        if first < end {
            column.drain(first..end);
        }
    }
    keep(&mut out.values, first, rows);
    keep(&mut out.histograms, first, rows);
    keep(&mut out.starts, first, rows);
}

impl SeriesData for BlockSeries {
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        BlockSeries::read(self, start_ms, end_ms, out)
    }

    fn read_newest(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        self.block.found(|| {
            let directory = self.block.index.directory()?;
            for chunk in self.chunks.iter().rev() {
                let info = &chunk.row.info;
                if info.time_min <= end_ms && info.time_max >= start_ms {
                    self.read_chunk(&directory, chunk, (start_ms, end_ms), out)?;
                }
                if !out.is_empty() {
                    keep_newest(out);
                    break;
                }
            }
            Ok(())
        })
    }

    fn samples_max(&self) -> u64 {
        self.samples
    }
}
