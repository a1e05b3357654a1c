//! Evaluates the tree: every node over all steps of its frame at once.

use crate::error::Result;
use crate::promql::annotation::{Annotation, Annotations};
use crate::promql::budget::Budget;
use crate::promql::call::{CallContext, Operand, QueryInfo};
use crate::promql::column::{Column, Series, histogram_size, is_absent};
use crate::promql::counts::{StepCounts, SubqueryUse};
use crate::promql::failure;
use crate::promql::node::{Node, Selection};
use crate::promql::select::Picked;
use crate::promql::source::{Reading, Source};
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

/// What all nodes and workers of a query share.
pub(crate) struct Shared<'a> {
    pub reading: &'a Reading<'a>,
    pub sources: &'a [Source],
    pub budget: &'a Budget,
    /// Threads at most.
    pub workers: usize,
    /// Whether start timestamps count as counter resets.
    pub start_timestamps: bool,
}

/// Evaluates nodes at the steps of a frame.
pub(crate) struct Evaluator<'a> {
    pub shared: &'a Shared<'a>,
    pub frame: QueryInfo,
    notes: RefCell<Annotations>,
    counts: RefCell<StepCounts>,
}

/// What a worker made of its part of the series.
pub(crate) struct Part {
    pub series: Vec<Series>,
    pub notes: Annotations,
    pub counts: StepCounts,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(shared: &'a Shared<'a>, frame: QueryInfo) -> Self {
        let counts = StepCounts::new(frame.steps);
        Self {
            shared,
            frame,
            notes: RefCell::default(),
            counts: RefCell::new(counts),
        }
    }

