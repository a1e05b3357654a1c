//! Rates of floats of many series that have the same times, as scraped targets do: where the windows
//! lie and how far they extend is worked out once. Results are those of `difference`, bit for bit.

use super::{Edges, Kind};
use crate::promql::call::{Extension, FloatPoints, QueryInfo};
use crate::promql::column::{Column, normalized};
use crate::promql::counts::StepCounts;
use crate::promql::window::{Slider, Split, WindowShape};
use tacho_model::labels::Labels;
use tacho_syntax::promql::function::FunctionId;

/// Plans that are kept, and steps in all of them together.
const PLANS_MAX: usize = 16;
const PLANNED_STEPS_MAX: usize = 32_768;
/// Makes up for rounding where a product stands in for a quotient.
const MARGIN: f64 = 1.0 + 1e-9;

/// A window with at least two samples.
#[derive(Debug, Clone, Copy)]
struct PlannedStep {
    step: usize,
    /// Rows of the first and last sample.
    first: usize,
    last: usize,
    edges: Edges,
    /// The factor if a counter would not reach zero within the range.
    factor: f64,
    /// It surely does not if the first value is this many times the difference.
    far_from_zero: f64,
}

/// Windows over some times.
#[derive(Debug, Default)]
struct RatePlan {
    times: Vec<i64>,
    steps: Vec<PlannedStep>,
    /// Samples in the windows of one series.
    counts: StepCounts,
    widest: u64,
    /// Series so far.
    uses: u64,
}

/// The plans of a call.
#[derive(Debug)]
pub(crate) struct RatePlans<'a> {
    kind: Kind,
    shape: WindowShape,
    frame: &'a QueryInfo,
    plans: Vec<RatePlan>,
    next: usize,
    counts: StepCounts,
}

impl<'a> RatePlans<'a> {
    /// For calls of `rate`, `increase` and `delta` over plain ranges.
    pub(crate) fn new(
        function: FunctionId,
        shape: WindowShape,
        frame: &'a QueryInfo,
    ) -> Option<Self> {
        let kind = match function {
            FunctionId::Rate => super::RATE,
            FunctionId::Increase => super::INCREASE,
            FunctionId::Delta => super::DELTA,
            _ => return None,
        };
        (shape.extension == Extension::None).then(|| Self {
            kind,
            shape,
            frame,
            plans: Vec::new(),
            next: 0,
            counts: StepCounts::new(frame.steps),
        })
    }

    /// The values of a series, and the number of samples in its widest window. `None` if they have to
    /// be worked out window by window.
    pub(crate) fn run(&mut self, split: Split<'_>) -> Option<(Column, u64)> {
        if !split.histograms.times.is_empty() || !split.floats.starts.is_empty() {
            return None;
        }
        let kind = self.kind;
        let range_seconds = self.shape.range_ms as f64 / 1_000.0;
        let steps = self.frame.steps;
        let plan = self.plan(split);
        plan.uses += 1;
        let mut column = Column::absent(steps);
        let mut resets = Resets::of(&split.floats, kind);
        for planned in &plan.steps {
            let values = split.floats.values;
            let first = *values.get(planned.first)?;
            let mut difference = values.get(planned.last)? - first;
            if let Some(resets) = &mut resets {
                difference += resets.lost(planned.first, planned.last);
            }
            let mut factor = planned.factor;
            if kind.is_counter && difference > 0.0 && first >= 0.0 {
                let is_far =
                    first > f64::MIN_POSITIVE && first >= difference * planned.far_from_zero;
                if !is_far {
                    let mut edges = planned.edges;
                    edges.end_at_zero(first, difference);
                    factor = edges.factor(kind, range_seconds);
                }
            }
            *column.floats.get_mut(planned.step)? = normalized(difference * factor);
        }
        Some((column, plan.widest))
    }

    /// How many samples were looked at and read.
    pub(crate) fn into_counts(mut self) -> StepCounts {
        for plan in &self.plans {
            self.counts.merge_times(&plan.counts, plan.uses);
        }
        self.counts
    }

    fn plan(&mut self, split: Split<'_>) -> &mut RatePlan {
        let times = split.floats.times;
        let known = self.plans.iter().position(|plan| {
            plan.times.len() == times.len()
                && plan.times.first() == times.first()
                && plan.times == times
        });
        let at = known.unwrap_or_else(|| self.make(split));
        &mut self.plans[at]
    }

    /// Makes a plan, in place of an older one if there are many; gives where it is.
    fn make(&mut self, split: Split<'_>) -> usize {
        let most = PLANNED_STEPS_MAX / self.frame.steps.max(1);
        let most = most.clamp(1, PLANS_MAX);
        let at = self.next;
        self.next = (at + 1) % most;
        if at >= self.plans.len() {
            self.plans.push(RatePlan::default());
        }
        let mut plan = std::mem::take(&mut self.plans[at]);
        self.counts.merge_times(&plan.counts, plan.uses);
        plan.fill(split, self.shape, self.frame, self.kind);
        self.plans[at] = plan;
        at
    }
}

impl RatePlan {
    fn fill(&mut self, split: Split<'_>, shape: WindowShape, frame: &QueryInfo, kind: Kind) {
        let labels = Labels::default();
        let mut slider = Slider::new(split, shape, &labels);
        self.times.clear();
        self.times.extend_from_slice(split.floats.times);
        self.steps.clear();
        self.counts.reset(frame.steps);
        (self.widest, self.uses) = (0, 0);
        for step in 0..frame.steps {
            let Some((window, size, fresh)) = slider.slide(frame.time_ms(step)) else {
                continue;
            };
            self.counts.add(step, size, fresh);
            self.widest = self.widest.max(size);
            let Some(edges) = Edges::of(window, window.floats.times) else {
                continue;
            };
            let range_seconds = window.range_seconds();
            let (from, to) = slider.float_rows();
            if to - from < 2 {
                continue;
            }
            self.steps.push(PlannedStep {
                step,
                first: from,
                last: to - 1,
                edges,
                factor: edges.factor(kind, range_seconds),
                far_from_zero: edges.to_start / edges.sampled * MARGIN,
            });
        }
    }
}

/// The resets of a counter.
struct Resets {
    /// Rows before each, and the values there.
    list: Vec<(usize, f64)>,
    next: usize,
}

impl Resets {
    /// `None` without any.
    fn of(floats: &FloatPoints<'_>, kind: Kind) -> Option<Self> {
        if !kind.is_counter || floats.ascending {
            return None;
        }
        let pairs = floats.values.windows(2).enumerate();
        let list = pairs.filter(|(_, pair)| pair[1] < pair[0]);
        Some(Self {
            list: list.map(|(row, pair)| (row, pair[0])).collect(),
            next: 0,
        })
    }

    /// The sum of what a counter had before each reset in a window. Windows come in order.
    fn lost(&mut self, first: usize, last: usize) -> f64 {
        let rest = self.list.get(self.next..).unwrap_or_default();
        self.next += rest.iter().take_while(|(row, _)| *row < first).count();
        let rest = self.list.get(self.next..).unwrap_or_default();
        let inside = rest.iter().take_while(|(row, _)| *row < last);
        inside.fold(0.0, |lost, (_, value)| lost + value)
    }
}

#[cfg(test)]
mod tests;
