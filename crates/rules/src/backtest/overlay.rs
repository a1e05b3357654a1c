//! Stored series with those that a back-test gives in their place: of the metrics that the rules of the
//! group record, what is stored counts only until the back-test begins.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_model::sample::{SampleColumns, SampleValue};
use tacho_query::promql::script::memory::MemorySeries;
use tacho_storage::error::Result;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::read::{
    Cardinality, CardinalityRequest, NamesRequest, SelectRequest, SelectedSeries, SeriesData,
    SeriesView,
};

/// The two together.
pub(super) struct Overlay<'a> {
    pub(super) stored: &'a dyn SeriesView,
    /// Names of metrics that the back-test gives.
    pub(super) given: Vec<String>,
    /// From when on.
    pub(super) start_ms: i64,
    pub(super) own: Mutex<MemorySeries>,
}

/// A series of both.
struct Joined {
    before: Option<Arc<dyn SeriesData>>,
    own: Option<Arc<dyn SeriesData>>,
    start_ms: i64,
}

impl Overlay<'_> {
    /// Keeps a sample that a rule gives.
    pub(super) fn append(
        &self,
        labels: &Labels,
        time_ms: i64,
        value: SampleValue,
    ) -> std::result::Result<(), String> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.append(labels, time_ms, value, 0)
    }

    fn is_given(&self, labels: &Labels) -> bool {
        let name = labels.metric_name();
        self.given.iter().any(|given| given == name)
    }
}

impl SeriesData for Joined {
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        if let Some(before) = self.before.as_ref().filter(|_| start_ms < self.start_ms) {
            before.read(start_ms, end_ms.min(self.start_ms - 1), out)?;
        }
        let Some(own) = &self.own else {
            return Ok(());
        };
        let mut more = SampleColumns::default();
        own.read(start_ms.max(self.start_ms), end_ms, &mut more)?;
        for row in 0..more.len() {
            let (time, start) = (more.times[row], more.start(row));
            match more.histogram(row) {
                Some(histogram) => out.push_histogram(time, Arc::clone(histogram), start),
                None => out.push_float(time, more.values[row], start),
            }
        }
        Ok(())
    }

    fn samples_max(&self) -> u64 {
        let of =
            |data: &Option<Arc<dyn SeriesData>>| data.as_ref().map_or(0, |it| it.samples_max());
        of(&self.before).saturating_add(of(&self.own))
    }
}

impl SeriesView for Overlay<'_> {
    fn select(
        &self,
        request: &SelectRequest,
        context: &ReadContext,
    ) -> Result<Vec<SelectedSeries>> {
        let stored = self.stored.select(request, context)?;
        if self.given.is_empty() {
            return Ok(stored);
        }
        let own = {
            let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
            own.select(request, context)?
        };
        let mut joined: BTreeMap<Labels, Arc<dyn SeriesData>> = BTreeMap::new();
        let mut new: BTreeMap<Labels, Arc<dyn SeriesData>> = BTreeMap::new();
        new.extend(own.into_iter().map(|series| (series.labels, series.data)));
        for series in stored {
            if !self.is_given(&series.labels) {
                joined.insert(series.labels, series.data);
                continue;
            }
            let own = new.remove(&series.labels);
            if own.is_none() && request.start_ms >= self.start_ms {
                continue;
            }
            let both = Joined {
                before: Some(series.data),
                own,
                start_ms: self.start_ms,
            };
            joined.insert(series.labels, Arc::new(both));
        }
        joined.extend(new);
        let series = joined.into_iter();
        Ok(series
            .map(|(labels, data)| SelectedSeries { labels, data })
            .collect())
    }

    fn label_sets(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<Labels>> {
        self.stored.label_sets(request, context)
    }

    fn label_names(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<String>> {
        self.stored.label_names(request, context)
    }

    fn label_values(
        &self,
        name: &str,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<String>> {
        self.stored.label_values(name, request, context)
    }

    fn exemplars(
        &self,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        self.stored.exemplars(request, context)
    }

    fn metadata(&self, context: &ReadContext) -> Result<Vec<(String, Metadata)>> {
        self.stored.metadata(context)
    }

    fn family_of_alias(&self, alias: &str) -> Option<String> {
        self.stored.family_of_alias(alias)
    }

    fn cardinality(
        &self,
        request: &CardinalityRequest,
        context: &ReadContext,
    ) -> Result<Cardinality> {
        self.stored.cardinality(request, context)
    }
}
