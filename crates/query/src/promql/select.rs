//! Instant selectors: for each series and step the newest sample within the look-back, or a value
//! between two samples for `smoothed` ones. Each series is decoded once for all steps.

use crate::error::Result;
use crate::promql::annotation::{Annotation, Annotations};
use crate::promql::column::{Column, Series, histogram_size};
use crate::promql::counts::StepCounts;
use crate::promql::evaluate::{Evaluator, Part, column_samples};
use crate::promql::failure;
use crate::promql::node::Selection;
use crate::promql::parallel;
use crate::promql::smooth;
use crate::promql::source::{Samples, Source};
use crate::promql::window::{Split, SplitScratch};
use std::ops::Range;
use std::sync::Arc;
use tacho_model::labels::METRIC_NAME;
use tacho_model::sample::SampleColumns;

/// What an instant selector gives of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picked {
    /// Its value.
    Value,
    /// Its time in seconds.
    Time,
    /// Its time in milliseconds; histograms are refused.
    InfoTime,
    /// Its start timestamp in seconds.
    Start,
}

impl Evaluator<'_> {
    /// All series of a selector.
    pub(crate) fn select(
        &self,
        source: &Source,
        selection: &Selection,
        picked: Picked,
    ) -> Result<Vec<Series>> {
        let all = 0..source.series.len();
        self.shared.budget.fits(all.len(), self.frame.steps)?;
        self.select_part(source, selection, picked, all)
    }

    /// Some of the series of a selector, those without a value left out.
    pub(crate) fn select_part(
        &self,
        source: &Source,
        selection: &Selection,
        picked: Picked,
        part: Range<usize>,
    ) -> Result<Vec<Series>> {
        source.share(self.shared.workers, self.shared.budget)?;
        let bounds = self.selection_bounds(selection);
        let cost = part
            .clone()
            .map(|index| source.samples_max(index, bounds.0, bounds.1))
            .sum();
        let frame = self.frame.clone();
        let shared = self.shared;
        let parts = parallel::over_parts(part.len(), shared.workers, cost, |sub| {
            let mut found = Part {
                series: Vec::with_capacity(sub.len()),
                notes: Annotations::default(),
                counts: StepCounts::new(frame.steps),
            };
            let mut columns = SampleColumns::default();
            let mut scratch = SplitScratch::default();
            let picker = Picker {
                lookback_ms: frame.lookback_ms,
                times: (0..frame.steps)
                    .map(|step| selection.clock.data_time(frame.time_ms(step)))
                    .collect(),
                picked,
            };
            for index in sub {
                shared.budget.check()?;
                let index = part.start + index;
                let labels = &source.series[index].labels;
                let samples = if frame.steps == 1 && !selection.smoothed && !selection.counts_only {
                    source.newest(index, bounds, &mut columns)?
                } else {
                    source.samples(index, bounds, selection.counts_only, &mut columns)?
                };
                let column = if selection.smoothed {
                    let split = Split::new(samples, false, &mut scratch);
                    let name = labels.value(METRIC_NAME);
                    let notes = &mut found.notes;
                    picker.smooth(&split, notes, name, &selection.range)
                } else {
                    picker.pick(samples, &mut found.counts)?
                };
                let count = column_samples(&column);
                if count > 0 {
                    shared.budget.take(count)?;
                    found.series.push(Series {
                        labels: labels.clone(),
                        drop_name: false,
                        column,
                    });
                }
            }
            Ok(found)
        })?;
        Ok(self.join(parts))
    }

    /// Earliest and latest time of samples that matter to a selector.
    fn selection_bounds(&self, selection: &Selection) -> (i64, i64) {
        let lookback = self.frame.lookback_ms;
        let first = selection.clock.data_time(self.frame.start_ms);
        let last = self.frame.time_ms(self.frame.steps.saturating_sub(1));
        let last = selection.clock.data_time(last);
        let ahead = if selection.smoothed { lookback } else { 0 };
        (
            first.saturating_sub(lookback - 1),
            last.saturating_add(ahead),
        )
    }
}

/// Finds the samples of steps.
struct Picker {
    lookback_ms: i64,
    /// Time of data of each step, ascending.
    times: Vec<i64>,
    picked: Picked,
}

impl Picker {
    fn pick(&self, samples: Samples<'_>, counts: &mut StepCounts) -> Result<Column> {
        let mut column = Column::absent(self.times.len());
        let mut next = 0;
        for (step, &time) in self.times.iter().enumerate() {
            while samples.times.get(next).is_some_and(|it| *it <= time) {
                next += 1;
            }
            let Some(row) = next.checked_sub(1) else {
                continue;
            };
            let sample_time = samples.times[row];
            if sample_time <= time.saturating_sub(self.lookback_ms) || samples.is_stale(row) {
                continue;
            }
            let histogram = samples.histogram(row);
            let size = histogram.map_or(1, |it| histogram_size(it));
            counts.add(step, size, size);
            match (self.picked, histogram) {
                (Picked::Value, Some(histogram)) => {
                    column.set_histogram(step, Arc::clone(histogram));
                }
                (Picked::Value, None) => column.set_float(step, samples.values[row]),
                (Picked::Time, _) => column.set_float(step, sample_time as f64 / 1_000.0),
                (Picked::Start, _) => {
                    let start = samples.starts.get(row).copied().unwrap_or(0);
                    column.set_float(step, start as f64 / 1_000.0);
                }
                (Picked::InfoTime, Some(_)) => {
                    return Err(failure::execution(
                        "this should be an info metric, with float samples",
                    ));
                }
                (Picked::InfoTime, None) => column.set_float(step, sample_time as f64),
            }
        }
        Ok(column)
    }

    /// The values between samples on both sides of each step.
    fn smooth(
        &self,
        split: &Split<'_>,
        notes: &mut Annotations,
        name: &str,
        range: &Range<usize>,
    ) -> Column {
        let mut column = Column::absent(self.times.len());
        for (step, &time) in self.times.iter().enumerate() {
            let from = time.saturating_sub(self.lookback_ms);
            let to = time.saturating_add(self.lookback_ms);
            let floats = split.floats_within(from, to);
            let histograms = split.histograms_within(from, to);
            match (floats.times.is_empty(), histograms.times.is_empty()) {
                (true, true) => {}
                (false, false) => notes.add(&Annotation::MixedFloatsHistograms(name), range),
                (false, true) => {
                    if let Some(value) = smooth::float_at(&floats, time) {
                        column.set_float(step, value);
                    }
                }
                (true, false) => {
                    let mut remark = |annotation: &Annotation<'_>| notes.add(annotation, range);
                    if let Some(histogram) =
                        smooth::histogram_at(&histograms, time, name, &mut remark)
                    {
                        column.set_histogram(step, histogram);
                    }
                }
            }
        }
        column
    }
}
