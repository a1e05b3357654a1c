//! Ordered scans: units of rows (a batch of the head, a block, a page) are taken by the best rank
//! that a row of theirs can have; a matching row goes out as soon as no unit left can beat it.

use super::catalog::BlockHandle;
use super::duplicates::merge_ranges;
use super::erase::surviving;
use super::eval::{EvalTable, eval, filter_projection};
use super::head::Place;
use super::mask::Mask;
use super::prune::Pruner;
use super::snapshot::View;
use super::table::ItemKey;
use crate::block::PageFacts;
use crate::columns::projection::Projection;
use crate::engine::budget::{Part, Reservation};
use crate::error::{Error, Result};
use crate::read::{Order, ReadContext, ReadStats, ScanRequest};
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;
use std::sync::Arc;
use tacho_model::time::{TimeRange, Timestamp};

/// Rows that go out together at most.
const OUT_ROWS: usize = 1024;
/// Rows that the first batch waits for; each batch waits for twice as many as the one before, so
/// that who wants little does not wait for much to be read.
const FIRST_ROWS: usize = 24;

/// A running scan.
pub struct Scan<T: EvalTable> {
    view: Arc<View<T>>,
    request: ScanRequest,
    context: ReadContext,
    after: Option<ItemKey>,
    /// What a row needs to be judged and ranked.
    probe: Projection,
    units: BinaryHeap<Unit<T>>,
    found: BinaryHeap<Found>,
    sources: BTreeMap<u64, Source<T>>,
    next_source: u64,
    given: usize,
    /// Rows that are worth going out without reading on.
    enough: usize,
    counted: Option<Reservation>,
    ended: bool,
}

/// Rows that have not been looked at.
struct Unit<T> {
    /// The best rank that a row can have.
    bound: i64,
    what: UnitWhat<T>,
}

enum UnitWhat<T> {
    Head(Arc<T>),
    Block(Place, Arc<BlockHandle>),
    Page(Place, Arc<BlockHandle>, PageFacts),
}

impl<T> PartialEq for Unit<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bound == other.bound
    }
}

impl<T> Eq for Unit<T> {}

impl<T> PartialOrd for Unit<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Unit<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bound.cmp(&other.bound)
    }
}

/// A row that matches and waits for its turn.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    rank: ItemKey,
    source: u64,
    row: u32,
}

/// Where found rows lie.
struct Source<T> {
    from: SourceFrom<T>,
    /// Found rows that wait.
    waiting: usize,
    /// Bytes counted for it.
    bytes: usize,
}

enum SourceFrom<T> {
    Batch(Arc<T>),
    Block(Arc<BlockHandle>),
}

impl<T: EvalTable> Scan<T> {
    /// Prepares a scan; nothing is read yet.
    pub fn new(view: Arc<View<T>>, request: ScanRequest, context: ReadContext) -> Result<Self> {
        let probe = filter_projection::<T>(&request.filter).union(&T::key_projection());
        let counted = view.budget.try_reserve(Part::Queries, 0)?;
        let mut scan = Self {
            after: request
                .after
                .as_ref()
                .map(|at| ItemKey::of_cursor(at).ranked(request.order)),
            view,
            context,
            probe,
            units: BinaryHeap::new(),
            found: BinaryHeap::new(),
            sources: BTreeMap::new(),
            next_source: 0,
            given: 0,
            enough: FIRST_ROWS,
            counted: Some(counted),
            ended: request.limit == Some(0),
            request,
        };
        scan.collect_units();
        Ok(scan)
    }

    fn collect_units(&mut self) {
        let view = Arc::clone(&self.view);
        for (_, batch) in &view.heads {
            let (times, ends) = (span_of(batch.times()), span_of(batch.ends()));
            self.offer(times, ends, UnitWhat::Head(Arc::clone(batch)));
        }
        for (place, handle) in view.blocks() {
            let facts = *handle.facts();
            let what = UnitWhat::Block(place, Arc::clone(handle));
            let (times, ends) = (
                (facts.time_min, facts.time_max),
                (facts.end_min, facts.end_max),
            );
            if !self.offer(times, ends, what) {
                ReadStats::add(&self.context.stats.blocks_skipped, 1);
            }
        }
    }

