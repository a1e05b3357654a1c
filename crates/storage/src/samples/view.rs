//! A tenant's series as queries see them: cut and growing heads and blocks of one moment, united by
//! labels. Data of a series is in `view/series.rs`.

pub(crate) mod names;
pub(crate) mod series;

use super::join::sort_key;
use super::store::SampleStore;
use super::store::catalog::{SampleCatalog, SampleHandle};
use super::store::tombstone::{SampleTombstone, removed_ranges};
use crate::engine::budget::Part;
use crate::error::{Error, ErrorKind, Result};
use crate::read::{ReadContext, ReadStats};
use crate::samples::block::read::{BlockSeries, SampleBlock};
use crate::samples::head::TenantHead;
use crate::samples::matcher::LabelMatcher;
use crate::samples::read::{
    Cardinality, CardinalityRequest, NamesRequest, SelectRequest, SelectedSeries, SeriesView,
};
use series::{BlockPart, JoinedSeries};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};

/// Bytes of a selected series beside its samples.
const SERIES_BYTES: u64 = 256;
/// Indexes that a query may load before others are let go of.
const TRIM_EVERY: usize = 64;

/// Ranges of milliseconds, both ends inclusive.
type Ranges = Vec<(i64, i64)>;

/// A tenant's series.
pub(crate) struct TenantSeries {
    store: Arc<SampleStore>,
    tenant: TenantId,
}

/// A block of the tenant with the deletions that concern it.
pub(crate) struct Found {
    handle: Arc<SampleHandle>,
    tombstones: Vec<Arc<SampleTombstone>>,
}

impl TenantSeries {
    /// The series of a tenant.
    pub(crate) fn new(store: &Arc<SampleStore>, tenant: &TenantId) -> Self {
        Self {
            store: Arc::clone(store),
            tenant: tenant.clone(),
        }
    }

    /// Looks at the head, and gives what is on disk at the same moment. `None` if there is no head.
    fn look<R>(&self, look: impl FnOnce(&TenantHead) -> R) -> (Option<R>, Arc<SampleCatalog>) {
        let inner = self.store.inner.read();
        let found = inner
            .tenants
            .get(&self.tenant)
            .map(|tenant| look(&tenant.lock().head));
        (found, Arc::clone(&inner.catalog))
    }

    /// The blocks that may hold samples of a range, in their order.
    fn blocks(
        &self,
        catalog: &SampleCatalog,
        range_ms: (i64, i64),
        stats: &ReadStats,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        for handle in catalog.of_tenant(&self.tenant) {
            let (first, last) = handle.entry.time_ms;
            if first > range_ms.1 || last < range_ms.0 {
                ReadStats::add(&stats.blocks_skipped, 1);
                continue;
            }
            let tombstones = catalog
                .tombstones
                .iter()
                .filter(|tombstone| tombstone.concerns(&self.tenant, handle.entry.id))
                .cloned()
                .collect();
            found.push(Found {
                handle: Arc::clone(handle),
                tombstones,
            });
        }
        found
    }

    /// Asks every block, the broken ones excepted.
    fn ask<R>(
        &self,
        blocks: &[Found],
        context: &ReadContext,
        mut ask: impl FnMut(&Found, &Arc<SampleBlock>) -> Result<R>,
    ) -> Result<Vec<R>> {
        let mut answers = Vec::with_capacity(blocks.len());
        for (at, found) in blocks.iter().enumerate() {
            if context.cancel.is_cancelled() {
                return Err(Error::unavailable("read series: the query was stopped"));
            }
            self.store.touch(std::slice::from_ref(&found.handle));
            match found.handle.block().and_then(|block| ask(found, &block)) {
                Ok(answer) => {
                    ReadStats::add(&context.stats.blocks_read, 1);
                    answers.push(answer);
                }
                Err(error) => set_aside(&self.store, &found.handle, error, &context.stats)?,
            }
            if at % TRIM_EVERY == TRIM_EVERY - 1 {
                self.store.trim_to_budget();
            }
        }
        Ok(answers)
    }

    /// Series of a block that match and have samples left in a range.
    fn select_in(
        found: &Found,
        block: &Arc<SampleBlock>,
        matchers: &[LabelMatcher],
        range_ms: (i64, i64),
        stats: &ReadStats,
    ) -> Result<Vec<(BlockSeries, Ranges)>> {
        let series = block.select(matchers, range_ms.0, range_ms.1, stats)?;
        let left = |series: BlockSeries| {
            let tombstones = found.tombstones.iter().map(Arc::as_ref);
            let removed = removed_ranges(tombstones, &series.labels);
            let first = series.time_min.max(range_ms.0);
            let last = series.time_max.min(range_ms.1);
            let gone = removed.iter().any(|it| it.0 <= first && last <= it.1);
            (!gone).then_some((series, removed))
        };
        Ok(series.into_iter().filter_map(left).collect())
    }
}

/// What to do with an error of a block: a broken one is told to maintenance and left out of the
/// answer, which then counts it as failed; everything else ends the query.
pub(crate) fn set_aside(
    store: &SampleStore,
    handle: &SampleHandle,
    error: Error,
    stats: &ReadStats,
) -> Result<()> {
    if !matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) {
        return Err(error);
    }
    tracing::error!(block = %handle.id(), %error, "a block cannot be read and is left out of the answer");
    ReadStats::add(&stats.blocks_failed, 1);
    store.blame(handle, error);
    Ok(())
}

fn too_many(most: usize) -> Error {
    Error::limit(format!("the selector matches more than {most} series"))
}

