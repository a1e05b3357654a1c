//! Samples of imports: any age, any order, written to blocks of their own. Later ones of the same
//! time replace earlier ones.

use super::content::push_late;
use super::points_of;
use super::series::LateSample;
use hashbrown::HashMap;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleColumns;

/// Samples that imports brought.
#[derive(Debug, Default)]
pub(crate) struct Backfill {
    series: HashMap<Labels, Vec<LateSample>, foldhash::fast::RandomState>,
    samples: u64,
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
        self.samples += 1;
        self.points += points_of(&sample.value);
        self.bytes += size_of::<LateSample>() * 3 / 2 + 8 * (points_of(&sample.value) - 1) as usize;
        list.push(sample);
    }

    /// True without samples.
    pub(crate) fn is_empty(&self) -> bool {
        self.samples == 0
    }

    /// Number of samples.
    pub(crate) fn samples(&self) -> u64 {
        self.samples
    }

    /// Number of samples as PromQL sees them.
    pub(crate) fn points(&self) -> u64 {
        self.points
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.bytes
    }

    /// The series with their samples by time, in no order of series.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Labels, SampleColumns)> {
        self.series
            .iter()
            .map(|(labels, list)| (labels, columns(list.clone())))
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
    pub(crate) fn take(&mut self) -> Vec<(Labels, SampleColumns)> {
        let taken = std::mem::take(self);
        let mut series: Vec<(Labels, SampleColumns)> = taken
            .series
            .into_iter()
            .map(|(labels, list)| (labels, columns(list)))
            .collect();
        series.sort_by(|a, b| a.0.cmp(&b.0));
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
