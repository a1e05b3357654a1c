//! A range selector that is the whole query: the samples as they are, at their own times.

use crate::error::Result;
use crate::promql::call::{Extension, FloatPoints};
use crate::promql::column::histogram_size;
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::functions::interpolate;
use crate::promql::node::RangeSelection;
use crate::promql::result::SeriesPoints;
use crate::promql::window::{Split, SplitScratch};
use std::sync::Arc;
use tacho_model::sample::SampleColumns;

impl Evaluator<'_> {
    /// The samples of the range at the first step.
    pub(crate) fn raw_samples(&self, selection: &RangeSelection) -> Result<Vec<SeriesPoints>> {
        let source = &self.shared.sources[selection.source];
        let shape = self.shape_of(selection);
        let (after, until) = shape.reach(self.frame.start_ms);
        let end_ms = selection.clock.data_time(self.frame.start_ms);
        let bounds = (end_ms.saturating_sub(selection.range_ms), end_ms);
        let mut columns = SampleColumns::default();
        let mut scratch = SplitScratch::default();
        let mut result = Vec::new();
        for (index, series) in source.series.iter().enumerate() {
            self.shared.budget.check()?;
            let samples =
                source.samples(index, (after.saturating_add(1), until), false, &mut columns)?;
            let split = Split::new(samples, false, &mut scratch);
            if selection.extension != Extension::None && !split.histograms.times.is_empty() {
                let word = match selection.extension {
                    Extension::Smoothed => "smoothed",
                    _ => "anchored",
                };
                return Err(failure::execution(format!(
                    "{word} modifier is not supported with histograms"
                )));
            }
            let floats = match selection.extension {
                Extension::None => pairs(&split.floats),
                extension => {
                    let smoothed = extension == Extension::Smoothed;
                    extended(&split.floats, bounds, smoothed).unwrap_or_default()
                }
            };
            let histograms: Vec<_> = split
                .histograms
                .times
                .iter()
                .copied()
                .zip(split.histograms.values.iter().map(Arc::clone))
                .collect();
            let sizes = histograms.iter().map(|(_, it)| histogram_size(it));
            let count = floats.len() as u64 + sizes.sum::<u64>();
            if count == 0 {
                continue;
            }
            self.shared.budget.take(count)?;
            self.count(0, count, count);
            result.push(SeriesPoints {
                labels: series.labels.clone(),
                floats,
                histograms,
            });
        }
        Ok(result)
    }
}

fn pairs(points: &FloatPoints<'_>) -> Vec<(i64, f64)> {
    points
        .times
        .iter()
        .copied()
        .zip(points.values.iter().copied())
        .collect()
}

/// The samples inside the range, with values at both of its ends.
fn extended(
    points: &FloatPoints<'_>,
    (start, end): (i64, i64),
    smoothed: bool,
) -> Option<Vec<(i64, f64)>> {
    let point = |index: usize| (points.times[index], points.values[index]);
    let mut last = points.times.len().checked_sub(1)?;
    let mut first = points.times[..last]
        .partition_point(|time| *time <= start)
        .saturating_sub(1);
    if smoothed {
        last = points.times[..last].partition_point(|time| *time < end);
    }
    if points.times[last] <= start {
        return None;
    }
    let left = if smoothed && points.times[first] < start && first < last {
        interpolate::floats(point(first), point(first + 1), start, false)
    } else {
        points.values[first]
    };
    let right = if smoothed && last > 0 && points.times[last] > end {
        interpolate::floats(point(last - 1), point(last), end, false)
    } else {
        points.values[last]
    };
    if points.times[first] <= start {
        first += 1;
    }
    let past = if points.times[last] >= end {
        last
    } else {
        last + 1
    };
    let mut result = vec![(start, left)];
    result.extend((first..past).map(point));
    result.push((end, right));
    Some(result)
}
