//! Series in memory: the store that scripts and unit tests of rules run over. Samples of a series come
//! in order of time, as in Prometheus without an out-of-order window.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::metric::{Exemplar, Metadata};
use tacho_model::number_text::shortest;
use tacho_model::sample::{SampleColumns, SampleValue};
use tacho_storage::error::{Error, Result};
use tacho_storage::read::ReadContext;
use tacho_storage::samples::hint::stored_hint;
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::{
    Cardinality, CardinalityRequest, NamesRequest, SelectRequest, SelectedSeries, SeriesData,
    SeriesView,
};

/// Series with their samples.
#[derive(Debug, Clone, Default)]
pub struct MemorySeries {
    series: BTreeMap<Labels, Arc<Stored>>,
}

/// The samples of a series.
#[derive(Debug, Clone, Default)]
struct Stored {
    columns: SampleColumns,
    /// The last sample if it is a histogram, as it was given.
    last: Option<Arc<Histogram>>,
}

impl MemorySeries {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.series.clear();
    }

    /// Adds a sample; its start timestamp is 0 if unknown. The same sample again is taken. The error is a
    /// fragment for people: the sample lies before another one, or the histogram is none.
    pub fn append(
        &mut self,
        labels: &Labels,
        time_ms: i64,
        value: SampleValue,
        start_ms: i64,
    ) -> std::result::Result<(), String> {
        if let SampleValue::Histogram(histogram) = &value {
            histogram
                .validate()
                .map_err(|reason| format!("series {labels}: {reason}"))?;
        }
        let stored = Arc::make_mut(self.series.entry(labels.clone()).or_default());
        let last = stored.columns.times.last().copied();
        if last == Some(time_ms) {
            return stored.check_same(labels, &value);
        }
        if last.is_some_and(|last| last > time_ms) {
            return Err(format!(
                "series {labels}: out of order sample at {time_ms} ms"
            ));
        }
        match value {
            SampleValue::Float(value) => {
                stored.last = None;
                stored.columns.push_float(time_ms, value, start_ms);
            }
            SampleValue::Histogram(histogram) => {
                let hint = stored_hint(stored.last.as_deref(), &histogram);
                let with_hint = Arc::new(Histogram {
                    counter_reset_hint: hint,
                    ..Histogram::clone(&histogram)
                });
                stored.columns.push_histogram(time_ms, with_hint, start_ms);
                stored.last = Some(histogram);
            }
        }
        Ok(())
    }

    fn matching<'a>(
        &'a self,
        matchers: &'a [LabelMatcher],
    ) -> impl Iterator<Item = (&'a Labels, &'a Arc<Stored>)> {
        self.series.iter().filter(move |(labels, _)| {
            matchers
                .iter()
                .all(|matcher| matcher.matches_labels(labels))
        })
    }

    /// Label sets of series with samples that match any selector.
    fn sets<'a>(&'a self, request: &'a NamesRequest) -> impl Iterator<Item = &'a Labels> {
        self.series
            .iter()
            .filter(|(_, stored)| {
                let range = stored.rows(request.start_ms, request.end_ms);
                !range.is_empty()
            })
            .map(|(labels, _)| labels)
            .filter(|labels| {
                let fits = |selector: &Vec<LabelMatcher>| {
                    selector
                        .iter()
                        .all(|matcher| matcher.matches_labels(labels))
                };
                request.selectors.is_empty() || request.selectors.iter().any(fits)
            })
    }
}

impl Stored {
    fn rows(&self, start_ms: i64, end_ms: i64) -> std::ops::Range<usize> {
        let times = &self.columns.times;
        let from = times.partition_point(|time| *time < start_ms);
        let to = times.partition_point(|time| *time <= end_ms);
        from..to.max(from)
    }

    /// The last sample may only come again as it is.
    fn check_same(&self, labels: &Labels, value: &SampleValue) -> std::result::Result<(), String> {
        let last = self.columns.len().saturating_sub(1);
        let same = match (self.columns.histogram(last), value) {
            (Some(own), SampleValue::Histogram(other)) => own.is_identical(other),
            (None, SampleValue::Float(other)) => {
                self.columns.values[last].to_bits() == other.to_bits()
            }
            _ => false,
        };
        if same {
            return Ok(());
        }
        let text = match value {
            SampleValue::Float(value) => shortest(*value),
            SampleValue::Histogram(histogram) => histogram.to_string(),
        };
        let time = self.columns.times[last];
        Err(format!(
            "series {labels}: duplicate sample for timestamp {time} with another value {text}"
        ))
    }
}

impl SeriesData for Stored {
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        for row in self.rows(start_ms, end_ms) {
            let (time, start) = (self.columns.times[row], self.columns.start(row));
            match self.columns.histogram(row) {
                Some(histogram) => out.push_histogram(time, Arc::clone(histogram), start),
                None => out.push_float(time, self.columns.values[row], start),
            }
        }
        Ok(())
    }

    fn samples_max(&self) -> u64 {
        self.columns.len() as u64
    }
}

