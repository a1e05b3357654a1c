//! Aggregations: series are put into groups once, then whole columns are folded into their group.

mod fold;
mod pick;
mod values;

use crate::error::Result;
use crate::promql::aggregate::fold::Fold;
use crate::promql::annotation::{Annotation, Annotations};
use crate::promql::column::Series;
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::node::{AggregateNode, Node};
use std::collections::HashMap;
use std::ops::Range;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_syntax::promql::tree::AggregateOp;

/// Columns that are folded before the next ones are read, in values.
const BATCH_VALUES: usize = 1 << 22;
const BATCH_MIN: usize = 64;

/// Numbers that the state of a group takes at a step, about.
const STATE_VALUES: usize = 4;

/// Puts series into groups by their labels.
pub(crate) struct Grouper<'a> {
    /// Labels of `by` or `without`, sorted.
    names: &'a [&'a str],
    without: bool,
    by_key: HashMap<Vec<u8>, usize>,
    key: Vec<u8>,
    /// The labels of each group.
    pub labels: Vec<Labels>,
}

impl<'a> Grouper<'a> {
    pub(crate) fn new(names: &'a [&'a str], without: bool) -> Self {
        Self {
            names,
            without,
            by_key: HashMap::new(),
            key: Vec::new(),
            labels: Vec::new(),
        }
    }

    fn keeps(&self, name: &str) -> bool {
        let named = self.names.binary_search(&name).is_ok();
        if self.without {
            !named && name != METRIC_NAME
        } else {
            named
        }
    }

    /// The group of a series.
    pub(crate) fn group_of(&mut self, labels: &Labels) -> usize {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        if self.without || !self.names.is_empty() {
            for (name, value) in labels.iter().filter(|(name, _)| self.keeps(name)) {
                key.extend_from_slice(name.as_bytes());
                key.push(0xff);
                key.extend_from_slice(value.as_bytes());
                key.push(0xff);
            }
        }
        let group = match self.by_key.get(&key) {
            Some(&group) => group,
            None => {
                let group = self.labels.len();
                self.labels.push(labels.filtered(|name| self.keeps(name)));
                self.by_key.insert(key.clone(), group);
                group
            }
        };
        self.key = key;
        group
    }
}

/// The parameter of an aggregation over the steps.
struct Param {
    values: Vec<f64>,
    /// Of a number written out. Others have bounds that start at the ends of the numbers.
    min: f64,
    max: f64,
    has_nan: bool,
}

impl Param {
    fn new(values: Vec<f64>) -> Self {
        let has_nan = values.iter().any(|value| value.is_nan());
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        for &value in values.iter().filter(|value| !value.is_nan()) {
            min = min.min(value);
            max = max.max(value);
        }
        if has_nan {
            // As a bound NaN wins in Prometheus, and compares false against everything.
            (min, max) = (f64::NAN, f64::NAN);
        }
        Self {
            values,
            min,
            max,
            has_nan,
        }
    }
}

impl Evaluator<'_> {
    pub(crate) fn eval_aggregate(&self, node: &AggregateNode<'_>) -> Result<Vec<Series>> {
        use AggregateOp as Op;
        let op = node.aggregate.op;
        match op {
            Op::CountValues => self.count_values(node),
            Op::Topk | Op::Bottomk | Op::Limitk | Op::LimitRatio => {
                let param = self.param(node)?;
                let series = self.eval_vector(&node.node)?;
                self.pick(node, &param, series)
            }
            _ => self.fold(node),
        }
    }

    fn param(&self, node: &AggregateNode<'_>) -> Result<Param> {
        match &node.param {
            Some(param) => Ok(Param::new(self.eval_scalar(param)?)),
            None => Err(failure::internal("an aggregation lacks its parameter")),
        }
    }

    fn fold(&self, node: &AggregateNode<'_>) -> Result<Vec<Series>> {
        let op = node.aggregate.op;
        let steps = self.frame.steps;
        let param = match op {
            AggregateOp::Quantile => {
                let param = self.param(node)?;
                self.remark_quantile(node, &param);
                param.values
            }
            _ => Vec::new(),
        };
        let inner_range = node.aggregate.expr.range.clone();
        let mut grouper = Grouper::new(&node.grouping, node.aggregate.without);
        let mut folds: Vec<Fold> = Vec::new();
        let mut drop_names: Vec<bool> = Vec::new();
        let mut notes = Annotations::default();
        // Quantiles need all values anyway; others are folded as they come.
        let batch = match op {
            AggregateOp::Quantile => usize::MAX,
            _ => (BATCH_VALUES / steps.max(1)).max(BATCH_MIN),
        };
        let budget = self.shared.budget;
        self.eval_batches(&node.node, batch, &mut |series| {
            budget.check()?;
            for series in series {
                let group = grouper.group_of(&series.labels);
                if group == folds.len() {
                    budget.fits((folds.len() + 1).saturating_mul(STATE_VALUES), steps)?;
                    folds.push(Fold::new(op, steps));
                    drop_names.push(false);
                }
                drop_names[group] |= series.drop_name;
                let name = series.labels.value(METRIC_NAME);
                let mut remark = remarker(&mut notes, &inner_range);
                folds[group].add(&series.column, name, &mut remark);
            }
            Ok(())
        })?;
        let mut result = Vec::with_capacity(folds.len());
        for ((fold, labels), drop_name) in folds.into_iter().zip(grouper.labels).zip(drop_names) {
            let mut remark = remarker(&mut notes, &inner_range);
            let column = fold.finish(&param, &mut remark);
            if !column.is_blank() {
                result.push(Series {
                    labels,
                    drop_name,
                    column,
                });
            }
        }
        self.merge_notes(notes);
        Ok(result)
    }

    fn remark_quantile(&self, node: &AggregateNode<'_>, param: &Param) {
        let range = param_range(node);
        if param.has_nan {
            self.annotate(&Annotation::InvalidQuantile(f64::NAN), &range);
        }
        if param.max > 1.0 {
            self.annotate(&Annotation::InvalidQuantile(param.max), &range);
        }
        if param.min < 0.0 {
            self.annotate(&Annotation::InvalidQuantile(param.min), &range);
        }
    }
}

/// Bytes of the parameter in the text.
fn param_range(node: &AggregateNode<'_>) -> Range<usize> {
    match &node.aggregate.param {
        Some(param) => param.range.clone(),
        None => node.range.clone(),
    }
}

/// Adds remarks about bytes of the text.
fn remarker<'n>(
    notes: &'n mut Annotations,
    range: &'n Range<usize>,
) -> impl FnMut(&Annotation<'_>) + 'n {
    move |annotation| notes.add(annotation, range)
}

impl Node<'_> {
    /// The text of a node that is one.
    fn as_text(&self) -> Option<&str> {
        match self {
            Node::String(text) => Some(text),
            Node::Constant(inner) => inner.as_text(),
            _ => None,
        }
    }
}
