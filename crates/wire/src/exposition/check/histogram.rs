//! What OpenMetrics asks of the buckets, the count and the sum of one histogram.

use tacho_model::metric::MetricKind;

/// What of a sample matters here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// A bucket and its upper bound.
    Bucket(f64),
    /// The count of all observations.
    Count,
    /// Their sum.
    Sum,
    /// Anything else.
    Other,
}

/// The samples of one histogram at one time.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    last: Option<(f64, f64)>,
    has_negative_bound: bool,
    count: Option<f64>,
    sum: Option<f64>,
}

impl Buckets {
    /// Takes a sample.
    pub(super) fn add(&mut self, part: Part, value: f64) -> Result<(), String> {
        match part {
            Part::Bucket(bound) => {
                if let Some((before, count)) = self.last {
                    if bound <= before {
                        return Err("buckets must be in ascending order".to_owned());
                    }
                    if value < count {
                        return Err("a bucket counts less than the one before it".to_owned());
                    }
                }
                self.has_negative_bound |= bound < 0.0;
                self.last = Some((bound, value));
            }
            Part::Count => self.count = Some(value),
            Part::Sum => self.sum = Some(value),
            Part::Other => {}
        }
        Ok(())
    }

    /// Judges the whole.
    pub(super) fn finish(&self, kind: MetricKind) -> Result<(), String> {
        let total = match self.last {
            Some((bound, total)) if bound == f64::INFINITY => total,
            _ => return Err("the bucket le=\"+Inf\" is missing".to_owned()),
        };
        let (count, sum) = if kind == MetricKind::GaugeHistogram {
            ("_gcount", "_gsum")
        } else {
            ("_count", "_sum")
        };
        match (self.count, self.sum) {
            (Some(_), None) => return Err(format!("{count} stands without {sum}")),
            (None, Some(_)) => return Err(format!("{sum} stands without {count}")),
            (Some(value), _) if value != total => {
                return Err(format!("{count} is not the bucket le=\"+Inf\""));
            }
            _ => {}
        }
        let negative = self.sum.is_some_and(|sum| sum < 0.0);
        if kind == MetricKind::Histogram && self.has_negative_bound && self.sum.is_some() {
            return Err(format!("{sum} must not stand with buckets below zero"));
        }
        if negative && !self.has_negative_bound {
            return Err(format!("{sum} is negative without buckets below zero"));
        }
        Ok(())
    }
}
