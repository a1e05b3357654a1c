//! `rate`, `increase` and `delta`: the difference between the ends of a window, extrapolated to the
//! whole range; counters may have been reset in between. `anchored` and `smoothed` windows are in
//! `rate/extended.rs`, histograms in `rate/histograms.rs`.

pub(crate) mod planned;

mod extended;
mod histograms;

use crate::promql::annotation::Annotation;
use crate::promql::call::{CallContext, Extension, FloatPoints, Window};
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;

/// How far beyond the average distance between samples a series is still taken to go on.
const EXTRAPOLATION_FACTOR: f64 = 1.1;

/// Which of the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    is_counter: bool,
    per_second: bool,
}

/// Growth of a counter per second.
const RATE: Kind = Kind {
    is_counter: true,
    per_second: true,
};
/// Growth of a counter.
const INCREASE: Kind = Kind {
    is_counter: true,
    per_second: false,
};
/// Change of a gauge.
const DELTA: Kind = Kind {
    is_counter: false,
    per_second: false,
};

/// Growth of a counter per second.
pub(super) fn rate(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    difference(context, window, RATE)
}

/// Growth of a counter.
pub(super) fn increase(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    difference(context, window, INCREASE)
}

/// Change of a gauge.
pub(super) fn delta(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    difference(context, window, DELTA)
}

fn difference(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    kind: Kind,
) -> Option<SampleValue> {
    if window.is_mixed() {
        let name = window.labels.metric_name();
        context.annotate(0, &Annotation::MixedFloatsHistograms(name));
        return None;
    }
    let has_histograms = !window.histograms.times.is_empty();
    if window.extension != Extension::None {
        return if has_histograms {
            extended::histograms(context, window, kind)
        } else {
            extended::floats(window, kind)
        };
    }
    if has_histograms {
        return histograms::difference(context, window, kind);
    }
    let floats = &window.floats;
    let first = *floats.values.first()?;
    let mut difference = floats.values.last()? - first;
    if kind.is_counter && !floats.ascending {
        difference += lost_in_resets(context, window.labels, floats);
    }
    let extrapolation = Extrapolation::new(
        window,
        (floats.times, floats.starts),
        kind,
        (first, difference),
    )?;
    if extrapolation.from_zero {
        difference += first;
    }
    Some(SampleValue::Float(difference * extrapolation.factor))
}

/// The sum of what a counter had before each reset.
fn lost_in_resets(context: &mut CallContext<'_>, labels: &Labels, floats: &FloatPoints<'_>) -> f64 {
    let mut lost = 0.0;
    let mut starts = Starts::new(floats.times, floats.starts);
    for (position, pair) in floats.values.windows(2).enumerate() {
        starts.note_overlap(context, labels, position);
        if pair[1] < pair[0] || starts.is_reset(position) {
            lost += pair[0];
        }
    }
    lost
}

/// Start timestamps of a window.
struct Starts<'a> {
    times: &'a [i64],
    starts: &'a [i64],
    overlap_noted: bool,
}

impl<'a> Starts<'a> {
    fn new(times: &'a [i64], starts: &'a [i64]) -> Self {
        Self {
            times,
            starts,
            overlap_noted: false,
        }
    }

    /// A position and the next one: start and time each.
    fn pair(&self, position: usize) -> Option<((i64, i64), (i64, i64))> {
        let next = position + 1;
        let starts = (self.starts.get(position)?, self.starts.get(next)?);
        let times = (self.times.get(position)?, self.times.get(next)?);
        Some(((*starts.0, *times.0), (*starts.1, *times.1)))
    }

    /// True if the next sample starts anew.
    fn is_reset(&self, position: usize) -> bool {
        self.pair(position)
            .is_some_and(|(before, next)| is_start_reset(before, next))
    }

    /// Tells, once, that the next sample starts before the time of this one.
    fn note_overlap(&mut self, context: &mut CallContext<'_>, labels: &Labels, position: usize) {
        if self.overlap_noted {
            return;
        }
        let Some((before, next)) = self.pair(position) else {
            return;
        };
        if next.0 != 0 && next.0 < before.1 && next.0 != before.0 {
            self.overlap_noted = true;
            context.annotate(0, &Annotation::StartTimeOverlap(labels.metric_name()));
        }
    }
}

