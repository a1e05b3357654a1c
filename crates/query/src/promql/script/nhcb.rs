//! Classic histograms as native ones with custom bounds: `load_with_nhcb`.

use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CUSTOM_BUCKETS_SCHEMA, Histogram};
use tacho_model::labels::{BUCKET_LABEL, Labels, LabelsBuilder, METRIC_NAME};
use tacho_model::sample::SampleValue;

/// Parts of classic histograms by series and time.
#[derive(Debug, Default)]
pub(super) struct Collector {
    parts: BTreeMap<Labels, BTreeMap<i64, Parts>>,
}

/// What is known of one histogram at one time.
#[derive(Debug, Default)]
struct Parts {
    /// Upper bound and cumulative count.
    buckets: Vec<(f64, f64)>,
    count: Option<f64>,
    sum: f64,
}

/// Which part of a histogram a series is.
enum Part {
    Bucket(f64),
    Count,
    Sum,
}

impl Collector {
    /// Takes a sample in, if it is part of a classic histogram.
    pub(super) fn take(&mut self, labels: &Labels, time_ms: i64, value: &SampleValue) {
        let (SampleValue::Float(value), Some((base, part))) = (value, part_of(labels)) else {
            return;
        };
        let times = self.parts.entry(base).or_default();
        let parts = times.entry(time_ms).or_default();
        match part {
            Part::Bucket(bound) => {
                if !parts.buckets.iter().any(|bucket| bucket.0 == bound) {
                    parts.buckets.push((bound, *value));
                }
            }
            Part::Count => parts.count = Some(*value),
            Part::Sum => parts.sum = *value,
        }
    }

    /// The native histograms, by series and time. The error is a fragment for people.
    pub(super) fn histograms(self) -> Result<Vec<(Labels, i64, Arc<Histogram>)>, String> {
        let mut out = Vec::new();
        for (labels, times) in self.parts {
            for (time_ms, parts) in times {
                let histogram = parts
                    .convert()
                    .map_err(|reason| format!("classic histogram {labels}: {reason}"))?;
                out.push((labels.clone(), time_ms, Arc::new(histogram)));
            }
        }
        Ok(out)
    }
}

fn part_of(labels: &Labels) -> Option<(Labels, Part)> {
    let name = labels.metric_name();
    let (base, part) = if let Some(base) = name.strip_suffix("_bucket") {
        let bound: f64 = labels.get(BUCKET_LABEL)?.parse().ok()?;
        (
            base,
            Part::Bucket(Some(bound).filter(|bound| !bound.is_nan())?),
        )
    } else if let Some(base) = name.strip_suffix("_count") {
        (base, Part::Count)
    } else {
        (name.strip_suffix("_sum")?, Part::Sum)
    };
    let mut builder = LabelsBuilder::from(labels);
    builder.set(METRIC_NAME, base);
    builder.remove(BUCKET_LABEL);
    Some((builder.build(), part))
}

impl Parts {
    fn convert(mut self) -> Result<Histogram, String> {
        self.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        if self.buckets.iter().any(|bucket| bucket.1 < 0.0) {
            return Err("bucket count must be non-negative".to_owned());
        }
        if self.buckets.windows(2).any(|pair| pair[1].1 < pair[0].1) {
            return Err("count is not cumulative".to_owned());
        }
        let highest = self.buckets.last().map_or(0.0, |bucket| bucket.1);
        let count = self.count.unwrap_or(highest);
        if self
            .buckets
            .last()
            .is_none_or(|bucket| bucket.0 != f64::INFINITY)
        {
            self.buckets.push((f64::INFINITY, count));
        }
        if self.buckets.last().is_none_or(|bucket| bucket.1 != count) {
            return Err(format!("count {count} is not that of the last bucket"));
        }
        let mut before = 0.0;
        let counts: Vec<f64> = self
            .buckets
            .iter()
            .map(|bucket| bucket.1 - std::mem::replace(&mut before, bucket.1))
            .collect();
        let bounds = self.buckets.iter().map(|bucket| bucket.0);
        let mut histogram = Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            count,
            sum: self.sum,
            positive: Buckets {
                spans: vec![BucketSpan {
                    offset: 0,
                    length: u32::try_from(counts.len()).unwrap_or(u32::MAX),
                }],
                counts,
            },
            custom_bounds: bounds.filter(|bound| *bound != f64::INFINITY).collect(),
            ..Histogram::default()
        };
        histogram.compact();
        Ok(histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::Collector;
    use tacho_model::labels::Labels;
    use tacho_model::sample::SampleValue;

    #[test]
    fn parts_become_one_histogram() {
        let mut collector = Collector::default();
        let parts = [
            ("h_bucket", "2", 7.0),
            ("h_bucket", "1", 3.0),
            ("h_sum", "", 12.0),
            ("h_count", "", 9.0),
            ("other", "", 1.0),
        ];
        for (name, bound, value) in parts {
            let labels = Labels::from_pairs([("__name__", name), ("le", bound), ("a", "b")]);
            collector.take(&labels, 5, &SampleValue::Float(value));
        }
        let list = collector.histograms().unwrap();
        assert_eq!(list.len(), 1);
        let (labels, time_ms, histogram) = &list[0];
        assert_eq!(labels.to_string(), "h{a=\"b\"}");
        assert_eq!(*time_ms, 5);
        assert_eq!(
            histogram.to_string(),
            "{count:9, sum:12, [-Inf,1]:3, (1,2]:4, (2,+Inf]:2}"
        );
    }

    #[test]
    fn decreasing_buckets_are_refused() {
        let mut collector = Collector::default();
        for (bound, value) in [("1", 3.0), ("2", 2.0)] {
            let labels = Labels::from_pairs([("__name__", "h_bucket"), ("le", bound)]);
            collector.take(&labels, 0, &SampleValue::Float(value));
        }
        assert!(collector.histograms().is_err());
    }
}
