//! Aggregations that give some of the series they get: `topk`, `bottomk`, `limitk`, `limit_ratio`.

use crate::error::Result;
use crate::promql::aggregate::{Grouper, Param, param_range};
use crate::promql::annotation::Annotation;
use crate::promql::column::{Column, Series, is_absent};
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::hash;
use crate::promql::node::AggregateNode;
use std::sync::Arc;
use tacho_model::number_text::shortest;
use tacho_syntax::promql::tree::AggregateOp;

/// From here on a float is no 64-bit integer.
const INTEGER_END: f64 = 9_223_372_036_854_775_808.0;

/// A series in the order of `topk`: its number and value.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    series: usize,
    value: f64,
}

impl Evaluator<'_> {
    pub(super) fn pick(
        &self,
        node: &AggregateNode<'_>,
        param: &Param,
        series: Vec<Series>,
    ) -> Result<Vec<Series>> {
        let op = node.aggregate.op;
        if !self.check_pick(node, param)? {
            return Ok(Vec::new());
        }
        let mut grouper = Grouper::new(&node.grouping, node.aggregate.without);
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (index, series) in series.iter().enumerate() {
            let group = grouper.group_of(&series.labels);
            if group == groups.len() {
                groups.push(Vec::new());
            }
            groups[group].push(index);
        }
        self.remark_ignored(node, &series);
        let offsets: Vec<f64> = match op {
            AggregateOp::LimitRatio => series.iter().map(|it| hash::share(&it.labels)).collect(),
            _ => Vec::new(),
        };
        let steps = self.frame.steps;
        let mut kept: Vec<Option<Column>> = vec![None; series.len()];
        let mut order: Vec<usize> = Vec::new();
        let mut heap = Vec::new();
        for step in 0..steps {
            self.shared.budget.check()?;
            let param = param.values.get(step).copied().unwrap_or(0.0);
            for group in &groups {
                heap.clear();
                Self::pick_at(op, &series, group, (step, param), &offsets, &mut heap);
                for candidate in &heap {
                    let index = candidate.series;
                    let column = kept[index].get_or_insert_with(|| {
                        order.push(index);
                        Column::absent(steps)
                    });
                    copy(&series[index].column, step, column);
                }
            }
        }
        let picked = order.into_iter().filter_map(|index| {
            let column = kept[index].take()?;
            Some(Series {
                labels: series[index].labels.clone(),
                drop_name: series[index].drop_name,
                column,
            })
        });
        Ok(picked.collect())
    }

    /// The series of a group that are picked at a step.
    fn pick_at(
        op: AggregateOp,
        series: &[Series],
        group: &[usize],
        (step, param): (usize, f64),
        offsets: &[f64],
        heap: &mut Vec<Candidate>,
    ) {
        let count = whole_count(param, series.len());
        let present = group.iter().copied();
        let present = present.filter(|it| series[*it].column.has(step));
        match op {
            AggregateOp::Topk => best(series, group, step, (count, true), heap),
            AggregateOp::Bottomk => best(series, group, step, (count, false), heap),
            AggregateOp::Limitk => heap.extend(present.take(count).map(candidate)),
            _ => heap.extend(
                present
                    .filter(|it| is_sampled(param, offsets[*it]))
                    .map(candidate),
            ),
        }
    }

    /// Whether anything can be picked; parameters that make no sense are refused or remarked.
    fn check_pick(&self, node: &AggregateNode<'_>, param: &Param) -> Result<bool> {
        if node.aggregate.op == AggregateOp::LimitRatio {
            if param.max == 0.0 && param.min == 0.0 {
                return Ok(false);
            }
            if param.has_nan {
                return Err(failure::execution("Ratio value is NaN"));
            }
            let range = param_range(node);
            for (ratio, cap, is_beyond) in [
                (param.max, 1.0, param.max > 1.0),
                (param.min, -1.0, param.min < -1.0),
            ] {
                if is_beyond {
                    self.annotate(&Annotation::InvalidRatio { ratio, cap }, &range);
                }
            }
            return Ok(true);
        }
        if param.max < 1.0 {
            return Ok(false);
        }
        if param.has_nan {
            return Err(failure::execution("Parameter value is NaN"));
        }
        if param.min <= -INTEGER_END {
            let value = shortest(param.min);
            return Err(failure::execution(format!(
                "Scalar value {value} underflows int64"
            )));
        }
        if param.max >= INTEGER_END {
            let value = shortest(param.max);
            return Err(failure::execution(format!(
                "Scalar value {value} overflows int64"
            )));
        }
        Ok(true)
    }

    /// Says so if histograms cannot be ordered.
    fn remark_ignored(&self, node: &AggregateNode<'_>, series: &[Series]) {
        let word = match node.aggregate.op {
            AggregateOp::Topk => "topk",
            AggregateOp::Bottomk => "bottomk",
            _ => return,
        };
        let has_histogram = |it: &Series| it.column.histograms.iter().any(Option::is_some);
        if series.iter().any(has_histogram) {
            self.annotate(
                &Annotation::HistogramIgnoredInAggregation(word),
                &node.range,
            );
        }
    }
}

