//! PromQL: tree to text over several lines, as Prometheus' `/api/v1/format_query` writes it. What fits
//! into a line stays in one; everything else is split and indented by two blanks a level.

use crate::promql::print;
use crate::promql::tree::{Expr, ExprKind};

/// Bytes of a line before an expression is split.
const LINE_BYTES_MAX: usize = 100;
const INDENT: &str = "  ";

/// The text of an expression at a level of indentation.
pub(super) fn expression(expr: &Expr, level: usize) -> String {
    let indent = INDENT.repeat(level);
    let mut line = String::new();
    print::expression(&mut line, expr);
    if let ExprKind::Unary(unary) = &expr.kind {
        let operand = expression(&unary.expr, level);
        let sign = if unary.negative { '-' } else { '+' };
        return format!("{indent}{sign}{}", operand.trim());
    }
    if line.len() <= LINE_BYTES_MAX {
        // As in Prometheus, subqueries that fit into a line are not indented.
        return match expr.kind {
            ExprKind::Subquery(_) => line,
            _ => indent + &line,
        };
    }
    match &expr.kind {
        ExprKind::Aggregate(aggregate) => {
            let mut out = indent.clone();
            print::aggregate_head(&mut out, aggregate);
            out.push_str("(\n");
            if let Some(param) = &aggregate.param {
                out.push_str(&expression(param, level + 1));
                out.push_str(",\n");
            }
            out.push_str(&expression(&aggregate.expr, level + 1));
            format!("{out}\n{indent})")
        }
        ExprKind::Binary(binary) => {
            let mut operator = String::new();
            print::operator(&mut operator, binary);
            let lhs = expression(&binary.lhs, level + 1);
            let rhs = expression(&binary.rhs, level + 1);
            format!("{lhs}\n{indent}{operator}\n{rhs}")
        }
        ExprKind::Call(call) => {
            let args: Vec<String> = call
                .args
                .iter()
                .map(|arg| expression(arg, level + 1))
                .collect();
            let (name, args) = (call.function.name, args.join(",\n"));
            format!("{indent}{name}(\n{args}\n{indent})")
        }
        ExprKind::Paren(inner) => {
            format!("{indent}(\n{}\n{indent})", expression(inner, level + 1))
        }
        ExprKind::Subquery(subquery) => {
            let mut out = expression(&subquery.expr, level);
            print::subquery_suffix(&mut out, subquery);
            out
        }
        _ => indent + &line,
    }
}
