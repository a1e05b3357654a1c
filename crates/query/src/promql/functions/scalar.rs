//! From vectors to scalars and back.

use crate::error::Result;
use crate::promql::call::{CallContext, Operand};
use crate::promql::column::{Column, Series, is_absent};
use tacho_model::labels::Labels;

/// The value of the only float at each step; NaN if there is none or more than one.
pub(super) fn scalar(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let Some(Operand::Vector(series)) = args.into_iter().next() else {
        return Ok(Operand::Scalar(vec![f64::NAN; context.query.steps]));
    };
    let only = |step: usize| {
        let floats = series
            .iter()
            .filter_map(|series| series.column.floats.get(step));
        let mut floats = floats.filter(|value| !is_absent(**value));
        match (floats.next(), floats.next()) {
            (Some(value), None) => *value,
            _ => f64::NAN,
        }
    };
    Ok(Operand::Scalar(
        (0..context.query.steps).map(only).collect(),
    ))
}

/// A series without labels.
pub(super) fn vector(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let mut column = Column::absent(context.query.steps);
    if let Some(Operand::Scalar(values)) = args.first() {
        for (step, value) in values.iter().enumerate().take(context.query.steps) {
            column.set_float(step, *value);
        }
    }
    Ok(Operand::Vector(vec![Series {
        labels: Labels::default(),
        drop_name: false,
        column,
    }]))
}
