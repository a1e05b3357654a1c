//! PromQL: tree to text in one line, as Prometheus' `String()` writes it. Matchers come in the order of
//! their texts, modifiers in a fixed order; parentheses are those of the tree.

use crate::promql::METRIC_NAME;
use crate::promql::number::{format_duration, format_number, format_number_short};
use crate::promql::quote::quote;
use crate::promql::tree::{
    Aggregate, At, Binary, BinaryOp, Cardinality, Duration, DurationExpr, DurationKind, DurationOp,
    Expr, ExprKind, MatchOp, Matcher, MatrixSelector, NumberLiteral, Subquery, VectorSelector,
};

/// Appends the text of an expression.
pub(super) fn expression(out: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Number(literal) => number(out, *literal),
        ExprKind::String(text) => out.push_str(&quote(text)),
        ExprKind::Vector(selector) => vector(out, selector),
        ExprKind::Matrix(matrix) => range_vector(out, matrix),
        ExprKind::Subquery(subquery) => {
            expression(out, &subquery.expr);
            subquery_suffix(out, subquery);
        }
        ExprKind::Call(call) => {
            out.push_str(call.function.name);
            out.push('(');
            for (index, arg) in call.args.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                expression(out, arg);
            }
            out.push(')');
        }
        ExprKind::Aggregate(aggregate) => {
            aggregate_head(out, aggregate);
            out.push('(');
            if let Some(param) = &aggregate.param {
                expression(out, param);
                out.push_str(", ");
            }
            expression(out, &aggregate.expr);
            out.push(')');
        }
        ExprKind::Binary(binary) => {
            left_operand(out, binary);
            out.push(' ');
            operator(out, binary);
            out.push(' ');
            expression(out, &binary.rhs);
        }
        ExprKind::Unary(unary) => {
            out.push(if unary.negative { '-' } else { '+' });
            expression(out, &unary.expr);
        }
        ExprKind::Paren(inner) => {
            out.push('(');
            expression(out, inner);
            out.push(')');
        }
    }
}

/// `sum by (job) `: what stands before the parentheses.
pub(super) fn aggregate_head(out: &mut String, aggregate: &Aggregate) {
    out.push_str(aggregate.op.text());
    if aggregate.without {
        out.push_str(" without (");
    } else if aggregate.grouping.is_empty() {
        return;
    } else {
        out.push_str(" by (");
    }
    label_names(out, &aggregate.grouping);
    out.push_str(") ");
}

/// `== bool on (job) group_left ()`: the operator and its modifiers.
pub(super) fn operator(out: &mut String, binary: &Binary) {
    out.push_str(binary.op.text());
    if binary.return_bool {
        out.push_str(" bool");
    }
    let Some(matching) = &binary.matching else {
        return;
    };
    let group = match matching.card {
        Cardinality::ManyToOne => Some(" group_left ("),
        Cardinality::OneToMany => Some(" group_right ("),
        Cardinality::OneToOne | Cardinality::ManyToMany => None,
    };
    if !matching.labels.is_empty() || matching.on || group.is_some() {
        out.push_str(if matching.on { " on (" } else { " ignoring (" });
        label_names(out, &matching.labels);
        out.push(')');
    }
    if let Some(group) = group {
        out.push_str(group);
        label_names(out, &matching.include);
        out.push(')');
    }
    let mut fill = |word: &str, value: f64| {
        out.push_str(&format!(" {word} ({})", format_number_short(value)));
    };
    match (matching.fill_lhs, matching.fill_rhs) {
        (Some(lhs), Some(rhs)) if lhs == rhs => fill("fill", lhs),
        (lhs, rhs) => {
            if let Some(lhs) = lhs {
                fill("fill_left", lhs);
            }
            if let Some(rhs) = rhs {
                fill("fill_right", rhs);
            }
        }
    }
}

/// The left operand. A plus sign before `^` would be read as the sign of the whole power.
fn left_operand(out: &mut String, binary: &Binary) {
    match binary.lhs.kind {
        ExprKind::Number(literal) if binary.op == BinaryOp::Pow && literal.value > f64::MAX => {
            out.push_str("Inf");
        }
        _ => expression(out, &binary.lhs),
    }
}

