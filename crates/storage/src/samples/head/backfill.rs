//! Samples of imports: any age, any order, written to blocks of their own. Later ones of the same
//! time replace earlier ones.

use super::content::push_late;
use super::points_of;
use super::series::LateSample;
use crate::samples::block::SeriesItem;
use hashbrown::HashMap;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

/// Exemplars of imports of one tenant between two flushes.
const EXEMPLARS_MAX: usize = 100_000;

/// Samples that imports brought.
#[derive(Debug, Default)]
pub(crate) struct Backfill {
    series: HashMap<Labels, Vec<LateSample>, foldhash::fast::RandomState>,
    exemplars: HashMap<Labels, Vec<Exemplar>, foldhash::fast::RandomState>,
    exemplar_count: usize,
    range: Option<(i64, i64)>,
    points: u64,
    bytes: usize,
}

impl Backfill {
    /// Adds a sample.
    pub(crate) fn add(&mut self, labels: &Labels, sample: LateSample) {
        let list = match self.series.get_mut(labels) {
            Some(list) => list,
            None => {
                self.bytes += labels.memory() + 64;
                self.series.entry(labels.clone()).or_default()
            }
        };
        self.points += points_of(&sample.value);
        self.bytes += size_of::<LateSample>() * 3 / 2 + 8 * (points_of(&sample.value) - 1) as usize;
        let time = sample.time_ms;
        self.range = Some(
            self.range
                .map_or((time, time), |range| (range.0.min(time), range.1.max(time))),
        );
        list.push(sample);
    }

    /// Adds an exemplar of a series, unless there are too many.
    pub(crate) fn add_exemplar(&mut self, labels: &Labels, exemplar: &Exemplar) {
        if self.exemplar_count < EXEMPLARS_MAX {
            self.exemplar_count += 1;
            self.bytes += size_of::<Exemplar>() + exemplar.labels.memory();
            let list = self.exemplars.entry(labels.clone()).or_default();
            list.push(exemplar.clone());
        }
    }

    /// Exemplars by series, in no order.
    pub(crate) fn exemplars(&self) -> impl Iterator<Item = (&Labels, &[Exemplar])> {
        self.exemplars
            .iter()
            .map(|(labels, list)| (labels, list.as_slice()))
    }

    /// Earliest and latest sample.
    pub(crate) fn range_ms(&self) -> Option<(i64, i64)> {
        self.range
    }

    /// Number of samples as PromQL sees them.
    pub(crate) fn points(&self) -> u64 {
        self.points
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.bytes
    }

    /// The labels, in no order.
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&Labels, (i64, i64))> {
        self.series.iter().map(|(labels, list)| {
            let times = || list.iter().map(|sample| sample.time_ms);
            let range = (times().min().unwrap_or(0), times().max().unwrap_or(0));
            (labels, range)
        })
    }

    /// The samples of one series by time.
    pub(crate) fn of(&self, labels: &Labels) -> Option<SampleColumns> {
        self.series.get(labels).map(|list| columns(list.clone()))
    }

    /// Takes everything out, sorted by labels.
    pub(crate) fn take(&mut self) -> Vec<SeriesItem> {
        let mut taken = std::mem::take(self);
        let mut series: Vec<SeriesItem> = taken
            .series
            .into_iter()
            .map(|(labels, list)| {
                let mut exemplars = taken.exemplars.remove(&labels).unwrap_or_default();
                exemplars.sort_by_key(|exemplar| exemplar.time_ns);
                SeriesItem {
                    labels,
                    samples: columns(list),
                    exemplars,
                }
            })
            .collect();
        series.sort_by(|a, b| a.labels.cmp(&b.labels));
        series
    }
}

/// Samples by time; of equal times the last one that came.
fn columns(mut list: Vec<LateSample>) -> SampleColumns {
    list.sort_by_key(|sample| sample.time_ms);
    let mut out = SampleColumns::default();
    for (index, sample) in list.iter().enumerate() {
        let next = list.get(index + 1);
        if next.is_none_or(|next| next.time_ms != sample.time_ms) {
            push_late(&mut out, sample);
        }
    }
    out
}
