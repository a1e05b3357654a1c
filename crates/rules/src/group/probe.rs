//! What has to give series for a rule to have data: its expression without the comparison.

use crate::rule::{Expression, NoData, Rule};
use tacho_query::promql::engine::Query;
use tacho_syntax::promql::print;
use tacho_syntax::promql::tree::{BinaryOp, Expr, ExprKind, ValueType};

/// The probe of a rule that does something about missing data.
pub(super) fn probe_of(rule: &Rule) -> Option<Expression> {
    if rule.no_data == NoData::Ok || !rule.is_alert() {
        return None;
    }
    if let Some(probe) = &rule.probe {
        return Some(probe.clone());
    }
    let probe = without_comparison(rule.expr.promql()?);
    Query::parse(&print(probe)).ok().map(Expression::PromQl)
}

/// The left side of comparisons and of `and` and `unless`, as far down as they go.
fn without_comparison(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Paren(inner) => without_comparison(inner),
        ExprKind::Binary(binary) if filters(binary.op) => {
            let vector = [&binary.lhs, &binary.rhs]
                .into_iter()
                .find(|side| side.value_type() == ValueType::Vector);
            vector.map_or(expr, |side| without_comparison(side))
        }
        _ => expr,
    }
}

fn filters(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(
        op,
        B::Equal
            | B::NotEqual
            | B::Greater
            | B::Less
            | B::GreaterEqual
            | B::LessEqual
            | B::And
            | B::Unless
    )
}

#[cfg(test)]
mod tests {
    use super::probe_of;
    use crate::rule::{Expression, NoData, Rule, RuleKind};
    use tacho_query::promql::engine::Query;

    #[test]
    fn data_are_what_is_compared() {
        for (text, expected) in [
            ("rate(a[5m]) > 0.1", "rate(a[5m])"),
            ("(a / b > 2) and on (job) c == 1", "a / b"),
            ("5 < a", "a"),
            ("a or b", "a or b"),
            ("sum(a > 1)", "sum(a > 1)"),
        ] {
            let kind = RuleKind::Alert {
                name: "A".to_owned(),
            };
            let query = Expression::PromQl(Query::parse(text).unwrap());
            let mut rule = Rule::new(kind, query);
            assert!(probe_of(&rule).is_none());
            rule.no_data = NoData::Alert;
            let probe = probe_of(&rule).unwrap();
            assert_eq!(probe.text(), expected, "{text}");
        }
    }
}
