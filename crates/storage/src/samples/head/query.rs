//! Finding series in memory, under the lock: what is found is copied, compressed as it is.

use super::TenantHead;
use super::freeze::FrozenTenant;
use super::series::Content;
use crate::samples::matcher::LabelMatcher;
use crate::samples::read::Cardinality;
use roaring::RoaringBitmap;
use std::collections::BTreeSet;
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
}

/// A series in memory, parts in order of importance, the last one counts most.
#[derive(Debug)]
pub(crate) struct HeadSeries {
    /// Its labels.
    pub(crate) labels: Labels,
    /// Where its samples are.
    pub(crate) parts: Vec<HeadPart>,
}

/// Whether samples lie in a range.
fn meets(range: Option<(i64, i64)>, start_ms: i64, end_ms: i64) -> bool {
    range.is_some_and(|(first, last)| first <= end_ms && last >= start_ms)
}

impl TenantHead {
    /// Series that match all and may have samples in the range, unsorted, each once for the ordinary
    /// samples and once for those of imports.
    pub(crate) fn select(
        &self,
        matchers: &[LabelMatcher],
        start_ms: i64,
        end_ms: i64,
    ) -> Vec<HeadSeries> {
        let mut found = Vec::new();
        let fits = |labels: &Labels| matchers.iter().all(|it| it.matches_labels(labels));
        for frozen in &self.frozen {
            for (labels, columns) in frozen.backfill.iter().filter(|(labels, _)| fits(labels)) {
                let range = columns
                    .times
                    .first()
                    .copied()
                    .zip(columns.times.last().copied());
                if meets(range, start_ms, end_ms) {
                    found.push(HeadSeries {
                        labels: labels.clone(),
                        parts: vec![HeadPart::Columns(columns.clone())],
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
        for number in &self.index.select(matchers, &self.slots) {
            let parts = self.parts(number, start_ms, end_ms);
            if !parts.is_empty() {
                found.push(HeadSeries {
                    labels: self.slots.get(number).labels.clone(),
                    parts,
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
            parts.push(HeadPart::Active(content.clone()));
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
            frozen.backfill.iter().map(|(labels, columns)| {
                let first = columns.times.first().copied().unwrap_or(i64::MAX);
                let last = columns.times.last().copied().unwrap_or(i64::MIN);
                (labels, (first, last))
            })
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
        found
    }

    /// Earliest and latest sample in memory.
    pub(crate) fn range_ms(&self) -> Option<(i64, i64)> {
        let imported = self.imported_ranges();
        let frozen = self.frozen.iter().flat_map(|frozen| {
            frozen
                .series
                .iter()
                .filter_map(|series| series.content.range())
        });
        self.slots
            .iter()
            .filter_map(|(_, series)| series.content.range())
            .chain(frozen)
            .chain(imported)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    fn imported_ranges(&self) -> impl Iterator<Item = (i64, i64)> {
        let frozen = self.frozen.iter().flat_map(|frozen| {
            frozen
                .backfill
                .iter()
                .filter_map(|(_, columns)| Some((*columns.times.first()?, *columns.times.last()?)))
        });
        frozen.chain(self.backfill.labels().map(|(_, range)| range))
    }

    /// Counts active series that match all; the lists are complete and unsorted.
    pub(crate) fn cardinality(&self, matchers: &[LabelMatcher]) -> Cardinality {
        let set = self.index.select(matchers, &self.slots);
        let whole = matchers.is_empty();
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
                answer.by_pair.push((format!("{name}={value}"), count));
                if name == METRIC_NAME {
                    answer.by_name.push((value.to_owned(), count));
                }
            }
            if distinct > 0 {
                answer.label_pairs += distinct;
                answer.values_by_label.push((name.to_owned(), distinct));
                answer.bytes_by_label.push((name.to_owned(), bytes));
            }
        }
        answer
    }
}
