//! Merges series of several sources (blocks of one place, a head) in the order of their labels.

use super::block::SeriesItem;
use super::block::write::BlockWriter;
use crate::error::Result;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::iter::Peekable;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

const NS_PER_MS: i64 = 1_000_000;

/// Series sorted by labels, each once.
pub type SeriesSource<'a> = Box<dyn Iterator<Item = Result<SeriesItem>> + 'a>;

/// What of a series is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Removal {
    /// Nothing.
    #[default]
    Nothing,
    /// The whole series.
    Series,
    /// Samples and exemplars in these ranges, milliseconds, both ends inclusive.
    Ranges(Vec<(i64, i64)>),
}

/// Tells what of a series is to go (tombstones).
pub type RemovalOf<'a> = Box<dyn FnMut(&Labels) -> Removal + 'a>;

/// Series of all sources, sorted by labels, each once. Of samples at the same time the one of the
/// later source counts. An error ends it.
pub struct MergedSeries<'a> {
    sources: Vec<SeriesSource<'a>>,
    removal: RemovalOf<'a>,
    /// The next series of each source, and whose it is.
    next: BinaryHeap<Reverse<(Labels, usize)>>,
    /// What the next series of each source holds.
    content: Vec<Option<(SampleColumns, Vec<Exemplar>)>>,
    is_started: bool,
    is_over: bool,
    replaced: u64,
    removed: u64,
}

impl<'a> MergedSeries<'a> {
    /// Merges these; a series of which nothing is left is not given.
    pub fn new(sources: Vec<SeriesSource<'a>>, removal: RemovalOf<'a>) -> Self {
        Self {
            content: sources.iter().map(|_| None).collect(),
            sources,
            removal,
            next: BinaryHeap::new(),
            is_started: false,
            is_over: false,
            replaced: 0,
            removed: 0,
        }
    }

    /// Samples that another of the same time replaced.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Samples that were removed.
    pub fn removed(&self) -> u64 {
        self.removed
    }

    fn advance(&mut self, source: usize) -> Result<()> {
        let Some(items) = self.sources.get_mut(source) else {
            return Ok(());
        };
        if let Some(item) = items.next().transpose()? {
            self.next.push(Reverse((item.labels, source)));
            if let Some(content) = self.content.get_mut(source) {
                *content = Some((item.samples, item.exemplars));
            }
        }
        Ok(())
    }

    fn next_item(&mut self) -> Result<Option<SeriesItem>> {
        if !self.is_started {
            self.is_started = true;
            for source in 0..self.sources.len() {
                self.advance(source)?;
            }
        }
        while let Some(Reverse((labels, source))) = self.next.pop() {
            let mut item = SeriesItem {
                labels,
                ..SeriesItem::default()
            };
            self.take(source, &mut item)?;
            while let Some(Reverse((labels, _))) = self.next.peek()
                && *labels == item.labels
            {
                let source = self.next.pop().map_or(0, |Reverse((_, source))| source);
                self.take(source, &mut item)?;
            }
            let removal = (self.removal)(&item.labels);
            self.removed += remove(&mut item, &removal);
            if !item.samples.is_empty() || !item.exemplars.is_empty() {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Takes what the source holds of the series, and goes on in it.
    fn take(&mut self, source: usize, item: &mut SeriesItem) -> Result<()> {
        let content = self.content.get_mut(source).and_then(Option::take);
        let (samples, exemplars) = content.unwrap_or_default();
        self.replaced += merge_samples(&mut item.samples, samples);
        merge_exemplars(&mut item.exemplars, exemplars);
        self.advance(source)
    }
}

impl Iterator for MergedSeries<'_> {
    type Item = Result<SeriesItem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let item = self.next_item().transpose();
        self.is_over = !matches!(item, Some(Ok(_)));
        item
    }
}

/// Merges samples that came later into others; gives how many of these were replaced.
pub fn merge_samples(samples: &mut SampleColumns, later: SampleColumns) -> u64 {
    let (Some(last), Some(first)) = (samples.times.last(), later.times.first()) else {
        if samples.is_empty() {
            *samples = later;
        }
        return 0;
    };
    if last < first {
        (0..later.len()).for_each(|row| push(samples, &later, row));
        return 0;
    }
    let earlier = std::mem::take(samples);
    let (mut a, mut b) = (0, 0);
    let mut replaced = 0;
    while a < earlier.len() || b < later.len() {
        let times = (earlier.times.get(a), later.times.get(b));
        match times {
            (Some(of_a), Some(of_b)) if of_a == of_b => {
                replaced += 1;
                a += 1;
            }
            (Some(of_a), of_b) if of_b.is_none_or(|of_b| of_a < of_b) => {
                push(samples, &earlier, a);
                a += 1;
            }
            _ => {
                push(samples, &later, b);
                b += 1;
            }
        }
    }
    replaced
}

fn push(out: &mut SampleColumns, from: &SampleColumns, row: usize) {
    let time = from.times.get(row).copied().unwrap_or(0);
    match from.histogram(row) {
        Some(histogram) => out.push_histogram(time, Arc::clone(histogram), from.start(row)),
        None => {
            let value = from.values.get(row).copied().unwrap_or(0.0);
            out.push_float(time, value, from.start(row));
        }
    }
}

/// Merges exemplars by time; the same one counts once.
pub fn merge_exemplars(exemplars: &mut Vec<Exemplar>, later: Vec<Exemplar>) {
    if later.is_empty() {
        return;
    }
    exemplars.extend(later);
    let key = |exemplar: &Exemplar| {
        let labels = exemplar.labels.clone();
        (exemplar.time_ns, labels, exemplar.value.to_bits())
    };
    exemplars.sort_by_cached_key(key);
    exemplars.dedup_by(|a, b| key(a) == key(b));
}

/// Removes what is to go; gives the number of samples.
fn remove(item: &mut SeriesItem, removal: &Removal) -> u64 {
    let ranges = match removal {
        Removal::Nothing => return 0,
        Removal::Series => &[(i64::MIN, i64::MAX)],
        Removal::Ranges(ranges) => ranges.as_slice(),
    };
    let goes = |time: i64| ranges.iter().any(|(from, to)| *from <= time && time <= *to);
    item.exemplars
        .retain(|exemplar| !goes(exemplar.time_ns.div_euclid(NS_PER_MS)));
    let before = item.samples.len();
    if item.samples.times.iter().any(|time| goes(*time)) {
        let all = std::mem::take(&mut item.samples);
        for (row, time) in all.times.iter().enumerate() {
            if !goes(*time) {
                push(&mut item.samples, &all, row);
            }
        }
    }
    (before - item.samples.len()) as u64
}

/// Writes series into a block until there are none left or the writer holds `memory_max` bytes; then
/// the caller finishes it and goes on with another. False if series are left.
pub fn write_series(
    series: &mut Peekable<MergedSeries<'_>>,
    writer: &mut BlockWriter<'_>,
    memory_max: usize,
) -> Result<bool> {
    while let Some(item) = series.next().transpose()? {
        writer.series(&item.labels, &item.samples, &item.exemplars)?;
        if writer.index_memory() >= memory_max {
            break;
        }
    }
    Ok(series.peek().is_none())
}

#[cfg(test)]
mod tests {
    use super::{MergedSeries, Removal, merge_samples};
    use crate::samples::block::SeriesItem;
    use std::sync::Arc;
    use tacho_model::histogram::Histogram;
    use tacho_model::labels::Labels;
    use tacho_model::metric::Exemplar;
    use tacho_model::sample::SampleColumns;

