//! Running sums: points that tell an increase become points that tell a total.
//!
//! A sum begins with the first point of a series and goes on whatever starts later points name;
//! gaps are fine, and what was received already is not added again.

use std::sync::Arc;
use tacho_model::histogram::{CounterResetHint, Histogram};

/// The running sum of a series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delta {
    /// Start of the first point, milliseconds; 0 if unknown.
    pub(crate) start_ms: i64,
    /// End of the last point, milliseconds.
    pub(crate) until_ms: i64,
    /// The total.
    pub(crate) sum: Sum,
}

/// A total.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sum {
    /// Of numbers.
    Float(f64),
    /// Of histograms.
    Histogram(Arc<Histogram>),
}

impl Delta {
    /// The state after a number was added.
    pub(crate) fn with_float(before: Option<&Delta>, time: (i64, i64), value: f64) -> (Self, f64) {
        let (start_ms, sum) = match before {
            Some(Delta {
                start_ms,
                sum: Sum::Float(sum),
                ..
            }) => (*start_ms, sum + value),
            _ => (time.0, value),
        };
        let delta = Self {
            start_ms,
            until_ms: time.1,
            sum: Sum::Float(sum),
        };
        (delta, sum)
    }

    /// The state after a histogram was added. One that cannot be added begins a new sum.
    pub(crate) fn with_histogram(
        before: Option<&Delta>,
        time: (i64, i64),
        value: &Arc<Histogram>,
    ) -> (Self, Arc<Histogram>) {
        let total = |start_ms: i64, mut sum: Histogram| {
            sum.counter_reset_hint = CounterResetHint::Unknown;
            let sum = Arc::new(sum);
            let delta = Self {
                start_ms,
                until_ms: time.1,
                sum: Sum::Histogram(Arc::clone(&sum)),
            };
            (delta, sum)
        };
        if let Some(Delta {
            start_ms,
            sum: Sum::Histogram(sum),
            ..
        }) = before
        {
            let mut sum = sum.as_ref().clone();
            if sum.add(value).is_ok() {
                return total(*start_ms, sum);
            }
        }
        total(time.0, value.as_ref().clone())
    }
}
