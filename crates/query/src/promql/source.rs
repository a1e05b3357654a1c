//! The series that the selectors of a query read: selected once for equal selectors, decoded once if
//! several read them, under their second names if they are asked by these.

use crate::error::Result;
use crate::promql::alias;
use crate::promql::budget::Budget;
use crate::promql::failure;
use crate::promql::parallel;
use crate::promql::plan::SourceNeed;
use std::sync::{Arc, OnceLock};
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::sample::{SampleColumns, is_stale};
use tacho_storage::read::ReadContext;
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::{SelectRequest, SelectedSeries, SeriesView};

/// Bytes that a decoded sample takes.
const SAMPLE_BYTES: u64 = 16;

/// Samples come at most this often in estimates.
const SAMPLE_INTERVAL_MS: u64 = 1_000;

/// What a query reads from, and how.
pub(crate) struct Reading<'a> {
    pub view: &'a dyn SeriesView,
    pub context: &'a ReadContext,
    pub series_max: usize,
    pub aliases: bool,
}

/// The series of equal selectors.
pub(crate) struct Source {
    pub series: Vec<SelectedSeries>,
    start_ms: i64,
    end_ms: i64,
    shared: bool,
    decoded: OnceLock<Option<Vec<SampleColumns>>>,
}

/// Samples of a series in a range, stale markers included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Samples<'a> {
    pub times: &'a [i64],
    pub values: &'a [f64],
    pub histograms: &'a [Option<Arc<Histogram>>],
    pub starts: &'a [i64],
}

impl<'a> Samples<'a> {
    fn new(columns: &'a SampleColumns) -> Self {
        Self {
            times: &columns.times,
            values: &columns.values,
            histograms: &columns.histograms,
            starts: &columns.starts,
        }
    }

    /// Those from `start_ms` to `end_ms`, both inclusive.
    fn within(self, start_ms: i64, end_ms: i64) -> Self {
        let from = self.times.partition_point(|time| *time < start_ms);
        let to = self.times.partition_point(|time| *time <= end_ms).max(from);
        Self {
            times: &self.times[from..to],
            values: &self.values[from..to],
            histograms: self.histograms.get(from..to).unwrap_or_default(),
            starts: self.starts.get(from..to).unwrap_or_default(),
        }
    }

    fn copy_to(self, columns: &mut SampleColumns) {
        columns.clear();
        columns.times.extend_from_slice(self.times);
        columns.values.extend_from_slice(self.values);
        columns.histograms.extend_from_slice(self.histograms);
        columns.starts.extend_from_slice(self.starts);
    }

    /// The histogram of a row, if it is one.
    pub(crate) fn histogram(&self, row: usize) -> Option<&'a Arc<Histogram>> {
        self.histograms.get(row).and_then(Option::as_ref)
    }

    /// True if the row marks the end of the series.
    pub(crate) fn is_stale(&self, row: usize) -> bool {
        match self.histogram(row) {
            Some(histogram) => is_stale(histogram.sum),
            None => is_stale(self.values[row]),
        }
    }
}

impl Source {
    /// Selects the series of a need.
    pub(crate) fn select(need: &SourceNeed, reading: &Reading<'_>) -> Result<Self> {
        let (start_ms, end_ms) = (need.start_ms, need.end_ms);
        let mut series = select(reading, &need.matchers, start_ms, end_ms)?;
        if series.is_empty() && reading.aliases {
            series = alias::select(reading, &need.matchers, start_ms, end_ms)?;
        }
        Ok(Self {
            series,
            start_ms,
            end_ms,
            shared: need.uses > 1,
            decoded: OnceLock::new(),
        })
    }

    /// Series by themselves, read from `start_ms` to `end_ms`.
    pub(crate) fn of(series: Vec<SelectedSeries>, start_ms: i64, end_ms: i64) -> Self {
        Self {
            series,
            start_ms,
            end_ms,
            shared: false,
            decoded: OnceLock::new(),
        }
    }

    /// Samples that a series has in a range, at most.
    pub(crate) fn samples_max(&self, index: usize, start_ms: i64, end_ms: i64) -> u64 {
        let length = u64::try_from(end_ms.saturating_sub(start_ms)).unwrap_or(0);
        let by_time = length / SAMPLE_INTERVAL_MS + 1;
        self.series[index].data.samples_max().min(by_time)
    }

