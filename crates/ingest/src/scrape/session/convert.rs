//! Classic histograms made native ones with custom bounds: the series `x_bucket`, `x_count` and `x_sum`
//! of one answer become one histogram `x`.

use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CUSTOM_BUCKETS_SCHEMA, Histogram};
use tacho_model::labels::{BUCKET_LABEL, Labels, LabelsBuilder, METRIC_NAME};
use tacho_model::metric::Exemplar;

/// What a series tells about its histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    /// So many observations up to this bound.
    Bucket(f64),
    Count,
    Sum,
}

/// A histogram whose series are being collected.
#[derive(Debug, Default)]
struct Draft {
    buckets: Vec<(f64, f64)>,
    count: Option<f64>,
    sum: f64,
    time_ms: Option<i64>,
    start_ms: Option<i64>,
    exemplars: Vec<Exemplar>,
}

/// A histogram that was made.
pub(super) struct Converted {
    /// Labels with the name of the family, without `le`.
    pub(super) labels: Labels,
    pub(super) histogram: Histogram,
    pub(super) time_ms: Option<i64>,
    pub(super) start_ms: Option<i64>,
    pub(super) exemplars: Vec<Exemplar>,
}

/// Histograms of one answer, in its order.
#[derive(Default)]
pub(super) struct Drafts {
    order: Vec<Labels>,
    drafts: HashMap<Labels, Draft>,
}

/// Labels of the histogram that a series belongs to, and what it tells about it.
fn part_of(labels: &Labels) -> Option<(Labels, Part)> {
    let name = labels.metric_name();
    let (base, part) = if let Some(base) = name.strip_suffix("_bucket") {
        let bound = match labels.value(BUCKET_LABEL) {
            "+Inf" => f64::INFINITY,
            text => text.parse().ok()?,
        };
        (base, Part::Bucket(bound))
    } else if let Some(base) = name.strip_suffix("_count") {
        (base, Part::Count)
    } else {
        (name.strip_suffix("_sum")?, Part::Sum)
    };
    let mut builder = LabelsBuilder::from(labels);
    builder.set(METRIC_NAME, base);
    if matches!(part, Part::Bucket(_)) {
        builder.remove(BUCKET_LABEL);
    }
    Some((builder.build(), part))
}

impl Drafts {
    /// Takes a series of a classic histogram; gives the labels of the histogram, `None` if it is no
    /// series of one.
    pub(super) fn take(
        &mut self,
        labels: &Labels,
        value: f64,
        time_ms: Option<i64>,
        start_ms: Option<i64>,
    ) -> Option<Labels> {
        let (labels, part) = part_of(labels)?;
        if !self.drafts.contains_key(&labels) {
            self.order.push(labels.clone());
        }
        let draft = self.drafts.entry(labels.clone()).or_default();
        match part {
            Part::Bucket(bound) => draft.buckets.push((bound, value)),
            Part::Count => draft.count = Some(value),
            Part::Sum => draft.sum = value,
        }
        draft.time_ms = draft.time_ms.or(time_ms);
        draft.start_ms = draft.start_ms.or(start_ms);
        Some(labels)
    }

    /// Takes an exemplar of a series of a histogram.
    pub(super) fn take_exemplar(&mut self, labels: &Labels, exemplar: Exemplar) {
        if let Some(draft) = self.drafts.get_mut(labels) {
            draft.exemplars.push(exemplar);
        }
    }

    /// All histograms that can be made.
    pub(super) fn finish(mut self) -> Vec<Converted> {
        let order = std::mem::take(&mut self.order);
        order
            .into_iter()
            .filter_map(|labels| {
                let draft = self.drafts.remove(&labels)?;
                Some(Converted {
                    labels,
                    histogram: draft.histogram()?,
                    time_ms: draft.time_ms,
                    start_ms: draft.start_ms,
                    exemplars: draft.exemplars,
                })
            })
            .collect()
    }
}

impl Draft {
    /// The histogram; `None` if counts fall, bounds repeat or there is nothing to count with.
    fn histogram(&self) -> Option<Histogram> {
        let mut buckets = self.buckets.clone();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        if buckets
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.0 == b.0))
        {
            return None;
        }
        let last = buckets.last().copied();
        let infinite = last.filter(|(bound, _)| *bound == f64::INFINITY);
        let count = self.count.or(infinite.map(|(_, count)| count))?;
        if infinite.is_none() {
            buckets.push((f64::INFINITY, count));
        }
        if buckets.last().is_some_and(|(_, last)| *last != count) {
            return None;
        }
        let bounds: Arc<[f64]> = buckets
            .iter()
            .map(|(bound, _)| *bound)
            .filter(|bound| bound.is_finite())
            .collect();
        let mut before = 0.0;
        let mut counts = Vec::with_capacity(buckets.len());
        for (bound, count) in &buckets {
            if *count < before || bound.is_nan() || count.is_nan() {
                return None;
            }
            counts.push(count - before);
            before = *count;
        }
        let mut histogram = Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            count,
            sum: self.sum,
            positive: Buckets {
                spans: vec![BucketSpan {
                    offset: 0,
                    length: u32::try_from(counts.len()).ok()?,
                }],
                counts,
            },
            custom_bounds: bounds,
            ..Histogram::default()
        };
        histogram.compact();
        Some(histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::{Converted, Drafts};
    use tacho_model::labels::Labels;

    fn finish(series: &[(&str, &str, f64)]) -> Vec<Converted> {
        let mut drafts = Drafts::default();
        for (name, le, value) in series {
            let labels = Labels::from_pairs([("__name__", *name), ("le", *le), ("a", "1")]);
            assert!(drafts.take(&labels, *value, None, None).is_some(), "{name}");
        }
        drafts.finish()
    }

    #[test]
    fn buckets_become_counts_between_bounds() {
        let made = finish(&[
            ("x_bucket", "0.1", 2.0),
            ("x_bucket", "+Inf", 7.0),
            ("x_bucket", "1.0", 2.0),
            ("x_sum", "", 3.5),
            ("x_count", "", 7.0),
        ]);
        let [converted] = made.as_slice() else {
            panic!("one histogram was expected");
        };
        assert_eq!(converted.labels.to_string(), "x{a=\"1\"}");
        let histogram = &converted.histogram;
        assert_eq!((histogram.count, histogram.sum), (7.0, 3.5));
        assert_eq!(*histogram.custom_bounds, [0.1, 1.0]);
        let cells: Vec<_> = histogram.positive.iter().collect();
        assert_eq!(cells, [(0, 2.0), (2, 5.0)]);
    }

    #[test]
    fn histograms_that_contradict_themselves_are_left_out() {
        for series in [
            &[("x_bucket", "1", 3.0), ("x_bucket", "+Inf", 2.0)][..],
            &[("x_bucket", "1", 3.0)],
            &[("x_bucket", "+Inf", 3.0), ("x_count", "", 4.0)],
            &[
                ("x_bucket", "1", 1.0),
                ("x_bucket", "1.0", 1.0),
                ("x_count", "", 1.0),
            ],
            &[("x_bucket", "NaN", 1.0), ("x_count", "", 1.0)],
        ] {
            assert!(finish(series).is_empty(), "{series:?}");
        }
        let mut drafts = Drafts::default();
        let other = Labels::from_pairs([("__name__", "x_total")]);
        assert!(drafts.take(&other, 1.0, None, None).is_none());
        let no_bound = Labels::from_pairs([("__name__", "x_bucket")]);
        assert!(drafts.take(&no_bound, 1.0, None, None).is_none());
    }
}
