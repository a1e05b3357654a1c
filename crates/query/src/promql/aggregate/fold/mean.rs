//! `avg`: the mean as sum by count while the sum is finite, updated from value to value from then on.

use crate::promql::aggregate::fold::Remark;
use crate::promql::aggregate::fold::histogram::Histograms;
use crate::promql::column::{Column, is_absent};
use tacho_model::kahan::Kahan;

/// The means of a group.
pub(in crate::promql::aggregate) struct Mean {
    steps: Vec<Step>,
    histograms: Histograms,
}

#[derive(Clone, Default)]
struct Step {
    count: f64,
    /// The sum, or the mean if it is incremental.
    total: Kahan,
    incremental: bool,
}

impl Mean {
    pub(crate) fn new(steps: usize) -> Self {
        Self {
            steps: vec![Step::default(); steps],
            histograms: Histograms::means(),
        }
    }

    pub(crate) fn add(&mut self, column: &Column, name: &str, remark: &mut Remark<'_>) {
        for (step, &value) in self.steps.iter_mut().zip(&column.floats) {
            if !is_absent(value) {
                step.add(value);
            }
        }
        let steps = &self.steps;
        self.histograms
            .add(column, name, remark, |step| steps[step].count > 0.0);
    }

    pub(crate) fn finish(self, remark: &mut Remark<'_>) -> Column {
        let floats = self.steps.into_iter().map(|step| step.mean());
        self.histograms.finish(floats, remark)
    }
}

impl Step {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        if self.count == 1.0 {
            self.total = Kahan::new(value);
            return;
        }
        if !self.incremental {
            let mut sum = self.total;
            sum.add(value);
            if !sum.sum.is_infinite() {
                self.total = sum;
                return;
            }
            self.incremental = true;
            let before = self.count - 1.0;
            self.total.sum /= before;
            self.total.low /= before;
        }
        let share = (self.count - 1.0) / self.count;
        self.total.sum *= share;
        self.total.low *= share;
        self.total.add(value / self.count);
    }

    fn mean(&self) -> Option<f64> {
        if self.count == 0.0 {
            None
        } else if self.incremental {
            Some(self.total.total())
        } else {
            Some(self.total.sum / self.count + self.total.low / self.count)
        }
    }
}