    /// The samples of all series in a range, about.
    pub(crate) fn cost(&self, start_ms: i64, end_ms: i64) -> u64 {
        (0..self.series.len())
            .map(|index| self.samples_max(index, start_ms, end_ms))
            .sum()
    }

    /// Decodes all series if several selectors read them and there is room for it.
    pub(crate) fn share(&self, workers: usize, budget: &Budget) -> Result<()> {
        if !self.shared || self.decoded.get().is_some() {
            return Ok(());
        }
        let cost = self.cost(self.start_ms, self.end_ms);
        let room = budget.bytes_max() / 4;
        if budget.bytes_max() > 0 && cost.saturating_mul(SAMPLE_BYTES) > room {
            let _ = self.decoded.set(None);
            return Ok(());
        }
        let parts = parallel::over_parts(self.series.len(), workers, cost, |part| {
            let mut decoded = Vec::with_capacity(part.len());
            for series in &self.series[part] {
                budget.check()?;
                let mut columns = SampleColumns::default();
                series.data.read(self.start_ms, self.end_ms, &mut columns)?;
                decoded.push(columns);
            }
            Ok(decoded)
        })?;
        let _ = self
            .decoded
            .set(Some(parts.into_iter().flatten().collect()));
        Ok(())
    }

    /// The newest sample of a series from `start_ms` to `end_ms`, both inclusive; more if they are
    /// decoded anyway.
    pub(crate) fn newest<'s>(
        &'s self,
        index: usize,
        (start_ms, end_ms): (i64, i64),
        scratch: &'s mut SampleColumns,
    ) -> Result<Samples<'s>> {
        if let Some(Some(decoded)) = self.decoded.get() {
            return Ok(Samples::new(&decoded[index]).within(start_ms, end_ms));
        }
        self.series[index]
            .data
            .read_newest(start_ms, end_ms, scratch)?;
        Ok(Samples::new(scratch))
    }

    /// The samples of a series from `start_ms` to `end_ms`, both inclusive. With `counts_only`
    /// histograms come without buckets.
    pub(crate) fn samples<'s>(
        &'s self,
        index: usize,
        (start_ms, end_ms): (i64, i64),
        counts_only: bool,
        scratch: &'s mut SampleColumns,
    ) -> Result<Samples<'s>> {
        if let Some(Some(decoded)) = self.decoded.get() {
            let samples = Samples::new(&decoded[index]).within(start_ms, end_ms);
            if !counts_only || samples.histograms.is_empty() {
                return Ok(samples);
            }
            samples.copy_to(scratch);
        } else {
            self.series[index].data.read(start_ms, end_ms, scratch)?;
        }
        if counts_only {
            without_buckets(&mut scratch.histograms);
        }
        Ok(Samples::new(scratch))
    }
}

/// Selects series; too many are refused by name of the setting.
pub(crate) fn select(
    reading: &Reading<'_>,
    matchers: &[LabelMatcher],
    start_ms: i64,
    end_ms: i64,
) -> Result<Vec<SelectedSeries>> {
    let request = SelectRequest {
        matchers: matchers.to_vec(),
        start_ms,
        end_ms,
        series_max: reading.series_max,
    };
    let series = reading.view.select(&request, reading.context)?;
    if reading.series_max > 0 && series.len() > reading.series_max {
        return Err(failure::too_many_series(reading.series_max));
    }
    Ok(series)
}

/// Leaves count, sum and schema of histograms. Resets are found before the buckets go.
fn without_buckets(histograms: &mut [Option<Arc<Histogram>>]) {
    let mut last: Option<(Arc<Histogram>, CounterResetHint)> = None;
    for slot in histograms.iter_mut() {
        let Some(histogram) = slot.take() else {
            continue;
        };
        let mut hint = histogram.counter_reset_hint;
        let stale = is_stale(histogram.sum);
        if let (CounterResetHint::Unknown, false, Some((last, last_hint))) = (hint, stale, &last) {
            let mut before = Histogram::clone(last);
            before.counter_reset_hint = *last_hint;
            hint = match histogram.is_reset_since(&before) {
                true => CounterResetHint::Reset,
                false => CounterResetHint::NotReset,
            };
        }
        *slot = Some(Arc::new(Histogram {
            counter_reset_hint: hint,
            schema: histogram.schema,
            count: histogram.count,
            sum: histogram.sum,
            ..Histogram::default()
        }));
        if !stale {
            last = Some((histogram, hint));
        }
    }
}