    /// Adds a unit if its times fit; false if it was ruled out.
    fn offer(&mut self, times: (i64, i64), ends: (i64, i64), what: UnitWhat<T>) -> bool {
        let (first, last) = (times.0.min(ends.0), times.1.max(ends.1));
        if !self
            .request
            .range
            .overlaps(Timestamp(first), Timestamp(last))
        {
            return false;
        }
        let best = match self.request.order {
            Order::NewestFirst => times.1,
            Order::OldestFirst => !times.0,
        };
        let worst = match self.request.order {
            Order::NewestFirst => times.0,
            Order::OldestFirst => !times.1,
        };
        // Rows that rank above the cursor were given before.
        if self.after.is_some_and(|after| worst > after.time) {
            return false;
        }
        self.units.push(Unit { bound: best, what });
        true
    }

    fn step(&mut self) -> Result<()> {
        if self.context.cancel.is_cancelled() {
            return Err(Error::unavailable("go on with a query that was cancelled"));
        }
        let Some(unit) = self.units.pop() else {
            return Ok(());
        };
        match unit.what {
            UnitWhat::Head(batch) => {
                let mask = self.matching(&batch);
                self.take(SourceFrom::Batch(Arc::clone(&batch)), &batch, mask, 0);
                Ok(())
            }
            UnitWhat::Block(place, handle) => match self.expand(&place, &handle) {
                Ok(()) => Ok(()),
                Err(error) => self.view.set_aside(&handle, error, &self.context.stats),
            },
            UnitWhat::Page(place, handle, page) => match self.page(&place, &handle, &page) {
                Ok(()) => Ok(()),
                Err(error) => self.view.set_aside(&handle, error, &self.context.stats),
            },
        }
    }

    /// Puts the pages of a block that may match in its place.
    fn expand(&mut self, place: &Place, handle: &Arc<BlockHandle>) -> Result<()> {
        self.view.recent.touch(handle);
        let request = self.request.clone();
        let pruner = Pruner::new(&request.filter);
        if !pruner.block(&handle.block)? {
            ReadStats::add(&self.context.stats.blocks_skipped, 1);
            return Ok(());
        }
        let may = pruner.pages(&handle.block)?;
        let mut offered = 0;
        let pages = handle.block.pages()?;
        for (index, page) in pages.iter().enumerate() {
            let (times, ends) = ((page.time_min, page.time_max), (page.end_min, page.end_max));
            let what = UnitWhat::Page(place.clone(), Arc::clone(handle), page.clone());
            if may.has(index) && self.offer(times, ends, what) {
                offered += 1;
            }
        }
        let stats = &self.context.stats;
        ReadStats::add(&stats.pages_skipped, (pages.len() - offered) as u64);
        let counter = if offered > 0 {
            &stats.blocks_read
        } else {
            &stats.blocks_skipped
        };
        ReadStats::add(counter, 1);
        Ok(())
    }

    fn page(&mut self, place: &Place, handle: &Arc<BlockHandle>, page: &PageFacts) -> Result<()> {
        check_read_limit(&self.context)?;
        self.view.recent.touch(handle);
        let mut probe = self.probe.clone();
        for tombstone in &self.view.catalog.tombstones {
            if tombstone.concerns(&place.0, T::SIGNAL, handle.id().0) {
                probe = probe.union(&tombstone.projection::<T>());
            }
        }
        let stats = Arc::clone(&self.context.stats);
        let batch = T::read_rows(
            &handle.block,
            std::slice::from_ref(&page.rows),
            &probe,
            &stats,
        )?;
        let mut mask = self.matching(&batch);
        let view = &self.view;
        if let Some(kept) = surviving(&view.catalog, place, handle, &batch, &view.values) {
            mask.and(&kept);
        }
        self.take(
            SourceFrom::Block(Arc::clone(handle)),
            &batch,
            mask,
            page.rows.start,
        );
        Ok(())
    }