    /// The same at the steps of another frame; what it found goes to `absorb`.
    pub(crate) fn child(&self, start_ms: i64, step_ms: i64, steps: usize) -> Evaluator<'a> {
        let frame = QueryInfo {
            start_ms,
            step_ms,
            steps,
            ..self.frame.clone()
        };
        Evaluator::new(self.shared, frame)
    }

    /// Remarks and sample counts so far.
    pub(crate) fn into_findings(self) -> (Annotations, StepCounts) {
        (self.notes.into_inner(), self.counts.into_inner())
    }

    /// Adds a remark about bytes of the text.
    pub(crate) fn annotate(&self, annotation: &Annotation<'_>, range: &Range<usize>) {
        self.notes.borrow_mut().add(annotation, range);
    }

    /// Adds the remarks of others.
    pub(crate) fn merge_notes(&self, notes: Annotations) {
        self.notes.borrow_mut().merge(notes);
    }

    /// Adds samples that were looked at in a step, and those of them that were read for it.
    pub(crate) fn count(&self, step: usize, seen: u64, read: u64) {
        self.counts.borrow_mut().add(step, seen, read);
    }

    /// Adds what a subquery read.
    pub(crate) fn count_subquery(&self, inner: &QueryInfo, counts: &StepCounts, used: SubqueryUse) {
        self.counts
            .borrow_mut()
            .add_subquery(&self.frame, inner, counts, used);
    }

    /// Joins the parts of workers, in order.
    pub(crate) fn join(&self, parts: Vec<Part>) -> Vec<Series> {
        let mut series = Vec::with_capacity(parts.iter().map(|part| part.series.len()).sum());
        for part in parts {
            self.merge_notes(part.notes);
            self.counts.borrow_mut().merge(&part.counts);
            series.extend(part.series);
        }
        series
    }

    /// Lets a function run with a context, and takes its remarks.
    pub(crate) fn with_context<T>(
        &self,
        call: &crate::promql::node::CallNode<'_>,
        run: impl FnOnce(&mut CallContext<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut context = CallContext::new(&self.frame, call.exprs, call.range.clone());
        let result = run(&mut context);
        self.merge_notes(context.annotations);
        result
    }

    /// The value of a node at all steps.
    pub(crate) fn eval(&self, node: &Node<'_>) -> Result<Operand> {
        self.shared.budget.check()?;
        let before = self.shared.budget.samples();
        let result = self.eval_node(node)?;
        self.shared.budget.settle(before, samples_of(&result))?;
        Ok(result)
    }

    fn eval_node(&self, node: &Node<'_>) -> Result<Operand> {
        match node {
            Node::Number(value) => Ok(Operand::Scalar(vec![*value; self.frame.steps])),
            Node::String(text) => Ok(Operand::String((*text).to_owned())),
            Node::Vector(selection) => self.eval_selection(selection),
            Node::Matrix(_) | Node::Subquery(_) => Err(failure::internal(
                "a range vector was evaluated where none can be",
            )),
            Node::Call(call) => self.eval_call(call),
            Node::Aggregate(aggregate) => self.eval_aggregate(aggregate).map(Operand::Vector),
            Node::Binary(binary) => self.eval_binary(binary),
            Node::Negate(inner) => self.eval_negated(inner),
            Node::Constant(inner) => self.eval_constant(inner),
        }
    }

    fn eval_selection(&self, selection: &Selection) -> Result<Operand> {
        let source = &self.shared.sources[selection.source];
        self.select(source, selection, Picked::Value)
            .map(Operand::Vector)
    }

    /// The value of a node that is an instant vector.
    pub(crate) fn eval_vector(&self, node: &Node<'_>) -> Result<Vec<Series>> {
        match self.eval(node)? {
            Operand::Vector(series) => Ok(series),
            Operand::Scalar(_) | Operand::String(_) => {
                Err(failure::internal("expected an instant vector"))
            }
        }
    }

    /// The value of a node that is a scalar.
    pub(crate) fn eval_scalar(&self, node: &Node<'_>) -> Result<Vec<f64>> {
        match self.eval(node)? {
            Operand::Scalar(values) => Ok(values),
            Operand::Vector(_) | Operand::String(_) => Err(failure::internal("expected a scalar")),
        }
    }

    fn eval_negated(&self, inner: &Node<'_>) -> Result<Operand> {
        let mut value = self.eval(inner)?;
        match &mut value {
            Operand::Scalar(values) => values.iter_mut().for_each(|value| *value = -*value),
            Operand::Vector(series) => {
                for series in series {
                    series.drop_name = true;
                    negate(&mut series.column);
                }
            }
            Operand::String(_) => return Err(failure::internal("a text has no sign")),
        }
        Ok(value)
    }

    fn eval_constant(&self, inner: &Node<'_>) -> Result<Operand> {
        let child = self.child(self.frame.start_ms, self.frame.step_ms, 1);
        let mut value = child.eval(inner)?;
        let (notes, counts) = child.into_findings();
        self.merge_notes(notes);
        for step in 0..self.frame.steps {
            let read = if step == 0 { counts.total_read() } else { 0 };
            self.count(step, counts.total_seen(), read);
        }
        let steps = self.frame.steps;
        match &mut value {
            Operand::Scalar(values) => {
                let first = values.first().copied().unwrap_or(f64::NAN);
                values.resize(steps, first);
            }
            Operand::Vector(series) => {
                self.shared.budget.fits(series.len(), steps)?;
                for series in series {
                    repeat(&mut series.column, steps);
                }
            }
            Operand::String(_) => {}
        }
        Ok(value)
    }
}

fn negate(column: &mut Column) {
    for value in &mut column.floats {
        if !is_absent(*value) {
            *value = -*value;
        }
    }
    for histogram in column.histograms.iter_mut().flatten() {
        let mut negated = histogram.as_ref().clone();
        negated.multiply(-1.0);
        *histogram = Arc::new(negated);
    }
}

/// Gives the value of the one step to all.
fn repeat(column: &mut Column, steps: usize) {
    if let Some(&first) = column.floats.first() {
        column.floats.resize(steps, first);
    }
    if let Some(first) = column.histograms.first().cloned() {
        column.histograms.resize(steps, first);
    }
}

/// Samples that a value holds.
pub(crate) fn samples_of(value: &Operand) -> u64 {
    match value {
        Operand::Scalar(values) => values.len() as u64,
        Operand::Vector(series) => series.iter().map(|it| column_samples(&it.column)).sum(),
        Operand::String(_) => 0,
    }
}

/// Samples of a column; a histogram counts by its size.
pub(crate) fn column_samples(column: &Column) -> u64 {
    let floats = column.floats.iter().filter(|it| !is_absent(**it)).count() as u64;
    let histograms: u64 = column
        .histograms
        .iter()
        .flatten()
        .map(|histogram| histogram_size(histogram))
        .sum();
    floats + histograms
}
