//! Series of samples over plain maps: every question is answered by looking at every series.

use parking_lot::RwLock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::metric::{Exemplar, Metadata};
use tacho_model::sample::{SampleColumns, SampleValue};
use tacho_storage::error::{Error, Result};
use tacho_storage::read::ReadContext;
use tacho_storage::samples::hint::set_hints;
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::{
    Cardinality, CardinalityRequest, NamesRequest, SelectRequest, SelectedSeries, SeriesData,
    SeriesView,
};

/// A sample.
#[derive(Debug, Clone, PartialEq)]
pub struct OracleSample {
    /// Its value.
    pub value: SampleValue,
    /// Its start, milliseconds; 0 if unknown.
    pub start_ms: i64,
}

#[derive(Debug, Default)]
struct Kept {
    samples: BTreeMap<Labels, BTreeMap<i64, OracleSample>>,
    exemplars: BTreeMap<Labels, Vec<Exemplar>>,
    metadata: BTreeSet<(String, Metadata)>,
}

/// A tenant's series in memory. Cheap to clone; clones share the data.
#[derive(Debug, Clone, Default)]
pub struct OracleSeries {
    kept: Arc<RwLock<Kept>>,
}

impl OracleSeries {
    /// Adds a sample; it replaces one of the same time.
    pub fn add(&self, labels: &Labels, time_ms: i64, sample: OracleSample) {
        let mut kept = self.kept.write();
        let series = kept.samples.entry(labels.clone()).or_default();
        series.insert(time_ms, sample);
    }

    /// Adds a float without a start.
    pub fn add_float(&self, labels: &Labels, time_ms: i64, value: f64) {
        let value = SampleValue::Float(value);
        self.add(labels, time_ms, OracleSample { value, start_ms: 0 });
    }

    /// The sample of a series at a time.
    pub fn get(&self, labels: &Labels, time_ms: i64) -> Option<OracleSample> {
        let kept = self.kept.read();
        kept.samples.get(labels)?.get(&time_ms).cloned()
    }

    /// The time of the newest sample of a series.
    pub fn newest(&self, labels: &Labels) -> Option<i64> {
        let kept = self.kept.read();
        kept.samples.get(labels)?.keys().next_back().copied()
    }

    /// Number of samples.
    pub fn count(&self) -> usize {
        self.kept.read().samples.values().map(BTreeMap::len).sum()
    }

    /// Adds an exemplar of a series.
    pub fn add_exemplar(&self, labels: &Labels, exemplar: Exemplar) {
        let mut kept = self.kept.write();
        kept.exemplars
            .entry(labels.clone())
            .or_default()
            .push(exemplar);
    }

    /// Adds what is known about a family.
    pub fn add_metadata(&self, family: &str, record: Metadata) {
        self.kept
            .write()
            .metadata
            .insert((family.to_owned(), record));
    }

    /// Deletes samples of series that match all of one of the lists, in a range of milliseconds, both
    /// ends inclusive.
    pub fn delete(&self, selectors: &[Vec<LabelMatcher>], range_ms: (i64, i64)) {
        let mut kept = self.kept.write();
        for (labels, samples) in &mut kept.samples {
            if any(selectors, labels) {
                samples.retain(|time, _| !(range_ms.0..=range_ms.1).contains(time));
            }
        }
        kept.samples.retain(|_, samples| !samples.is_empty());
    }

    /// Series that match one of the lists (none: all) and have samples in the range.
    fn matching(&self, request: &NamesRequest) -> Vec<Labels> {
        let kept = self.kept.read();
        kept.samples
            .iter()
            .filter(|(labels, samples)| {
                let in_range = request.start_ms <= request.end_ms
                    && samples
                        .range(request.start_ms..=request.end_ms)
                        .next()
                        .is_some();
                in_range && (request.selectors.is_empty() || any(&request.selectors, labels))
            })
            .map(|(labels, _)| labels.clone())
            .collect()
    }
}

fn all(matchers: &[LabelMatcher], labels: &Labels) -> bool {
    matchers.iter().all(|it| it.matches_labels(labels))
}

fn any(selectors: &[Vec<LabelMatcher>], labels: &Labels) -> bool {
    selectors.iter().any(|matchers| all(matchers, labels))
}

fn limited<T>(list: impl IntoIterator<Item = T>, limit: usize) -> Vec<T> {
    let most = if limit == 0 { usize::MAX } else { limit };
    list.into_iter().take(most).collect()
}

/// Samples of one series.
struct Columns(SampleColumns);

impl SeriesData for Columns {
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        for row in 0..self.0.len() {
            let time = self.0.times[row];
            if time < start_ms || time > end_ms {
                continue;
            }
            match self.0.histogram(row) {
                Some(histogram) => {
                    out.push_histogram(time, Arc::clone(histogram), self.0.start(row));
                }
                None => out.push_float(time, self.0.values[row], self.0.start(row)),
            }
        }
        set_hints(out);
        Ok(())
    }

    fn samples_max(&self) -> u64 {
        self.0.len() as u64
    }
}

