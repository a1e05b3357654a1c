//! What a group has taken in so far, at every step: the aggregations that give one series a group.
//!
//! The order of operations is that of Prometheus, so that results are the same to the last bit.

mod deviation;
mod histogram;
mod mean;

use crate::promql::aggregate::fold::deviation::Deviation;
use crate::promql::aggregate::fold::histogram::Histograms;
use crate::promql::aggregate::fold::mean::Mean;
use crate::promql::annotation::Annotation;
use crate::promql::column::{ABSENT, Column, is_absent, normalized};
use crate::promql::functions::quantile;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::kahan::Kahan;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::tree::AggregateOp;

/// Takes remarks about the operand.
pub(super) type Remark<'r> = dyn FnMut(&Annotation<'_>) + 'r;

/// A group's state.
pub(super) enum Fold {
    Sum(Sum),
    Mean(Box<Mean>),
    /// `min` and `max`: the value so far.
    Extreme {
        max: bool,
        values: Vec<f64>,
    },
    /// `count`.
    Count(Vec<f64>),
    /// `group`.
    Group(Vec<f64>),
    Deviation(Deviation),
    /// `quantile`: all values of each step.
    Quantile(Vec<Vec<f64>>),
}

/// `sum`: floats as running sums, and histograms apart.
pub(super) struct Sum {
    /// Whether there was a float, and the sum.
    sums: Vec<Option<Kahan>>,
    histograms: Histograms,
}

impl Fold {
    pub(crate) fn new(op: AggregateOp, steps: usize) -> Self {
        use AggregateOp as Op;
        match op {
            Op::Sum => Fold::Sum(Sum {
                sums: vec![None; steps],
                histograms: Histograms::sums(),
            }),
            Op::Avg => Fold::Mean(Box::new(Mean::new(steps))),
            Op::Min | Op::Max => Fold::Extreme {
                max: op == Op::Max,
                values: vec![ABSENT; steps],
            },
            Op::Count => Fold::Count(vec![0.0; steps]),
            Op::Stddev => Fold::Deviation(Deviation::new(steps, true)),
            Op::Stdvar => Fold::Deviation(Deviation::new(steps, false)),
            Op::Quantile => Fold::Quantile(vec![Vec::new(); steps]),
            // The others are evaluated elsewhere.
            Op::Group | Op::Bottomk | Op::CountValues | Op::Limitk | Op::LimitRatio | Op::Topk => {
                Fold::Group(vec![ABSENT; steps])
            }
        }
    }

    /// Takes the values of a series in.
    pub(crate) fn add(&mut self, column: &Column, name: &str, remark: &mut Remark<'_>) {
        match self {
            Fold::Sum(sum) => sum.add(column, name, remark),
            Fold::Mean(mean) => mean.add(column, name, remark),
            Fold::Extreme { max, values } => {
                note_ignored(column, if *max { "max" } else { "min" }, remark);
                if *max {
                    fold_extreme(values, column, |so_far, value| so_far < value);
                } else {
                    fold_extreme(values, column, |so_far, value| so_far > value);
                }
            }
            Fold::Count(counts) => {
                for_each_present(column, |step| counts[step] += 1.0);
            }
            Fold::Group(values) => for_each_present(column, |step| values[step] = 1.0),
            Fold::Deviation(deviation) => {
                note_ignored(column, deviation.word(), remark);
                deviation.add(column);
            }
            Fold::Quantile(values) => {
                note_ignored(column, "quantile", remark);
                for (values, &value) in values.iter_mut().zip(&column.floats) {
                    if !is_absent(value) {
                        values.push(value);
                    }
                }
            }
        }
    }

    /// The results; `param` has the parameter of every step.
    pub(crate) fn finish(self, param: &[f64], remark: &mut Remark<'_>) -> Column {
        let floats = match self {
            Fold::Sum(sum) => return sum.finish(remark),
            Fold::Mean(mean) => return mean.finish(remark),
            Fold::Extreme { values, .. } | Fold::Group(values) => values,
            Fold::Count(mut counts) => {
                for count in &mut counts {
                    if *count == 0.0 {
                        *count = ABSENT;
                    }
                }
                counts
            }
            Fold::Deviation(deviation) => deviation.finish(),
            Fold::Quantile(values) => values
                .into_iter()
                .zip(param)
                .map(|(mut values, share)| match values.is_empty() {
                    true => ABSENT,
                    false => normalized(quantile::of_values(*share, &mut values)),
                })
                .collect(),
        };
        Column {
            floats,
            histograms: Vec::new(),
        }
    }
}

impl Sum {
    fn add(&mut self, column: &Column, name: &str, remark: &mut Remark<'_>) {
        for (sum, &value) in self.sums.iter_mut().zip(&column.floats) {
            if is_absent(value) {
                continue;
            }
            match sum {
                Some(sum) => sum.add(value),
                None => *sum = Some(Kahan::new(value)),
            }
        }
        let sums = &self.sums;
        self.histograms
            .add(column, name, remark, |step| sums[step].is_some());
    }

    fn finish(self, remark: &mut Remark<'_>) -> Column {
        let floats = self.sums.into_iter().map(|sum| sum.map(Kahan::total));
        self.histograms.finish(floats, remark)
    }
}

/// Says so if histograms are left out.
fn note_ignored(column: &Column, word: &str, remark: &mut Remark<'_>) {
    if column.histograms.iter().any(Option::is_some) {
        remark(&Annotation::HistogramIgnoredInAggregation(word));
    }
}

fn for_each_present(column: &Column, mut with: impl FnMut(usize)) {
    if column.histograms.is_empty() {
        for (step, &value) in column.floats.iter().enumerate() {
            if !is_absent(value) {
                with(step);
            }
        }
        return;
    }
    for step in 0..column.steps() {
        if column.has(step) {
            with(step);
        }
    }
}

fn fold_extreme(values: &mut [f64], column: &Column, is_better: impl Fn(f64, f64) -> bool) {
    for (so_far, &value) in values.iter_mut().zip(&column.floats) {
        if is_absent(value) {
            continue;
        }
        if is_absent(*so_far) || so_far.is_nan() || is_better(*so_far, value) {
            *so_far = value;
        }
    }
}

/// A result at a step: a float, a histogram, or none.
pub(super) fn put(column: &mut Column, step: usize, value: Option<SampleValue>) {
    if let Some(value) = value {
        column.set(step, value);
    }
}

/// A histogram as it is given out.
pub(super) fn compacted(mut histogram: Histogram) -> Arc<Histogram> {
    histogram.compact();
    Arc::new(histogram)
}