/// `[1h:5m] @ 1.000 offset 5m`.
pub(super) fn subquery_suffix(out: &mut String, subquery: &Subquery) {
    out.push('[');
    duration(out, &subquery.range);
    out.push(':');
    if let Some(step) = &subquery.step {
        duration(out, step);
    }
    out.push(']');
    at(out, subquery.at);
    offset(out, &subquery.offset);
}

fn vector(out: &mut String, selector: &VectorSelector) {
    name_and_matchers(out, selector);
    at(out, selector.at);
    extended_range(out, selector);
    offset(out, &selector.offset);
}

fn range_vector(out: &mut String, matrix: &MatrixSelector) {
    name_and_matchers(out, &matrix.selector);
    out.push('[');
    duration(out, &matrix.range);
    out.push(']');
    extended_range(out, &matrix.selector);
    at(out, matrix.selector.at);
    offset(out, &matrix.selector.offset);
}

fn name_and_matchers(out: &mut String, selector: &VectorSelector) {
    let name = selector.name.as_deref().unwrap_or_default();
    out.push_str(name);
    let mut matchers: Vec<String> = selector
        .matchers
        .iter()
        .filter(|matcher| {
            name.is_empty()
                || matcher.name != METRIC_NAME
                || matcher.op != MatchOp::Equal
                || matcher.value != name
        })
        .map(matcher_text)
        .collect();
    if !matchers.is_empty() {
        matchers.sort();
        out.push('{');
        out.push_str(&matchers.join(","));
        out.push('}');
    }
}

fn matcher_text(matcher: &Matcher) -> String {
    let mut out = String::new();
    label_name(&mut out, &matcher.name);
    out.push_str(matcher.op.text());
    out.push_str(&quote(&matcher.value));
    out
}

fn extended_range(out: &mut String, selector: &VectorSelector) {
    if selector.anchored {
        out.push_str(" anchored");
    } else if selector.smoothed {
        out.push_str(" smoothed");
    }
}

fn at(out: &mut String, at: Option<At>) {
    match at {
        None => {}
        Some(At::Timestamp(ms)) => out.push_str(&format!(" @ {:.3}", ms as f64 / 1000.0)),
        Some(At::Start) => out.push_str(" @ start()"),
        Some(At::End) => out.push_str(" @ end()"),
    }
}

fn offset(out: &mut String, offset: &Duration) {
    if offset.ms != 0 || offset.expr.is_some() {
        out.push_str(" offset ");
        duration(out, offset);
    }
}

fn duration(out: &mut String, duration: &Duration) {
    match &duration.expr {
        Some(expr) => duration_expr(out, expr),
        None => out.push_str(&format_duration(duration.ms)),
    }
}

fn duration_expr(out: &mut String, expr: &DurationExpr) {
    if expr.wrapped {
        out.push('(');
    }
    match &expr.kind {
        DurationKind::Number(literal) => number(out, *literal),
        DurationKind::Step => out.push_str("step()"),
        DurationKind::Range => out.push_str("range()"),
        DurationKind::Unary { negative, operand } => {
            if *negative {
                out.push('-');
            }
            duration_expr(out, operand);
        }
        DurationKind::Binary { op, lhs, rhs } => {
            if matches!(op, DurationOp::MaxOf | DurationOp::MinOf) {
                out.push_str(op.text());
                out.push('(');
                duration_expr(out, lhs);
                out.push_str(", ");
                duration_expr(out, rhs);
                out.push(')');
            } else {
                duration_expr(out, lhs);
                out.push_str(&format!(" {} ", op.text()));
                duration_expr(out, rhs);
            }
        }
    }
    if expr.wrapped {
        out.push(')');
    }
}

fn number(out: &mut String, literal: NumberLiteral) {
    if literal.duration {
        // Conversions from floats stay within the range of the integer.
        out.push_str(&format_duration((literal.value * 1000.0).round() as i64));
    } else {
        out.push_str(&format_number(literal.value));
    }
}

fn label_names(out: &mut String, names: &[String]) {
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        label_name(out, name);
    }
}

/// The name of a label, in quotes if it needs them.
fn label_name(out: &mut String, name: &str) {
    let plain = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain {
        out.push_str(name);
    } else {
        out.push_str(&quote(name));
    }
}
