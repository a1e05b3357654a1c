//! Sums and means of native histograms in a group, with what can go wrong when they are combined.

use crate::promql::aggregate::fold::{Remark, compacted, put};
use crate::promql::annotation::{Annotation, Combining};
use crate::promql::column::Column;
use std::collections::BTreeMap;
use tacho_model::histogram::combine::{Combined, MixedSchemas};
use tacho_model::histogram::sum::{HistogramMean, HistogramSum};
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::sample::SampleValue;

/// The histograms of a group by step. Most groups have none.
pub(in crate::promql::aggregate) struct Histograms {
    means: bool,
    by_step: BTreeMap<usize, Step>,
}

/// The histograms of one step.
struct Step {
    /// None if a float came first: then there is no result anyway.
    total: Option<Total>,
    incompatible: bool,
    reset_seen: bool,
    no_reset_seen: bool,
}

enum Total {
    Sum(Box<HistogramSum>),
    Mean(Box<HistogramMean>),
}

impl Total {
    fn new(first: &Histogram, means: bool) -> Self {
        if means {
            Total::Mean(Box::new(HistogramMean::new(first)))
        } else {
            Total::Sum(Box::new(HistogramSum::new(first)))
        }
    }

    fn add(&mut self, histogram: &Histogram) -> Result<Combined, MixedSchemas> {
        match self {
            Total::Sum(sum) => sum.add(histogram),
            Total::Mean(mean) => mean.add(histogram),
        }
    }

    fn finish(self) -> Histogram {
        match self {
            Total::Sum(sum) => sum.finish(),
            Total::Mean(mean) => mean.finish(),
        }
    }
}

impl Histograms {
    pub(crate) fn sums() -> Self {
        Self {
            means: false,
            by_step: BTreeMap::new(),
        }
    }

    pub(crate) fn means() -> Self {
        Self {
            means: true,
            by_step: BTreeMap::new(),
        }
    }

    /// Takes the histograms of a series in. `float_seen` tells whether the step has a float already.
    pub(crate) fn add(
        &mut self,
        column: &Column,
        name: &str,
        remark: &mut Remark<'_>,
        float_seen: impl Fn(usize) -> bool,
    ) {
        for (step, histogram) in column.histograms.iter().enumerate() {
            let Some(histogram) = histogram else {
                continue;
            };
            let Some(state) = self.by_step.get_mut(&step) else {
                let mut state = Step {
                    total: None,
                    incompatible: false,
                    reset_seen: false,
                    no_reset_seen: false,
                };
                if !float_seen(step) {
                    state.total = Some(Total::new(histogram, self.means));
                    state.see(histogram);
                }
                self.by_step.insert(step, state);
                continue;
            };
            state.add(histogram, name, remark);
        }
    }

    /// The results with those of floats: a step with both has none.
    pub(crate) fn finish(
        mut self,
        floats: impl ExactSizeIterator<Item = Option<f64>>,
        remark: &mut Remark<'_>,
    ) -> Column {
        let mut column = Column::absent(floats.len());
        for (step, float) in floats.enumerate() {
            let Some(state) = self.by_step.remove(&step) else {
                put(&mut column, step, float.map(SampleValue::Float));
                continue;
            };
            if float.is_some() {
                remark(&Annotation::MixedFloatsHistogramsAggregation);
                continue;
            }
            if state.incompatible {
                continue;
            }
            if state.reset_seen && state.no_reset_seen {
                remark(&Annotation::CounterResetCollision(Combining::Aggregation));
            }
            if let Some(total) = state.total {
                column.set_histogram(step, compacted(total.finish()));
            }
        }
        column
    }
}

impl Step {
    fn see(&mut self, histogram: &Histogram) {
        match histogram.counter_reset_hint {
            CounterResetHint::Reset => self.reset_seen = true,
            CounterResetHint::NotReset => self.no_reset_seen = true,
            CounterResetHint::Unknown | CounterResetHint::Gauge => {}
        }
    }

    fn add(&mut self, histogram: &Histogram, name: &str, remark: &mut Remark<'_>) {
        if self.incompatible || self.total.is_none() {
            return;
        }
        self.see(histogram);
        let Some(total) = &mut self.total else {
            return;
        };
        match total.add(histogram) {
            Ok(combined) if combined.bounds_reconciled => {
                remark(&Annotation::MismatchedCustomBuckets(Combining::Aggregation));
            }
            Ok(_) => {}
            Err(MixedSchemas) => {
                remark(&Annotation::MixedExponentialCustom(name));
                self.incompatible = true;
            }
        }
    }
}
