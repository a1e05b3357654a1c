//! TraceQL: tree to canonical text. Mixed logical operators always get parentheses, so that
//! nobody has to know how they group.

use super::token::is_name_char;
use super::tree::{Expr, FieldName, LiteralValue, Query, Spanset, UnaryOperator};
use crate::literal::{write_duration, write_float, write_string};

pub(super) fn print(query: &Query) -> String {
    let Spanset::Filter(filter) = &query.spanset;
    match &filter.condition {
        None => "{ }".to_owned(),
        Some(condition) => {
            let mut out = "{ ".to_owned();
            write_expr(&mut out, condition);
            out.push_str(" }");
            out
        }
    }
}

/// The text of a field as it stands in a query.
pub(super) fn field_text(name: &FieldName) -> String {
    let mut out = String::new();
    write_field(&mut out, name);
    out
}

fn write_expr(out: &mut String, expr: &Expr) {
    match expr {
        Expr::Literal(literal) => write_literal(out, &literal.value),
        Expr::Field(field) => write_field(out, &field.name),
        Expr::Unary(unary) => {
            let UnaryOperator::Not = unary.operator;
            out.push('!');
            write_operand(
                out,
                &unary.operand,
                matches!(*unary.operand, Expr::Unary(_)),
            );
        }
        Expr::Comparison(comparison) => {
            // Comparisons group from the left.
            let grouped = matches!(*comparison.left, Expr::Unary(_) | Expr::Comparison(_));
            write_operand(out, &comparison.left, grouped);
            out.push(' ');
            out.push_str(comparison.operator.as_str());
            out.push(' ');
            write_operand(
                out,
                &comparison.right,
                matches!(*comparison.right, Expr::Unary(_)),
            );
        }
        Expr::Logical(logical) => {
            for (index, operand) in logical.operands.iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                    out.push_str(logical.operator.as_str());
                    out.push(' ');
                }
                write_operand(out, operand, !matches!(operand, Expr::Logical(_)));
            }
        }
    }
}

/// Literals and fields never need parentheses; others do unless `bare`.
fn write_operand(out: &mut String, expr: &Expr, bare: bool) {
    if bare || matches!(expr, Expr::Literal(_) | Expr::Field(_)) {
        write_expr(out, expr);
    } else {
        out.push('(');
        write_expr(out, expr);
        out.push(')');
    }
}

fn write_field(out: &mut String, name: &FieldName) {
    match name {
        FieldName::Intrinsic(intrinsic) => out.push_str(intrinsic.as_str()),
        FieldName::Attribute { scope, name } => {
            out.push_str(scope.as_str());
            out.push('.');
            if name.chars().all(is_name_char) {
                out.push_str(name);
            } else {
                write_string(out, name);
            }
        }
    }
}

fn write_literal(out: &mut String, value: &LiteralValue) {
    match value {
        LiteralValue::String(text) => write_string(out, text),
        LiteralValue::Int(value) => out.push_str(&value.to_string()),
        LiteralValue::Float(value) => write_float(out, *value),
        LiteralValue::Bool(true) => out.push_str("true"),
        LiteralValue::Bool(false) => out.push_str("false"),
        LiteralValue::Nil => out.push_str("nil"),
        LiteralValue::Duration(ns) => write_duration(out, *ns),
        LiteralValue::Status(status) => out.push_str(status.as_str()),
        LiteralValue::Kind(kind) => out.push_str(kind.as_str()),
    }
}
