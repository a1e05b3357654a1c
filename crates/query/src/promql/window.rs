//! Windows that slide over the samples of one series: each series is decoded once, each step moves
//! the ends of the window on.

use crate::promql::call::QueryInfo;
use crate::promql::call::{Extension, FloatPoints, HistogramPoints, Window};
use crate::promql::column::{Series, histogram_size, is_absent};
use crate::promql::node::DataClock;
use crate::promql::source::Samples;
use std::sync::Arc;
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::labels::Labels;
use tacho_model::sample::is_stale;

/// Samples of a series without stale markers, floats apart from histograms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Split<'a> {
    pub floats: FloatPoints<'a>,
    pub histograms: HistogramPoints<'a>,
    /// Running sums of the sizes of the histograms, one more than there are.
    sizes: &'a [u64],
}

/// Memory of a `Split` that cannot just point to the decoded samples.
#[derive(Debug, Default)]
pub(crate) struct SplitScratch {
    float_times: Vec<i64>,
    float_values: Vec<f64>,
    float_starts: Vec<i64>,
    histogram_times: Vec<i64>,
    histograms: Vec<Arc<Histogram>>,
    histogram_starts: Vec<i64>,
    sizes: Vec<u64>,
}

impl SplitScratch {
    fn clear(&mut self) {
        self.float_times.clear();
        self.float_values.clear();
        self.float_starts.clear();
        self.histogram_times.clear();
        self.histograms.clear();
        self.histogram_starts.clear();
        self.sizes.clear();
        self.sizes.push(0);
    }

    fn push_histogram(&mut self, time: i64, histogram: Arc<Histogram>) {
        let before = self.sizes.last().copied().unwrap_or(0);
        self.sizes.push(before + histogram_size(&histogram));
        self.histogram_times.push(time);
        self.histograms.push(histogram);
    }

    fn split(&self) -> Split<'_> {
        Split {
            floats: FloatPoints {
                times: &self.float_times,
                values: &self.float_values,
                starts: &self.float_starts,
                ascending: false,
            },
            histograms: HistogramPoints {
                times: &self.histogram_times,
                values: &self.histograms,
                starts: &self.histogram_starts,
            },
            sizes: &self.sizes,
        }
    }
}

impl<'a> Split<'a> {
    /// Splits decoded samples; start timestamps are only kept if they are wanted.
    pub(crate) fn new(
        samples: Samples<'a>,
        with_starts: bool,
        scratch: &'a mut SplitScratch,
    ) -> Self {
        scratch.clear();
        let starts = if with_starts { samples.starts } else { &[] };
        let plain = samples.histograms.is_empty() && !has_stale(samples.values);
        if plain {
            return Self {
                floats: FloatPoints {
                    times: samples.times,
                    values: samples.values,
                    starts,
                    ascending: false,
                },
                histograms: HistogramPoints::default(),
                sizes: &scratch.sizes,
            };
        }
        for row in 0..samples.times.len() {
            if samples.is_stale(row) {
                continue;
            }
            let start = starts.get(row).copied();
            if let Some(histogram) = samples.histogram(row) {
                scratch.push_histogram(samples.times[row], Arc::clone(histogram));
                scratch.histogram_starts.extend(start);
            } else {
                scratch.float_times.push(samples.times[row]);
                scratch.float_values.push(samples.values[row]);
                scratch.float_starts.extend(start);
            }
        }
        scratch.split()
    }

    /// The values of a series at the steps of a subquery. Hints of histograms about their
    /// predecessors mean nothing there.
    pub(crate) fn of_series(
        series: &Series,
        frame: &QueryInfo,
        scratch: &'a mut SplitScratch,
    ) -> Self {
        scratch.clear();
        for (step, &value) in series.column.floats.iter().enumerate() {
            let time = frame.time_ms(step);
            if !is_absent(value) {
                scratch.float_times.push(time);
                scratch.float_values.push(value);
            } else if let Some(histogram) = series.column.histogram(step) {
                scratch.push_histogram(time, without_hint(histogram));
            }
        }
        scratch.split()
    }

    /// Finds out whether the floats are those of a counter that was never reset.
    pub(crate) fn judge_ascending(&mut self) {
        let FloatPoints {
            times,
            values,
            starts,
            ..
        } = self.floats;
        let falls = values
            .iter()
            .zip(values.iter().skip(1))
            .fold(false, |falls, (before, next)| falls | (next < before));
        let restarts = starts.windows(2).zip(times.windows(2));
        let restarts = restarts.fold(false, |found, (start, time)| {
            let known = start[1] != 0 && start[1] < time[1];
            // The same start again is neither a reset nor an overlap.
            let same = start[1] == start[0] && start[1] < time[0];
            found | (known && !same)
        });
        self.floats.ascending = !falls && !restarts;
    }

