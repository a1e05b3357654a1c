//! `absent`, and the labels that it and `absent_over_time` give.

use crate::error::Result;
use crate::promql::call::{CallContext, Operand};
use crate::promql::column::{Column, Series};
use tacho_model::labels::{Labels, LabelsBuilder, METRIC_NAME};
use tacho_syntax::promql::tree::{Expr, ExprKind, MatchOp};

/// One where no series has a value.
pub(super) fn absent(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let steps = context.query.steps;
    let mut column = Column::absent(steps);
    if let Some(Operand::Vector(series)) = args.first() {
        for step in 0..steps {
            if !series.iter().any(|series| series.column.has(step)) {
                column.set_float(step, 1.0);
            }
        }
    }
    if column.is_blank() {
        return Ok(Operand::Vector(Vec::new()));
    }
    Ok(Operand::Vector(vec![Series {
        labels: context.args.first().map(labels).unwrap_or_default(),
        drop_name: false,
        column,
    }]))
}

/// The labels that a selector asks for by one equality each; none for other expressions.
pub fn labels(expr: &Expr) -> Labels {
    let selector = match &expr.unwrap_parens().kind {
        ExprKind::Vector(selector) => selector,
        ExprKind::Matrix(matrix) => &matrix.selector,
        _ => return Labels::default(),
    };
    let mut builder = LabelsBuilder::default();
    let mut seen: Vec<&str> = Vec::new();
    for matcher in &selector.matchers {
        let name = matcher.name.as_str();
        if name == METRIC_NAME {
            continue;
        }
        if matcher.op == MatchOp::Equal && !seen.contains(&name) {
            builder.set(name, &matcher.value);
            seen.push(name);
        } else {
            builder.remove(name);
        }
    }
    builder.build()
}