    fn samples(list: &[(i64, f64)]) -> SampleColumns {
        let mut columns = SampleColumns::default();
        for (time, value) in list {
            columns.push_float(*time, *value, 0);
        }
        columns
    }

    fn item(name: &str, list: &[(i64, f64)]) -> SeriesItem {
        SeriesItem {
            labels: Labels::from_pairs([("__name__", name)]),
            samples: samples(list),
            exemplars: vec![Exemplar {
                time_ns: 2_000_000,
                ..Exemplar::default()
            }],
        }
    }

    #[test]
    fn the_later_sample_of_a_time_counts() {
        let mut all = samples(&[(1, 1.0), (3, 3.0), (5, 5.0)]);
        let mut later = samples(&[(2, 20.0)]);
        later.push_histogram(3, Arc::new(Histogram::default()), 1);
        later.push_float(7, 70.0, 1);
        assert_eq!(merge_samples(&mut all, later), 1);
        assert_eq!(all.times, [1, 2, 3, 5, 7]);
        assert_eq!(all.values, [1.0, 20.0, 0.0, 5.0, 70.0]);
        assert_eq!(all.starts, [0, 0, 1, 0, 1]);
        assert!(all.histogram(2).is_some() && all.histogram(3).is_none());
        let again = all.clone();
        assert_eq!(merge_samples(&mut all, again), 5);
        assert_eq!(merge_samples(&mut all, SampleColumns::default()), 0);
        assert_eq!(all.times.len(), 5);
    }

    #[test]
    fn series_are_merged_in_order_and_removed() {
        let sources = [
            vec![item("a", &[(1, 1.0)]), item("c", &[(1, 1.0), (4, 4.0)])],
            vec![item("b", &[(1, 1.0)]), item("c", &[(2, 2.0)])],
            vec![],
            vec![item("a", &[(1, 9.0)]), item("d", &[(1, 1.0)])],
        ];
        let sources = sources.into_iter().map(|list| {
            let source: super::SeriesSource<'_> = Box::new(list.into_iter().map(Ok));
            source
        });
        let removal = |labels: &Labels| match labels.metric_name() {
            "b" => Removal::Series,
            "c" => Removal::Ranges(vec![(2, 3)]),
            _ => Removal::Nothing,
        };
        let mut merged = MergedSeries::new(sources.collect(), Box::new(removal));
        let found: Vec<SeriesItem> = merged.by_ref().map(|item| item.unwrap()).collect();
        let names: Vec<&str> = found.iter().map(|it| it.labels.metric_name()).collect();
        assert_eq!(names, ["a", "c", "d"]);
        assert_eq!(found[0].samples.values, [9.0]);
        assert_eq!(found[0].exemplars.len(), 1);
        assert_eq!(found[1].samples.times, [1, 4]);
        assert_eq!(found[1].exemplars.len(), 0);
        assert_eq!((merged.replaced(), merged.removed()), (1, 2));
    }
}
