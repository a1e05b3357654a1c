//! Finding series in memory, under the lock: what is found is copied, compressed as it is.

use super::TenantHead;
use super::freeze::{FrozenTenant, wider};
use super::series::Content;
use crate::error::{Error, Result};
use crate::samples::block::SeriesItem;
use crate::samples::matcher::LabelMatcher;
use crate::samples::read::Cardinality;
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Arc;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

/// Samples of a series in memory.
#[derive(Debug)]
pub(crate) enum HeadPart {
    /// Samples of imports.
    Columns(SampleColumns),
    /// A place in a cut head.
    Frozen(Arc<FrozenTenant>, usize),
    /// A copy of what still grows.
    Active(Content),
}

impl HeadPart {
    /// Bytes of memory that were copied.
    pub(crate) fn memory(&self) -> usize {
        match self {
            HeadPart::Columns(columns) => columns.len() * 24,
            HeadPart::Frozen(..) => 16,
            HeadPart::Active(content) => size_of::<Content>() + content.memory(),
        }
    }

    /// At most so many samples.
    pub(crate) fn len(&self) -> usize {
        match self {
            HeadPart::Columns(columns) => columns.len(),
            HeadPart::Frozen(frozen, at) => frozen.series[*at].content.len(),
            HeadPart::Active(content) => content.len(),
        }
    }

    /// Puts the samples of a range (both ends inclusive) into `out`, which is cleared first.
    pub(crate) fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) {
        match self {
            HeadPart::Columns(columns) => {
                out.clear();
                let rows = crate::samples::join::rows_in(columns, start_ms, end_ms);
                crate::samples::join::push_rows(out, columns, rows);
            }
            HeadPart::Frozen(frozen, at) => frozen.series[*at].content.read(start_ms, end_ms, out),
            HeadPart::Active(content) => content.read(start_ms, end_ms, out),
        }
    }

    /// Puts the newest sample of a range (both ends inclusive) into `out`, which is cleared first, if
    /// there is one.
    pub(crate) fn read_newest(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) {
        match self {
            HeadPart::Columns(_) => {
                self.read(start_ms, end_ms, out);
                crate::samples::join::keep_newest(out);
            }
            HeadPart::Frozen(frozen, at) => {
                let content = &frozen.series[*at].content;
                content.read_newest(start_ms, end_ms, out);
            }
            HeadPart::Active(content) => content.read_newest(start_ms, end_ms, out),
        }
    }
}

/// A series in memory, parts in order of importance, the last one counts most.
#[derive(Debug)]
pub(crate) struct HeadSeries {
    /// Its labels.
    pub(crate) labels: Labels,
    /// Where its samples are.
    pub(crate) parts: Vec<HeadPart>,
}

/// Earliest and latest sample of a series.
fn times(item: &SeriesItem) -> Option<(i64, i64)> {
    let times = &item.samples.times;
    Some((*times.first()?, *times.last()?))
}

/// Whether samples lie in a range.
fn meets(range: Option<(i64, i64)>, start_ms: i64, end_ms: i64) -> bool {
    range.is_some_and(|(first, last)| first <= end_ms && last >= start_ms)
}

impl TenantHead {
    /// Series that match all and may have samples in the range, unsorted, each once for the ordinary
    /// samples and once for those of imports.
    /// `LimitExceeded` beyond a number of series or bytes (0: no limit).
    pub(crate) fn select(
        &self,
        matchers: &[LabelMatcher],
        (start_ms, end_ms): (i64, i64),
        series_max: usize,
        bytes_max: u64,
    ) -> Result<Vec<HeadSeries>> {
        let mut found = self.select_imported(matchers, start_ms, end_ms);
        let mut bytes = 0;
        for number in &self.index.select(matchers, &self.slots) {
            let parts = self.parts(number, start_ms, end_ms);
            if parts.is_empty() {
                continue;
            }
            bytes += parts.iter().map(HeadPart::memory).sum::<usize>() as u64;
            found.push(HeadSeries {
                labels: self.slots.get(number).labels.clone(),
                parts,
            });
            if found.len() > series_max {
                return Err(Error::limit(format!(
                    "the selector matches more than {series_max} series"
                )));
            }
            if bytes_max > 0 && bytes > bytes_max {
                return Err(Error::limit(format!(
                    "the selector's samples take more memory than the {} that the query may use",
                    tacho_stdx::size::print_bytes(bytes_max)
                )));
            }
        }
        Ok(found)
    }