    fn matching(&self, batch: &T) -> Mask {
        ReadStats::add(&self.context.stats.rows_scanned, batch.rows() as u64);
        let mut mask = in_range(batch, self.request.range);
        if let Some(after) = self.after {
            for (row, flag) in mask.0.iter_mut().enumerate() {
                *flag = *flag && batch.key(row).ranked(self.request.order) < after;
            }
        }
        if !mask.is_none() {
            mask.and(&eval(&self.request.filter, batch, &self.view.values));
        }
        mask
    }

    /// Remembers the rows of a source that match.
    fn take(&mut self, from: SourceFrom<T>, batch: &T, mask: Mask, first_row: u32) {
        let rows = mask.rows();
        if rows.is_empty() {
            return;
        }
        ReadStats::add(&self.context.stats.rows_matched, rows.len() as u64);
        let id = self.next_source;
        self.next_source += 1;
        for row in &rows {
            let rank = batch.key(*row as usize).ranked(self.request.order);
            self.found.push(Found {
                rank,
                source: id,
                row: row + first_row,
            });
        }
        let bytes = rows.len() * size_of::<Found>();
        self.sources.insert(
            id,
            Source {
                from,
                waiting: rows.len(),
                bytes,
            },
        );
        self.trim();
    }

    /// With a limit, only so many of the best rows are worth keeping.
    fn trim(&mut self) {
        let Some(limit) = self.request.limit else {
            return;
        };
        let keep = limit - self.given.min(limit);
        if self.found.len() > keep.saturating_mul(2) + OUT_ROWS {
            let mut best: Vec<Found> = std::mem::take(&mut self.found).into_sorted_vec();
            let cut = best.len() - keep;
            for dropped in best.drain(..cut) {
                self.release(dropped.source, 1);
            }
            self.found = best.into();
        }
    }

    fn release(&mut self, source: u64, rows: usize) {
        if let Some(slot) = self.sources.get_mut(&source) {
            slot.waiting = slot.waiting.saturating_sub(rows);
            if slot.waiting == 0 {
                self.sources.remove(&source);
            }
        }
    }

    /// The next rows in order, none at the end.
    fn next_rows(&mut self) -> Result<Vec<Found>> {
        let mut ready = Vec::new();
        let left = self
            .request
            .limit
            .map_or(usize::MAX, |limit| limit - self.given);
        while ready.len() < OUT_ROWS.min(left) {
            let bound = self.units.peek().map(|unit| unit.bound);
            match self.found.peek() {
                Some(found) if bound.is_none_or(|bound| found.rank.time > bound) => {
                    ready.extend(self.found.pop());
                }
                // What is ready goes out before more is read, unless it is little.
                _ if ready.len() >= self.enough => break,
                _ if bound.is_some() => {
                    self.step()?;
                    self.check_memory()?;
                }
                _ => break,
            }
        }
        self.given += ready.len();
        self.enough = (self.enough * 2).min(OUT_ROWS / 4);
        Ok(ready)
    }

    fn check_memory(&mut self) -> Result<()> {
        let bytes: u64 = self
            .sources
            .values()
            .map(|source| source.bytes as u64)
            .sum();
        check_memory(bytes, &self.context)?;
        if let Some(counted) = &mut self.counted {
            counted.resize(bytes);
        }
        Ok(())
    }

