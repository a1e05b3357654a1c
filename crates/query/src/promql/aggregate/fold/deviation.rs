//! `stddev` and `stdvar`: squared deviations from a running mean (Welford's method).

use crate::promql::column::{ABSENT, Column, is_absent, normalized};

/// The deviations of a group.
pub(in crate::promql::aggregate) struct Deviation {
    root: bool,
    steps: Vec<Step>,
}

#[derive(Clone, Default)]
struct Step {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Deviation {
    pub(crate) fn new(steps: usize, root: bool) -> Self {
        Self {
            root,
            steps: vec![Step::default(); steps],
        }
    }

    /// The name of the operator.
    pub(crate) fn word(&self) -> &'static str {
        if self.root { "stddev" } else { "stdvar" }
    }

    pub(crate) fn add(&mut self, column: &Column) {
        for (step, &value) in self.steps.iter_mut().zip(&column.floats) {
            if is_absent(value) {
                continue;
            }
            step.count += 1.0;
            if step.count == 1.0 {
                step.mean = value;
                step.squares = if value.is_finite() { 0.0 } else { f64::NAN };
                continue;
            }
            let delta = value - step.mean;
            step.mean += delta / step.count;
            step.squares += delta * (value - step.mean);
        }
    }

    pub(crate) fn finish(self) -> Vec<f64> {
        let root = self.root;
        let of = |step: Step| {
            let variance = step.squares / step.count;
            match step.count > 0.0 {
                true if root => normalized(variance.sqrt()),
                true => normalized(variance),
                false => ABSENT,
            }
        };
        self.steps.into_iter().map(of).collect()
    }
}