    fn select_imported(
        &self,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
    ) -> Vec<HeadSeries> {
        let mut found = Vec::new();
        let fits = |labels: &Labels| matchers.iter().all(|it| it.matches_labels(labels));
        for frozen in &self.frozen {
            for item in frozen.backfill.iter().filter(|item| fits(&item.labels)) {
                if meets(times(item), start_ms, end_ms) {
                    found.push(HeadSeries {
                        labels: item.labels.clone(),
                        parts: vec![HeadPart::Columns(item.samples.clone())],
                    });
                }
            }
        }
        for (labels, range) in self.backfill.labels() {
            if fits(labels)
                && meets(Some(range), start_ms, end_ms)
                && let Some(columns) = self.backfill.of(labels)
            {
                found.push(HeadSeries {
                    labels: labels.clone(),
                    parts: vec![HeadPart::Columns(columns)],
                });
            }
        }
        found
    }

    fn parts(&self, number: u32, start_ms: i64, end_ms: i64) -> Vec<HeadPart> {
        let mut parts = Vec::new();
        for frozen in &self.frozen {
            if let Some(at) = frozen.position(number)
                && meets(frozen.series[at].content.range(), start_ms, end_ms)
            {
                parts.push(HeadPart::Frozen(Arc::clone(frozen), at));
            }
        }
        let content = &self.slots.get(number).content;
        if meets(content.range(), start_ms, end_ms) {
            parts.push(HeadPart::Active(content.within(start_ms, end_ms)));
        }
        parts
    }

    /// The series that match and have samples in the range.
    fn present(&self, matchers: &[LabelMatcher], start_ms: i64, end_ms: i64) -> RoaringBitmap {
        let matching = self.index.select(matchers, &self.slots);
        let here = |number: &u32| {
            let frozen = self.frozen.iter().filter_map(|frozen| frozen.find(*number));
            frozen
                .map(|series| &series.content)
                .chain([&self.slots.get(*number).content])
                .any(|content| meets(content.range(), start_ms, end_ms))
        };
        matching.iter().filter(here).collect()
    }

    fn imported(
        &self,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
    ) -> impl Iterator<Item = &Labels> {
        let frozen = self.frozen.iter().flat_map(|frozen| {
            let items = frozen.backfill.iter();
            items.filter_map(|item| Some((&item.labels, times(item)?)))
        });
        frozen
            .chain(self.backfill.labels())
            .filter(move |(labels, range)| {
                meets(Some(*range), start_ms, end_ms)
                    && matchers.iter().all(|it| it.matches_labels(labels))
            })
            .map(|(labels, _)| labels)
    }

    /// Adds the label sets of series that match and have samples in the range.
    pub(crate) fn label_sets(
        &self,
        matchers: &[LabelMatcher],
        range_ms: (i64, i64),
        out: &mut BTreeSet<Labels>,
    ) {
        let present = self.present(matchers, range_ms.0, range_ms.1);
        out.extend(
            present
                .iter()
                .map(|number| self.slots.get(number).labels.clone()),
        );
        out.extend(self.imported(matchers, range_ms.0, range_ms.1).cloned());
    }

    /// Adds the names of labels of such series.
    pub(crate) fn label_names(
        &self,
        matchers: &[LabelMatcher],
        range_ms: (i64, i64),
        out: &mut BTreeSet<String>,
    ) {
        let present = self.present(matchers, range_ms.0, range_ms.1);
        for (name, values) in self.index.names() {
            if !out.contains(name) && values.iter().any(|(_, postings)| postings.meets(&present)) {
                out.insert(name.to_owned());
            }
        }
        for labels in self.imported(matchers, range_ms.0, range_ms.1) {
            out.extend(labels.iter().map(|(name, _)| name.to_owned()));
        }
    }