fn columns(samples: &BTreeMap<i64, OracleSample>) -> SampleColumns {
    let mut columns = SampleColumns::default();
    for (time, sample) in samples {
        match &sample.value {
            SampleValue::Float(value) => columns.push_float(*time, *value, sample.start_ms),
            SampleValue::Histogram(histogram) => {
                columns.push_histogram(*time, Arc::clone(histogram), sample.start_ms);
            }
        }
    }
    columns
}

impl SeriesView for OracleSeries {
    fn select(
        &self,
        request: &SelectRequest,
        _context: &ReadContext,
    ) -> Result<Vec<SelectedSeries>> {
        let names = NamesRequest {
            selectors: vec![request.matchers.clone()],
            start_ms: request.start_ms,
            end_ms: request.end_ms,
            limit: 0,
        };
        let found = self.matching(&names);
        if request.series_max > 0 && found.len() > request.series_max {
            return Err(Error::limit(format!(
                "the selector matches more than {} series",
                request.series_max
            )));
        }
        let kept = self.kept.read();
        let selected = found.into_iter().filter_map(|labels| {
            let data = columns(kept.samples.get(&labels)?);
            Some(SelectedSeries {
                labels,
                data: Arc::new(Columns(data)),
            })
        });
        Ok(selected.collect())
    }

    fn label_sets(&self, request: &NamesRequest, _context: &ReadContext) -> Result<Vec<Labels>> {
        Ok(limited(self.matching(request), request.limit))
    }

    fn label_names(&self, request: &NamesRequest, _context: &ReadContext) -> Result<Vec<String>> {
        let sets = self.matching(request);
        let names: BTreeSet<String> = sets
            .iter()
            .flat_map(|labels| labels.iter().map(|(name, _)| name.to_owned()))
            .collect();
        Ok(limited(names, request.limit))
    }

    fn label_values(
        &self,
        name: &str,
        request: &NamesRequest,
        _context: &ReadContext,
    ) -> Result<Vec<String>> {
        let sets = self.matching(request);
        let values: BTreeSet<String> = sets
            .iter()
            .filter_map(|labels| labels.get(name).map(str::to_owned))
            .collect();
        Ok(limited(values, request.limit))
    }

    fn exemplars(
        &self,
        request: &NamesRequest,
        _context: &ReadContext,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        let kept = self.kept.read();
        let wanted = kept.exemplars.iter().filter_map(|(labels, list)| {
            if !request.selectors.is_empty() && !any(&request.selectors, labels) {
                return None;
            }
            let mut list: Vec<Exemplar> = list
                .iter()
                .filter(|it| {
                    let time = it.time_ns.div_euclid(1_000_000);
                    (request.start_ms..=request.end_ms).contains(&time)
                })
                .cloned()
                .collect();
            list.sort_by_key(|exemplar| exemplar.time_ns);
            list.dedup();
            (!list.is_empty()).then(|| (labels.clone(), list))
        });
        Ok(limited(wanted, request.limit))
    }

    fn metadata(&self, _context: &ReadContext) -> Result<Vec<(String, Metadata)>> {
        Ok(self.kept.read().metadata.iter().cloned().collect())
    }

    fn family_of_alias(&self, alias: &str) -> Option<String> {
        let plain = |name: &str| -> String {
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
            name.chars()
                .map(|c| if fits(c) { c } else { '_' })
                .collect()
        };
        let kept = self.kept.read();
        kept.metadata
            .iter()
            .find(|(_, record)| !record.otlp_name.is_empty() && plain(&record.otlp_name) == alias)
            .map(|(family, _)| family.clone())
    }

    fn cardinality(
        &self,
        request: &CardinalityRequest,
        _context: &ReadContext,
    ) -> Result<Cardinality> {
        let kept = self.kept.read();
        let mut pairs: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let mut series = 0;
        for labels in kept.samples.keys().filter(|it| all(&request.matchers, it)) {
            series += 1;
            for pair in labels.iter() {
                *pairs.entry(pair).or_default() += 1;
            }
        }
        let mut values: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (name, value) in pairs.keys() {
            let entry = values.entry(*name).or_default();
            *entry = (entry.0 + 1, entry.1 + value.len() as u64);
        }
        let top = |list: Vec<(String, u64)>| {
            let mut list = list;
            list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            list.truncate(request.limit);
            list
        };
        let by = |which: &dyn Fn(&(u64, u64)) -> u64| {
            top(values
                .iter()
                .map(|(name, counts)| ((*name).to_owned(), which(counts)))
                .collect())
        };
        Ok(Cardinality {
            active_series: series,
            total_series: series,
            label_pairs: pairs.len() as u64,
            by_name: top(pairs
                .iter()
                .filter(|((name, _), _)| *name == METRIC_NAME)
                .map(|((_, value), count)| ((*value).to_owned(), *count))
                .collect()),
            values_by_label: by(&|counts| counts.0),
            bytes_by_label: by(&|counts| counts.1),
            by_pair: top(pairs
                .iter()
                .map(|((name, value), count)| (format!("{name}={value}"), *count))
                .collect()),
            ..Cardinality::default()
        })
    }
}
