//! Cutting the head: contents go to disk, series and their state stay.

use super::TenantHead;
use super::metadata::Families;
use super::series::{Content, NONE_YET, Newest, Rare, Series};
use crate::samples::block::SeriesItem;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;

/// A series at the moment of the cut.
#[derive(Debug)]
pub(crate) struct FrozenSeries {
    /// Its number; it keeps it until this is on disk.
    pub(crate) number: u32,
    /// Its labels.
    pub(crate) labels: Labels,
    /// What was in memory of it.
    pub(crate) content: Content,
    /// Its newest sample.
    pub(crate) newest: Newest,
    /// Its other state.
    pub(crate) rare: Option<Rare>,
    /// When it was written to last, seconds.
    pub(crate) active_s: i64,
}

/// What a tenant had in memory at the moment of the cut.
#[derive(Debug, Default)]
pub(crate) struct FrozenTenant {
    /// All series, by number; many without content.
    pub(crate) series: Vec<FrozenSeries>,
    /// Exemplars, by number of series.
    pub(crate) exemplars: Vec<(u32, Vec<Exemplar>)>,
    /// Samples of imports, by labels.
    pub(crate) backfill: Vec<SeriesItem>,
    /// Earliest and latest sample.
    pub(crate) range_ms: Option<(i64, i64)>,
    /// What was known about families.
    pub(crate) families: Families,
    /// Bytes of memory.
    pub(crate) bytes: usize,
    /// Number of samples as PromQL sees them.
    pub(crate) points: u64,
}

impl FrozenTenant {
    /// A series by number.
    pub(crate) fn find(&self, number: u32) -> Option<&FrozenSeries> {
        self.position(number).and_then(|at| self.series.get(at))
    }

    /// Where a series stands.
    pub(crate) fn position(&self, number: u32) -> Option<usize> {
        self.series
            .binary_search_by_key(&number, |series| series.number)
            .ok()
    }

    /// The exemplars of a series.
    pub(crate) fn exemplars_of(&self, number: u32) -> &[Exemplar] {
        self.exemplars
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()
            .and_then(|at| self.exemplars.get(at))
            .map_or(&[], |(_, list)| list)
    }
}

/// The range that holds both.
pub(crate) fn wider(a: Option<(i64, i64)>, b: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

impl TenantHead {
    /// True if nobody wrote to some series since this moment (seconds).
    pub(crate) fn has_idle(&self, before_s: i64) -> bool {
        self.slots
            .iter()
            .any(|(_, series)| series.active_s < before_s && series.newest.time_ms != NONE_YET)
    }

    /// Series that nobody wrote to since this moment (seconds) begin anew when somebody does; they are
    /// dropped after the next cut. The caller logs the moment, so that replay does the same.
    pub(crate) fn forget_idle(&mut self, before_s: i64) {
        for (_, series) in self.slots.iter_mut() {
            if series.active_s < before_s && series.newest.time_ms != NONE_YET {
                series.forget();
            }
        }
    }

    /// Forgets the state of series that are wanted.
    pub(crate) fn forget(&mut self, wanted: &dyn Fn(&Labels) -> bool) {
        for (_, series) in self.slots.iter_mut() {
            if wanted(&series.labels) {
                series.forget();
            }
        }
    }

    /// Cuts: gives everything that is not in blocks, with the state of all series.
    pub(crate) fn freeze(&mut self) -> Arc<FrozenTenant> {
        let mut rare_count = 0;
        let series: Vec<FrozenSeries> = self
            .slots
            .iter_mut()
            .map(|(number, series)| {
                rare_count += usize::from(series.rare.is_some());
                freeze_series(number, series)
            })
            .collect();
        self.rare_count = rare_count;
        let exemplar_bytes = self.exemplars.memory();
        let bytes =
            series.len() * size_of::<FrozenSeries>() + self.content_bytes() + exemplar_bytes;
        let frozen = Arc::new(FrozenTenant {
            series,
            exemplars: self.exemplars.take(),
            points: self.points + self.backfill.points(),
            range_ms: wider(self.range_ms.take(), self.backfill.range_ms()),
            backfill: self.backfill.take(),
            families: self.families.clone(),
            bytes,
        });
        (self.points, self.content_bytes) = (0, 0);
        self.frozen.push(Arc::clone(&frozen));
        frozen
    }

    /// What was cut is on disk: lets go of it.
    pub(crate) fn thaw(&mut self, frozen: &Arc<FrozenTenant>) {
        self.frozen.retain(|other| !Arc::ptr_eq(other, frozen));
    }

    /// Drops series that were forgotten and that nobody has written to since. Gives how many went.
    pub(crate) fn drop_forgotten(&mut self) -> usize {
        if !self.frozen.is_empty() {
            return 0;
        }
        let gone: Vec<u32> = self
            .slots
            .iter()
            .filter(|(_, series)| series.newest.time_ms == NONE_YET && series.content.is_empty())
            .map(|(number, _)| number)
            .collect();
        for number in &gone {
            self.remove(*number);
        }
        if !gone.is_empty() {
            self.index.forget_aliases();
            self.slots.tidy();
        }
        gone.len()
    }
}

fn freeze_series(number: u32, series: &mut Series) -> FrozenSeries {
    FrozenSeries {
        number,
        labels: series.labels.clone(),
        content: std::mem::take(&mut series.content),
        newest: series.newest,
        rare: series.rare.as_deref().cloned(),
        active_s: series.active_s,
    }
}