    /// Adds the values of a label of such series.
    pub(crate) fn label_values(
        &self,
        name: &str,
        matchers: &[LabelMatcher],
        range_ms: (i64, i64),
        out: &mut BTreeSet<String>,
    ) {
        let present = self.present(matchers, range_ms.0, range_ms.1);
        if let Some(values) = self.index.values(name) {
            values.of(&present, out);
        }
        let imported = self.imported(matchers, range_ms.0, range_ms.1);
        out.extend(imported.filter_map(|labels| labels.get(name).map(str::to_owned)));
    }

    /// Exemplars that are not in blocks, of series that match.
    pub(crate) fn exemplars(&self, matchers: &[LabelMatcher]) -> Vec<(Labels, Vec<Exemplar>)> {
        let mut found = Vec::new();
        for number in &self.index.select(matchers, &self.slots) {
            let mut list: Vec<Exemplar> = Vec::new();
            for frozen in &self.frozen {
                list.extend_from_slice(frozen.exemplars_of(number));
            }
            list.extend_from_slice(self.exemplars.of(number));
            if !list.is_empty() {
                found.push((self.slots.get(number).labels.clone(), list));
            }
        }
        let frozen = self.frozen.iter().flat_map(|frozen| &frozen.backfill);
        let imported = frozen
            .map(|item| (&item.labels, item.exemplars.as_slice()))
            .chain(self.backfill.exemplars());
        for (labels, list) in imported {
            if !list.is_empty() && matchers.iter().all(|it| it.matches_labels(labels)) {
                found.push((labels.clone(), list.to_vec()));
            }
        }
        found
    }

    /// Earliest and latest sample in memory.
    pub(crate) fn range_ms(&self) -> Option<(i64, i64)> {
        let frozen = self.frozen.iter().map(|frozen| frozen.range_ms);
        [self.range_ms, self.backfill.range_ms()]
            .into_iter()
            .chain(frozen)
            .fold(None, wider)
    }

    /// Counts active series that match all, at most `limit` entries a list.
    pub(crate) fn cardinality(&self, matchers: &[LabelMatcher], limit: usize) -> Cardinality {
        let set = self.index.select(matchers, &self.slots);
        let whole = matchers.is_empty();
        let mut pairs = Top::new(limit);
        let mut names = Top::new(limit);
        let (mut values_of, mut bytes_of) = (Top::new(limit), Top::new(limit));
        let mut answer = Cardinality {
            active_series: set.len(),
            created_series: self.created(),
            head_range_ms: self.range_ms(),
            head_chunks: self.slots.iter().map(|(_, it)| it.content.chunks()).sum(),
            ..Cardinality::default()
        };
        for (name, values) in self.index.names() {
            let (mut distinct, mut bytes) = (0, 0);
            for (value, postings) in values.iter() {
                let count = if whole {
                    postings.len()
                } else {
                    postings.count_in(&set)
                };
                if count == 0 {
                    continue;
                }
                distinct += 1;
                bytes += value.len() as u64;
                pairs.add(count, (name, value));
                if name == METRIC_NAME {
                    names.add(count, value);
                }
            }
            if distinct > 0 {
                answer.label_pairs += distinct;
                values_of.add(distinct, name);
                bytes_of.add(bytes, name);
            }
        }
        answer.by_pair = pairs.list(|(name, value)| format!("{name}={value}"));
        answer.by_name = names.list(str::to_owned);
        answer.values_by_label = values_of.list(str::to_owned);
        answer.bytes_by_label = bytes_of.list(str::to_owned);
        answer
    }
}

/// The largest of many counts, of equal ones the first by name.
struct Top<T> {
    limit: usize,
    heap: BinaryHeap<Reverse<(u64, Reverse<T>)>>,
}

impl<T: Ord> Top<T> {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            heap: BinaryHeap::new(),
        }
    }

    fn add(&mut self, count: u64, what: T) {
        let entry = Reverse((count, Reverse(what)));
        if self.heap.len() < self.limit {
            self.heap.push(entry);
        } else if self.heap.peek().is_some_and(|least| entry < *least) {
            self.heap.pop();
            self.heap.push(entry);
        }
    }

    fn list(self, name: impl Fn(T) -> String) -> Vec<(String, u64)> {
        let sorted = self.heap.into_sorted_vec();
        sorted
            .into_iter()
            .map(|Reverse((count, Reverse(what)))| (name(what), count))
            .collect()
    }
}
