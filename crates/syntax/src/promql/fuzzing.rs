//! What has to hold for any text: used by the fuzz entry and by tests.

use crate::promql::tree::{
    At, Duration, DurationExpr, DurationKind, Expr, ExprKind, NumberLiteral, VectorSelector,
};

/// The tree without what printing changes: positions, the order of matchers, the bits of NaN, times
/// that no float holds exactly, and plus signs of durations.
pub(crate) fn normal_form(mut expr: Expr) -> Expr {
    normalise(&mut expr);
    expr
}

fn normalise(expr: &mut Expr) {
    expr.range = 0..0;
    match &mut expr.kind {
        ExprKind::Number(literal) => number(literal),
        ExprKind::Vector(vector) => selector(vector),
        ExprKind::Matrix(matrix) => {
            matrix.selector_range = 0..0;
            selector(&mut matrix.selector);
            duration(&mut matrix.range);
        }
        ExprKind::Subquery(subquery) => {
            duration(&mut subquery.range);
            duration(&mut subquery.offset);
            at(&mut subquery.at);
            if let Some(step) = &mut subquery.step {
                duration(step);
            }
        }
        ExprKind::Binary(binary) => {
            if let Some(matching) = &mut binary.matching {
                for fill in [&mut matching.fill_lhs, &mut matching.fill_rhs] {
                    *fill = fill.map(|value| if value.is_nan() { -1.5e-300 } else { value });
                }
            }
        }
        ExprKind::String(_)
        | ExprKind::Call(_)
        | ExprKind::Aggregate(_)
        | ExprKind::Unary(_)
        | ExprKind::Paren(_) => {}
    }
    for child in expr.children_mut() {
        normalise(child);
    }
}

fn selector(selector: &mut VectorSelector) {
    selector
        .matchers
        .sort_by(|a, b| (&a.name, a.op.text(), &a.value).cmp(&(&b.name, b.op.text(), &b.value)));
    duration(&mut selector.offset);
    at(&mut selector.at);
}

fn at(at: &mut Option<At>) {
    if let Some(At::Timestamp(ms)) = at
        && ms.unsigned_abs() > 1 << 50
    {
        *ms = 0;
    }
}

fn duration(duration: &mut Duration) {
    if let Some(expr) = &mut duration.expr {
        duration_expr(expr);
    }
}

fn duration_expr(expr: &mut DurationExpr) {
    expr.range = 0..0;
    match &mut expr.kind {
        DurationKind::Number(literal) => number(literal),
        DurationKind::Step | DurationKind::Range => {}
        DurationKind::Unary { negative, operand } => {
            duration_expr(operand);
            if !*negative && !expr.wrapped {
                let inner = operand.as_ref().clone();
                *expr = inner;
            }
        }
        DurationKind::Binary { lhs, rhs, .. } => {
            duration_expr(lhs);
            duration_expr(rhs);
        }
    }
}

fn number(literal: &mut NumberLiteral) {
    if literal.value.is_nan() {
        literal.value = -1.5e-300;
    }
}