fn limited(limit: usize) -> usize {
    if limit == 0 { usize::MAX } else { limit }
}

impl SeriesView for MemorySeries {
    fn select(&self, request: &SelectRequest, _: &ReadContext) -> Result<Vec<SelectedSeries>> {
        let found: Vec<SelectedSeries> = self
            .matching(&request.matchers)
            .filter(|(_, stored)| !stored.rows(request.start_ms, request.end_ms).is_empty())
            .map(|(labels, stored)| SelectedSeries {
                labels: labels.clone(),
                data: Arc::clone(stored) as Arc<dyn SeriesData>,
            })
            .collect();
        if request.series_max > 0 && found.len() > request.series_max {
            let max = request.series_max;
            return Err(Error::limit(format!("more than {max} series match")));
        }
        Ok(found)
    }

    fn label_sets(&self, request: &NamesRequest, _: &ReadContext) -> Result<Vec<Labels>> {
        let sets = self.sets(request).take(limited(request.limit));
        Ok(sets.cloned().collect())
    }

    fn label_names(&self, request: &NamesRequest, _: &ReadContext) -> Result<Vec<String>> {
        let names: BTreeSet<&str> = self
            .sets(request)
            .flat_map(|labels| labels.iter().map(|(name, _)| name))
            .collect();
        let names = names.into_iter().take(limited(request.limit));
        Ok(names.map(str::to_owned).collect())
    }

    fn label_values(
        &self,
        name: &str,
        request: &NamesRequest,
        _: &ReadContext,
    ) -> Result<Vec<String>> {
        let sets = self.sets(request);
        let values: BTreeSet<&str> = sets.filter_map(|labels| labels.get(name)).collect();
        let values = values.into_iter().take(limited(request.limit));
        Ok(values.map(str::to_owned).collect())
    }

    fn exemplars(&self, _: &NamesRequest, _: &ReadContext) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        Ok(Vec::new())
    }

    fn metadata(&self, _: &ReadContext) -> Result<Vec<(String, Metadata)>> {
        Ok(Vec::new())
    }

    fn family_of_alias(&self, _: &str) -> Option<String> {
        None
    }

    fn cardinality(&self, request: &CardinalityRequest, _: &ReadContext) -> Result<Cardinality> {
        let mut by_name: BTreeMap<&str, u64> = BTreeMap::new();
        for (labels, _) in self.matching(&request.matchers) {
            *by_name.entry(labels.value(METRIC_NAME)).or_default() += 1;
        }
        let series = by_name.values().sum();
        let mut by_name: Vec<(String, u64)> = by_name
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
        by_name.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        by_name.truncate(limited(request.limit));
        Ok(Cardinality {
            active_series: series,
            total_series: series,
            by_name,
            ..Cardinality::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::MemorySeries;
    use tacho_model::labels::Labels;
    use tacho_model::sample::{SampleColumns, SampleValue};
    use tacho_storage::read::ReadContext;
    use tacho_storage::samples::matcher::LabelMatcher;
    use tacho_storage::samples::read::{NamesRequest, SelectRequest, SeriesView as _};

    #[test]
    fn series_are_found_by_matchers_and_time() {
        let mut store = MemorySeries::default();
        for (name, value) in [("up", "a"), ("up", "b"), ("down", "a")] {
            let labels = Labels::from_pairs([("__name__", name), ("job", value)]);
            for time in [0, 1_000, 2_000] {
                let sample = SampleValue::Float(time as f64);
                assert_eq!(store.append(&labels, time, sample, 0), Ok(()));
            }
            let same = SampleValue::Float(2_000.0);
            assert_eq!(store.append(&labels, 2_000, same, 0), Ok(()));
            let other = SampleValue::Float(1.0);
            assert!(store.append(&labels, 2_000, other.clone(), 0).is_err());
            assert!(store.append(&labels, 1_000, other, 0).is_err());
        }
        let context = ReadContext::default();
        let request = SelectRequest {
            matchers: vec![LabelMatcher::equal("__name__", "up")],
            start_ms: 500,
            end_ms: 1_500,
            series_max: 0,
        };
        let found = store.select(&request, &context).unwrap();
        let mut columns = SampleColumns::default();
        assert_eq!(found.len(), 2);
        found[0].data.read(500, 1_500, &mut columns).unwrap();
        assert_eq!(columns.times, [1_000]);
        let names = NamesRequest {
            end_ms: 10,
            ..NamesRequest::default()
        };
        assert_eq!(
            store.label_names(&names, &context).unwrap(),
            ["__name__", "job"]
        );
        assert_eq!(
            store.label_values("job", &names, &context).unwrap(),
            ["a", "b"]
        );
    }
}