/// Whether start timestamps tell that a counter was reset between two samples, each given as (start,
/// time); a start of 0 is unknown.
pub fn is_start_reset(before: (i64, i64), next: (i64, i64)) -> bool {
    let (start, time) = next;
    if start == 0 || start >= time || start < before.1 {
        return false;
    }
    // A start at the very time of the sample before is a reset if that one's start is known, and not
    // invalid or its own time: a delta series, not one that was simply never told.
    start > before.1 || (before.0 != 0 && before.0 < before.1)
}

/// The samples of a window and the range around them, in seconds.
#[derive(Debug, Clone, Copy)]
struct Edges {
    /// How far the series is taken to reach before its first sample, and after its last.
    to_start: f64,
    to_end: f64,
    /// From the first sample to the last.
    sampled: f64,
}

fn seconds_between(from: i64, to: i64) -> f64 {
    to.saturating_sub(from) as f64 / 1_000.0
}

impl Edges {
    /// Of samples with these times.
    fn of(window: &Window<'_>, times: &[i64]) -> Option<Self> {
        let (first_ms, last_ms) = (*times.first()?, *times.last()?);
        let sampled = seconds_between(first_ms, last_ms);
        let gaps = times.len() - 1;
        let average = if gaps > 0 { sampled / gaps as f64 } else { 0.0 };
        let threshold = average * EXTRAPOLATION_FACTOR;
        let reach = |distance: f64| {
            if distance >= threshold {
                average / 2.0
            } else {
                distance
            }
        };
        Some(Self {
            to_start: reach(seconds_between(window.start_ms, first_ms)),
            to_end: reach(seconds_between(last_ms, window.end_ms)),
            sampled,
        })
    }

    /// A counter that would have been zero within the range begins there.
    fn end_at_zero(&mut self, first: f64, difference: f64) {
        let to_zero = self.sampled * (first / difference);
        if to_zero < self.to_start {
            self.to_start = to_zero;
        }
    }

    /// By how much the difference grows.
    fn factor(&self, kind: Kind, range_seconds: f64) -> f64 {
        let mut factor = 1.0;
        if self.sampled != 0.0 {
            factor = (self.sampled + self.to_start + self.to_end) / self.sampled;
        }
        if kind.per_second {
            factor /= range_seconds;
        }
        factor
    }
}

/// How a difference is extended to the whole range.
struct Extrapolation {
    factor: f64,
    /// The series began inside of the range, from zero.
    from_zero: bool,
}

impl Extrapolation {
    /// Of samples with these times and start timestamps. `first` and `difference` say where a counter
    /// would reach zero. Nothing for a single sample whose start is not in the range.
    fn new(
        window: &Window<'_>,
        (times, starts): (&[i64], &[i64]),
        kind: Kind,
        (first, difference): (f64, f64),
    ) -> Option<Self> {
        let (first_ms, last_ms) = (*times.first()?, *times.last()?);
        let mut edges = Edges::of(window, times)?;
        let born = starts.first().copied().filter(|&start| {
            kind.is_counter && start != 0 && start > window.start_ms && start < first_ms
        });
        if let Some(born) = born {
            edges.to_start = 0.0;
            edges.sampled = seconds_between(born, last_ms);
        } else if times.len() == 1 {
            return None;
        } else if kind.is_counter && difference > 0.0 && first >= 0.0 {
            edges.end_at_zero(first, difference);
        }
        Some(Self {
            factor: edges.factor(kind, window.range_seconds()),
            from_zero: born.is_some(),
        })
    }
}

/// A histogram as a result.
fn answer(histogram: tacho_model::histogram::Histogram) -> Option<SampleValue> {
    Some(SampleValue::Histogram(Arc::new(histogram)))
}

#[cfg(test)]
mod tests {
    use super::is_start_reset;

    #[test]
    fn start_timestamps_tell_resets() {
        assert!(!is_start_reset((1, 10), (0, 20)));
        assert!(!is_start_reset((1, 10), (1, 20)));
        assert!(!is_start_reset((1, 10), (20, 20)));
        assert!(is_start_reset((1, 10), (12, 20)));
        assert!(is_start_reset((1, 10), (10, 20)));
        assert!(!is_start_reset((0, 10), (10, 20)));
        assert!(!is_start_reset((10, 10), (10, 20)));
        assert!(!is_start_reset((15, 10), (10, 20)));
    }
}
