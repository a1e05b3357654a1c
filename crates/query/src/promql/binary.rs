//! Binary operators: between scalars, between a vector and a scalar, between two vectors.

mod element;
pub(crate) mod matching;
mod sets;

use crate::error::Result;
use crate::promql::annotation::Annotations;
use crate::promql::binary::element::{Operation, number};
use crate::promql::call::{Operand, ValueRef};
use crate::promql::column::{Column, Series, is_absent, normalized};
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::merge;
use crate::promql::node::BinaryNode;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::tree::BinaryOp;

impl Evaluator<'_> {
    pub(crate) fn eval_binary(&self, node: &BinaryNode<'_>) -> Result<Operand> {
        let lhs = self.eval(&node.lhs)?;
        let rhs = self.eval(&node.rhs)?;
        match (lhs, rhs) {
            (Operand::Scalar(lhs), Operand::Scalar(rhs)) => {
                let op = node.binary.op;
                let values = lhs.into_iter().zip(rhs).map(|(l, r)| number(op, l, r));
                Ok(Operand::Scalar(values.collect()))
            }
            (Operand::Vector(series), Operand::Scalar(scalar)) => Ok(Operand::Vector(
                self.with_scalar(node, series, &scalar, false),
            )),
            (Operand::Scalar(scalar), Operand::Vector(series)) => Ok(Operand::Vector(
                self.with_scalar(node, series, &scalar, true),
            )),
            (Operand::Vector(lhs), Operand::Vector(rhs)) => {
                self.with_vector(node, lhs, rhs).map(Operand::Vector)
            }
            _ => Err(failure::internal("a text has no operators")),
        }
    }

    fn with_vector(
        &self,
        node: &BinaryNode<'_>,
        lhs: Vec<Series>,
        rhs: Vec<Series>,
    ) -> Result<Vec<Series>> {
        let Some(matching) = &node.binary.matching else {
            return Err(failure::internal("vectors without matching"));
        };
        let series = match node.binary.op {
            BinaryOp::And => sets::keep(lhs, &rhs, matching, true),
            BinaryOp::Unless => sets::keep(lhs, &rhs, matching, false),
            BinaryOp::Or => sets::join(lhs, rhs, matching),
            _ => return self.match_vectors(node, matching, (lhs, rhs)),
        };
        if self.frame.is_instant() {
            Ok(series)
        } else {
            merge::merge_same_labels(series)
        }
    }

    /// A vector with a scalar; `swap` if the scalar is on the left.
    fn with_scalar(
        &self,
        node: &BinaryNode<'_>,
        mut series: Vec<Series>,
        scalar: &[f64],
        swap: bool,
    ) -> Vec<Series> {
        let mut notes = Annotations::default();
        let operation = Operation::new(node.binary, &node.range);
        let op = node.binary.op;
        for series in &mut series {
            if changes_metric(op) || node.binary.return_bool {
                series.drop_name = true;
            }
            if !operation.floats_only(&mut series.column, scalar, swap) {
                mixed_with_scalar(&operation, &mut series.column, scalar, swap, &mut notes);
            }
        }
        self.merge_notes(notes);
        series.retain(|series| !series.column.is_blank());
        series
    }
}

/// Element by element, also with histograms.
fn mixed_with_scalar(
    operation: &Operation<'_>,
    column: &mut Column,
    scalar: &[f64],
    swap: bool,
    notes: &mut Annotations,
) {
    for (step, &scalar) in scalar.iter().enumerate() {
        let Some(value) = column.get(step).map(ValueRef::to_value) else {
            continue;
        };
        let left_out = operation.with_scalar(&value, scalar, swap, notes);
        match left_out {
            Some(SampleValue::Float(value)) => column.set_float(step, value),
            Some(SampleValue::Histogram(histogram)) => column.set_histogram(step, histogram),
            None => column.clear(step),
        }
    }
    if column.histograms.iter().all(Option::is_none) {
        column.histograms = Vec::new();
    }
}

impl Operation<'_> {
    /// The whole column at once if it has no histograms; false if it has.
    fn floats_only(&self, column: &mut Column, scalar: &[f64], swap: bool) -> bool {
        if !column.histograms.is_empty() || self.is_trim() {
            return false;
        }
        for (value, &scalar) in column.floats.iter_mut().zip(scalar) {
            if is_absent(*value) {
                continue;
            }
            let (lhs, rhs) = if swap {
                (scalar, *value)
            } else {
                (*value, scalar)
            };
            let result = self.number_or_absent(lhs, rhs, *value);
            *value = result;
        }
        true
    }
}

/// True for operators whose result is no longer the same metric.
pub(super) fn changes_metric(op: BinaryOp) -> bool {
    use BinaryOp as Op;
    matches!(
        op,
        Op::Add | Op::Sub | Op::Div | Op::Mul | Op::Pow | Op::Mod | Op::Atan2
    )
}

/// A result that is no absent value by accident.
pub(super) fn result_of(value: f64) -> f64 {
    normalized(value)
}
