//! The threshold of a PromQL comparison: found for the line in the chart, and moved when somebody
//! drags that line.

use std::ops::Range;
use tacho_model::number_text::shortest;
use tacho_syntax::promql;
use tacho_syntax::promql::tree::{Binary, BinaryOp, Expr, ExprKind};

/// A comparison of a vector with a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// How the left side is compared: `number < expr` counts as `expr > number`.
    pub op: BinaryOp,
    /// The number.
    pub value: f64,
    /// What is compared with it, PromQL.
    pub left_text: String,
    /// Bytes of the number in the text that the tree was read from.
    pub span: Range<usize>,
}

impl Threshold {
    /// Whether a value is beyond the threshold.
    pub fn is_breached_by(&self, value: f64) -> bool {
        match self.op {
            BinaryOp::Greater => value > self.value,
            BinaryOp::GreaterEqual => value >= self.value,
            BinaryOp::Less => value < self.value,
            BinaryOp::LessEqual => value <= self.value,
            BinaryOp::Equal => value == self.value,
            BinaryOp::NotEqual => value != self.value,
            _ => false,
        }
    }
}

/// The first threshold of an expression.
pub fn threshold_of(expr: &Expr) -> Option<Threshold> {
    thresholds_of(expr).into_iter().next()
}

/// All thresholds that decide whether an expression gives something, in the order of the text:
/// comparisons with a number below nothing but `and`, `or`, `unless` and parentheses.
pub fn thresholds_of(expr: &Expr) -> Vec<Threshold> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

/// The text with another number at the first threshold; `None` if it has none or is no PromQL.
pub fn with_threshold(text: &str, value: f64) -> Option<String> {
    let threshold = threshold_of(&promql::check(text).ok()?)?;
    let (before, after) = (
        text.get(..threshold.span.start)?,
        text.get(threshold.span.end..)?,
    );
    let changed = format!("{before}{}{after}", shortest(value));
    promql::check(&changed).is_ok().then_some(changed)
}

fn collect(expr: &Expr, found: &mut Vec<Threshold>) {
    let ExprKind::Binary(binary) = &expr.unwrap_parens().kind else {
        return;
    };
    match binary.op {
        BinaryOp::And | BinaryOp::Or => {
            collect(&binary.lhs, found);
            collect(&binary.rhs, found);
        }
        BinaryOp::Unless => collect(&binary.lhs, found),
        _ => found.extend(of_comparison(binary)),
    }
}

fn of_comparison(binary: &Binary) -> Option<Threshold> {
    let op = flipped(binary.op).is_some().then_some(binary.op)?;
    let (left, right) = (number_of(&binary.lhs), number_of(&binary.rhs));
    let (op, value, vector, number) = match (left, right) {
        (None, Some(value)) => (op, value, &binary.lhs, &binary.rhs),
        (Some(value), None) => (flipped(op)?, value, &binary.rhs, &binary.lhs),
        _ => return None,
    };
    Some(Threshold {
        op,
        value,
        left_text: promql::print(vector.unwrap_parens()),
        span: number.range.clone(),
    })
}

/// The comparison with its sides changed; nothing for other operators.
fn flipped(op: BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Equal => BinaryOp::Equal,
        BinaryOp::NotEqual => BinaryOp::NotEqual,
        _ => return None,
    })
}

/// The value of an expression that is written with numbers alone.
pub(super) fn number_of(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(literal) => Some(literal.value),
        ExprKind::Paren(inner) => number_of(inner),
        ExprKind::Unary(unary) => {
            let value = number_of(&unary.expr)?;
            Some(if unary.negative { -value } else { value })
        }
        ExprKind::Binary(binary) => {
            let (left, right) = (number_of(&binary.lhs)?, number_of(&binary.rhs)?);
            Some(match binary.op {
                BinaryOp::Add => left + right,
                BinaryOp::Sub => left - right,
                BinaryOp::Mul => left * right,
                BinaryOp::Div => left / right,
                BinaryOp::Pow => left.powf(right),
                _ => return None,
            })
        }
        _ => None,
    }
}