impl SeriesView for TenantSeries {
    fn select(
        &self,
        request: &SelectRequest,
        context: &ReadContext,
    ) -> Result<Vec<SelectedSeries>> {
        let range_ms = (request.start_ms, request.end_ms);
        let most = match request.series_max {
            0 => usize::MAX,
            most => most,
        };
        let (head, catalog) = self
            .look(|head| head.select(&request.matchers, range_ms, most, context.memory_bytes_max));
        let head = head.transpose()?.unwrap_or_default();
        let blocks = self.blocks(&catalog, range_ms, &context.stats);
        let mut parts: Vec<(Labels, JoinedSeries)> = Vec::new();
        let answers = self.ask(&blocks, context, |found, block| {
            let list = Self::select_in(found, block, &request.matchers, range_ms, &context.stats)?;
            Ok((Arc::clone(&found.handle), list))
        })?;
        for (handle, list) in answers {
            for (series, removed) in list {
                let labels = series.labels.clone();
                let part = BlockPart {
                    handle: Arc::clone(&handle),
                    series,
                    removed,
                };
                parts.push((labels, JoinedSeries::of_block(part)));
            }
        }
        for series in head {
            parts.push((series.labels, JoinedSeries::of_head(series.parts)));
        }
        self.unite(parts, most, context)
    }

    fn label_sets(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<Labels>> {
        names::label_sets(self, request, context)
    }

    fn label_names(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<String>> {
        names::label_names(self, request, context)
    }

    fn label_values(
        &self,
        name: &str,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<String>> {
        names::label_values(self, name, request, context)
    }

    fn exemplars(
        &self,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        names::exemplars(self, request, context)
    }

    fn metadata(&self, _context: &ReadContext) -> Result<Vec<(String, Metadata)>> {
        let (found, _) = self.look(|head| {
            head.families()
                .iter()
                .map(|(family, record)| (family.to_owned(), record.clone()))
                .collect()
        });
        Ok(found.unwrap_or_default())
    }

    fn family_of_alias(&self, alias: &str) -> Option<String> {
        let found = self.look(|head| head.families().by_alias(alias).map(str::to_owned));
        found.0.flatten()
    }

    fn cardinality(
        &self,
        request: &CardinalityRequest,
        context: &ReadContext,
    ) -> Result<Cardinality> {
        let (found, catalog) = self.look(|head| head.cardinality(&request.matchers, request.limit));
        let mut answer = found.unwrap_or_default();
        answer.total_series = self.total_series(&catalog, request, &answer, context)?;
        Ok(answer)
    }
}

impl TenantSeries {
    /// Puts parts of the same series together. Parts come in order of importance.
    fn unite(
        &self,
        mut parts: Vec<(Labels, JoinedSeries)>,
        most: usize,
        context: &ReadContext,
    ) -> Result<Vec<SelectedSeries>> {
        // The order of equal labels stays. What comes from one block is in order already.
        if !parts.is_sorted_by(|a, b| a.0 <= b.0) {
            parts.sort_by_cached_key(|(labels, _)| sort_key(labels));
        }
        let mut united: Vec<(Labels, JoinedSeries)> = Vec::with_capacity(parts.len());
        let mut bytes = 0;
        for (labels, part) in parts {
            bytes += part.memory() as u64;
            match united.last_mut() {
                Some((last, sum)) if *last == labels => sum.add(part),
                _ => united.push((labels, part)),
            }
        }
        if united.len() > most {
            return Err(too_many(most));
        }
        bytes += united.len() as u64 * SERIES_BYTES;
        if context.memory_bytes_max > 0 && bytes > context.memory_bytes_max {
            return Err(Error::limit(format!(
                "the selector's samples take {} of memory, the query may use {}",
                tacho_stdx::size::print_bytes(bytes),
                tacho_stdx::size::print_bytes(context.memory_bytes_max)
            )));
        }
        ReadStats::add(&context.stats.rows_matched, united.len() as u64);
        let reserved = Arc::new(self.store.budget.try_reserve(Part::Queries, bytes)?);
        let finish = |(labels, joined): (Labels, JoinedSeries)| SelectedSeries {
            labels,
            data: joined.finish(&self.store, &reserved, &context.stats),
        };
        Ok(united.into_iter().map(finish).collect())
    }

    /// Series of all time: exactly where that is cheap, else the largest number of each partition added
    /// up.
    fn total_series(
        &self,
        catalog: &SampleCatalog,
        request: &CardinalityRequest,
        active: &Cardinality,
        context: &ReadContext,
    ) -> Result<u64> {
        const EXACT_MAX: u64 = 200_000;
        let own = || catalog.of_tenant(&self.tenant);
        let stored: u64 = own().map(|handle| handle.entry.series).sum();
        if stored + active.active_series <= EXACT_MAX || !request.matchers.is_empty() {
            let all = NamesRequest {
                selectors: vec![request.matchers.clone()],
                start_ms: i64::MIN,
                end_ms: i64::MAX,
                limit: 0,
            };
            let sets = names::label_sets(self, &all, context)?;
            return Ok((sets.len() as u64).max(active.active_series));
        }
        let mut by_partition = std::collections::BTreeMap::new();
        for handle in own() {
            let most: &mut u64 = by_partition
                .entry(handle.entry.partition.as_str())
                .or_default();
            *most = (*most).max(handle.entry.series);
        }
        Ok(by_partition.values().sum::<u64>().max(active.active_series))
    }
}

impl SampleStore {
    /// Lets go of indexes beyond what caches may take.
    pub(crate) fn trim_to_budget(&self) -> u64 {
        let limit = self.budget.limit();
        let most = match limit {
            0 => 512 << 20,
            _ if self.budget.is_tight() => 0,
            limit => limit / 8,
        };
        let left = self.trim(most);
        self.index_bytes.store(left, Ordering::Relaxed);
        left
    }
}