    /// Floats of `(after, until]`.
    pub(crate) fn floats_within(&self, after: i64, until: i64) -> FloatPoints<'a> {
        let times = self.floats.times;
        let from = times.partition_point(|time| *time <= after);
        let to = times.partition_point(|time| *time <= until).max(from);
        self.floats_at(from, to)
    }

    /// Histograms of `(after, until]`.
    pub(crate) fn histograms_within(&self, after: i64, until: i64) -> HistogramPoints<'a> {
        let times = self.histograms.times;
        let from = times.partition_point(|time| *time <= after);
        let to = times.partition_point(|time| *time <= until).max(from);
        self.histograms_at(from, to)
    }

    fn floats_at(&self, from: usize, to: usize) -> FloatPoints<'a> {
        FloatPoints {
            times: &self.floats.times[from..to],
            values: &self.floats.values[from..to],
            starts: self.floats.starts.get(from..to).unwrap_or_default(),
            ascending: self.floats.ascending,
        }
    }

    fn histograms_at(&self, from: usize, to: usize) -> HistogramPoints<'a> {
        HistogramPoints {
            times: &self.histograms.times[from..to],
            values: &self.histograms.values[from..to],
            starts: self.histograms.starts.get(from..to).unwrap_or_default(),
        }
    }
}

/// True if there is a stale marker. Looks at all, several at a time.
fn has_stale(values: &[f64]) -> bool {
    values
        .iter()
        .fold(false, |found, value| found | is_stale(*value))
}

pub(crate) fn without_hint(histogram: &Arc<Histogram>) -> Arc<Histogram> {
    match histogram.counter_reset_hint {
        CounterResetHint::Reset | CounterResetHint::NotReset => {
            let mut plain = histogram.as_ref().clone();
            plain.counter_reset_hint = CounterResetHint::Unknown;
            Arc::new(plain)
        }
        CounterResetHint::Unknown | CounterResetHint::Gauge => Arc::clone(histogram),
    }
}

/// How windows lie in time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WindowShape {
    pub clock: DataClock,
    pub range_ms: i64,
    pub extension: Extension,
    pub lookback_ms: i64,
}

impl WindowShape {
    /// Earliest (exclusive) and latest time of samples in the window of a step.
    pub(crate) fn reach(&self, time_ms: i64) -> (i64, i64) {
        let end = self.clock.data_time(time_ms);
        let start = end.saturating_sub(self.range_ms);
        match self.extension {
            Extension::None => (start, end),
            Extension::Anchored => (start.saturating_sub(self.lookback_ms), end),
            Extension::Smoothed => (
                start.saturating_sub(self.lookback_ms),
                end.saturating_add(self.lookback_ms),
            ),
        }
    }

    /// Earliest and latest time, inclusive, of samples in the windows of all steps.
    pub(crate) fn bounds(&self, frame: &QueryInfo) -> (i64, i64) {
        let (first, _) = self.reach(frame.start_ms);
        let (_, last) = self.reach(frame.time_ms(frame.steps.saturating_sub(1)));
        (first.saturating_add(1), last)
    }
}

/// A window that moves on from step to step.
pub(crate) struct Slider<'a> {
    split: Split<'a>,
    shape: WindowShape,
    floats: (usize, usize),
    histograms: (usize, usize),
    window: Window<'a>,
}

impl<'a> Slider<'a> {
    pub(crate) fn new(split: Split<'a>, shape: WindowShape, labels: &'a Labels) -> Self {
        Self {
            split,
            shape,
            floats: (0, 0),
            histograms: (0, 0),
            window: Window {
                labels,
                floats: split.floats_at(0, 0),
                histograms: split.histograms_at(0, 0),
                time_ms: 0,
                start_ms: 0,
                end_ms: 0,
                extension: shape.extension,
            },
        }
    }

    /// The window of a step that is not before the last one, with the number of its samples, and of
    /// those of them that no earlier window had; none if it is empty.
    #[inline]
    pub(crate) fn slide(&mut self, time_ms: i64) -> Option<(&Window<'a>, u64, u64)> {
        let (after, until) = self.shape.reach(time_ms);
        let before = self.floats.1;
        advance(&mut self.floats, self.split.floats.times, after, until);
        let mut fresh = (self.floats.1 - before.max(self.floats.0)) as u64;
        let floats = self.floats.1 - self.floats.0;
        let mut size = floats as u64;
        self.window.floats = self.split.floats_at(self.floats.0, self.floats.1);
        if !self.split.histograms.times.is_empty() {
            let (all, new) = self.slide_histograms(after, until);
            size += all;
            fresh += new;
        }
        if size == 0 {
            return None;
        }
        let end_ms = self.shape.clock.data_time(time_ms);
        self.window.time_ms = time_ms;
        self.window.end_ms = end_ms;
        self.window.start_ms = end_ms.saturating_sub(self.shape.range_ms);
        Some((&self.window, size, fresh))
    }

    /// Rows of the floats in the window: the first, and the one behind the last.
    pub(crate) fn float_rows(&self) -> (usize, usize) {
        self.floats
    }

    /// Moves the window over the histograms; gives the size of those in it, and of the new ones.
    fn slide_histograms(&mut self, after: i64, until: i64) -> (u64, u64) {
        let before = self.histograms.1;
        let times = self.split.histograms.times;
        advance(&mut self.histograms, times, after, until);
        let (from, to) = self.histograms;
        self.window.histograms = self.split.histograms_at(from, to);
        let size = |from: usize| match (self.split.sizes.get(from), self.split.sizes.get(to)) {
            (Some(before), Some(after)) => after - before,
            _ => 0,
        };
        (size(from), size(before.max(from)))
    }
}

#[inline]
fn advance((from, to): &mut (usize, usize), times: &[i64], after: i64, until: i64) {
    while times.get(*to).is_some_and(|time| *time <= until) {
        *to += 1;
    }
    while *from < *to && times[*from] <= after {
        *from += 1;
    }
}