fn candidate(series: usize) -> Candidate {
    Candidate { series, value: 0.0 }
}

fn copy(from: &Column, step: usize, to: &mut Column) {
    match from.histogram(step) {
        Some(histogram) => to.set_histogram(step, Arc::clone(histogram)),
        None => to.set_float(step, from.floats[step]),
    }
}

/// How many series a parameter asks for.
fn whole_count(param: f64, series: usize) -> usize {
    if param < 1.0 {
        0
    } else {
        // Checked to fit before; more than there are is all.
        (param as usize).min(series)
    }
}

/// Whether a series is in a sample: from the front for a positive ratio, the rest for a negative one.
fn is_sampled(ratio: f64, offset: f64) -> bool {
    let ratio = ratio.clamp(-1.0, 1.0);
    if ratio == 0.0 {
        return false;
    }
    (ratio > 0.0 && offset < ratio) || (ratio < 0.0 && offset >= 1.0 + ratio)
}

/// The largest or smallest values of a group at a step, best first; NaN is the worst.
fn best(
    series: &[Series],
    group: &[usize],
    step: usize,
    (count, top): (usize, bool),
    heap: &mut Vec<Candidate>,
) {
    if count == 0 {
        return;
    }
    let mut heap_of = KHeap { top, items: heap };
    for &index in group {
        let value = series[index].column.floats[step];
        if is_absent(value) {
            continue;
        }
        heap_of.offer(
            Candidate {
                series: index,
                value,
            },
            count,
        );
    }
    let is_before = |a: &Candidate, b: &Candidate| {
        if top {
            a.value > b.value
        } else {
            a.value < b.value
        }
    };
    heap.sort_by(|a, b| {
        use std::cmp::Ordering;
        match (a.value.is_nan(), b.value.is_nan()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if is_before(a, b) => Ordering::Less,
            (false, false) if is_before(b, a) => Ordering::Greater,
            (false, false) => Ordering::Equal,
        }
    });
}

/// A heap of the best values with the worst of them in front.
struct KHeap<'h> {
    top: bool,
    items: &'h mut Vec<Candidate>,
}

impl KHeap<'_> {
    /// True if `a` is worse than `b`, or no number.
    fn is_worse(&self, a: f64, b: f64) -> bool {
        a.is_nan() || if self.top { a < b } else { a > b }
    }

    fn offer(&mut self, candidate: Candidate, count: usize) {
        if self.items.len() < count {
            self.items.push(candidate);
            self.rise(self.items.len() - 1);
            return;
        }
        let worst = self.items[0].value;
        let is_better = if self.top {
            worst < candidate.value
        } else {
            worst > candidate.value
        };
        if is_better || (worst.is_nan() && !candidate.value.is_nan()) {
            self.items[0] = candidate;
            self.sink();
        }
    }

    fn rise(&mut self, mut at: usize) {
        while at > 0 {
            let parent = (at - 1) / 2;
            if !self.is_worse(self.items[at].value, self.items[parent].value) {
                return;
            }
            self.items.swap(at, parent);
            at = parent;
        }
    }

    fn sink(&mut self) {
        let mut at = 0;
        loop {
            let left = 2 * at + 1;
            if left >= self.items.len() {
                return;
            }
            let right = left + 1;
            let mut worst = left;
            if right < self.items.len()
                && self.is_worse(self.items[right].value, self.items[left].value)
            {
                worst = right;
            }
            if !self.is_worse(self.items[worst].value, self.items[at].value) {
                return;
            }
            self.items.swap(at, worst);
            at = worst;
        }
    }
}