    /// Reads the projected columns of rows, in their order.
    fn gather(&mut self, rows: &[Found]) -> Result<T> {
        let mut by_source: BTreeMap<u64, Vec<(u32, u32)>> = BTreeMap::new();
        for (place, found) in rows.iter().enumerate() {
            by_source
                .entry(found.source)
                .or_default()
                .push((found.row, place as u32));
        }
        let projection = self.request.projection.union(&T::key_projection());
        let mut all = T::default();
        let mut order = vec![u32::MAX; rows.len()];
        for (source, mut wanted) in by_source {
            wanted.sort_unstable();
            let numbers: Vec<u32> = wanted.iter().map(|(row, _)| *row).collect();
            let Some(slot) = self.sources.get(&source) else {
                continue;
            };
            let part = match &slot.from {
                SourceFrom::Batch(batch) => batch.select_columns(&numbers, &projection),
                SourceFrom::Block(handle) => {
                    let handle = Arc::clone(handle);
                    match self.read(&handle, &numbers) {
                        Ok(part) => part,
                        Err(error) => {
                            self.view.set_aside(&handle, error, &self.context.stats)?;
                            self.release(source, wanted.len());
                            continue;
                        }
                    }
                }
            };
            for (index, (_, place)) in wanted.iter().enumerate() {
                order[*place as usize] = (all.rows() + index) as u32;
            }
            all.append(&part);
            self.release(source, wanted.len());
        }
        order.retain(|row| *row != u32::MAX);
        Ok(all.select(&order))
    }

    fn read(&self, handle: &Arc<BlockHandle>, rows: &[u32]) -> Result<T> {
        self.view.recent.touch(handle);
        let ranges = ranges_of(rows);
        let projection = self.request.projection.union(&T::key_projection());
        T::read_rows(&handle.block, &ranges, &projection, &self.context.stats)
    }
}

impl<T: EvalTable> Iterator for Scan<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let result = self.next_rows().and_then(|rows| {
            if rows.is_empty() {
                Ok(None)
            } else {
                self.gather(&rows).map(Some)
            }
        });
        match result {
            Ok(Some(batch)) => {
                self.ended = self.request.limit.is_some_and(|limit| self.given >= limit);
                Some(Ok(batch))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

/// Ascending rows as ranges.
pub fn ranges_of(rows: &[u32]) -> Vec<Range<u32>> {
    merge_ranges(rows.iter().map(|row| *row..row + 1).collect())
}

/// Smallest and largest; an empty column is beyond everything.
pub fn span_of(times: &[i64]) -> (i64, i64) {
    let min = times.iter().copied().min().unwrap_or(i64::MAX);
    let max = times.iter().copied().max().unwrap_or(i64::MIN);
    (min, max)
}

/// Rows that overlap a range of time, either way round where a clock went back.
pub fn in_range<T: EvalTable>(batch: &T, range: TimeRange) -> Mask {
    if range == TimeRange::ALL {
        return Mask::of(batch.rows(), true);
    }
    let times = batch.times().iter().zip(batch.ends());
    Mask(
        times
            .map(|(start, end)| {
                range.overlaps(Timestamp(*start.min(end)), Timestamp(*start.max(end)))
            })
            .collect(),
    )
}

/// `LimitExceeded` if the query has read more than it may.
pub fn check_read_limit(context: &ReadContext) -> Result<()> {
    let read = context
        .stats
        .bytes_read
        .load(std::sync::atomic::Ordering::Relaxed);
    if context.read_bytes_max > 0 && read > context.read_bytes_max {
        return Err(Error::limit(format!(
            "read more than {} for one query: narrow the time range or the filter",
            tacho_stdx::size::print_bytes(context.read_bytes_max)
        )));
    }
    Ok(())
}

/// `LimitExceeded` if the query holds more than it may.
pub fn check_memory(bytes: u64, context: &ReadContext) -> Result<()> {
    if context.memory_bytes_max > 0 && bytes > context.memory_bytes_max {
        return Err(Error::limit(format!(
            "hold more than {} for one query: narrow the time range or the filter",
            tacho_stdx::size::print_bytes(context.memory_bytes_max)
        )));
    }
    Ok(())
}
