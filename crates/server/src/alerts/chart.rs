//! What to draw of an alert: the left side of its rule's comparison, limited to the series of the alert.

use tacho_model::alert::ALERT_NAME;
use tacho_model::labels::Labels;
use tacho_rules::condition::threshold::threshold_of;
use tacho_rules::rule::{Rule, RuleGroup};
use tacho_syntax::promql;
use tacho_syntax::promql::tree::{Expr, ExprKind, MatchOp, Matcher, VectorSelector};

/// Most labels that an expression is limited to.
const LABELS_MAX: usize = 16;

/// The left side of the comparison of a rule; the whole expression if it has none. Nothing for rules on
/// traces and logs.
pub fn left_of(rule: &Rule) -> Option<String> {
    let expr = rule.expr.promql()?;
    let left = threshold_of(expr).map(|threshold| threshold.left_text);
    Some(left.unwrap_or_else(|| rule.expr.text().to_owned()))
}

/// The same for the series of one alert.
pub fn chart_expr(group: &RuleGroup, rule: &Rule, alert: &Labels) -> Option<String> {
    let left = left_of(rule)?;
    let own = group.labels_of(rule);
    let series = alert
        .iter()
        .filter(|(name, _)| *name != ALERT_NAME && !own.contains_key(*name));
    let pairs: Vec<(&str, &str)> = series.take(LABELS_MAX).collect();
    if pairs.is_empty() {
        return Some(left);
    }
    let mut expr = promql::check(&left).ok()?;
    if is_plain(&expr, &pairs) {
        narrow(&mut expr, &pairs);
        return Some(promql::print(&expr));
    }
    let names: Vec<&str> = pairs.iter().map(|(name, _)| *name).collect();
    let one = pairs
        .iter()
        .fold("vector(1)".to_owned(), |inner, (name, value)| {
            let value = value.replace('$', "$$");
            format!("label_replace({inner}, {name:?}, {value:?}, \"\", \"\")")
        });
    let text = format!("({left}) and on ({}) {one}", names.join(", "));
    promql::check(&text).is_ok().then_some(text)
}

/// Whether the labels of the result are labels of everything that is selected: then selectors can be
/// limited, which is cheaper and easier to read.
fn is_plain(expr: &Expr, pairs: &[(&str, &str)]) -> bool {
    match &expr.kind {
        ExprKind::Vector(_) | ExprKind::Matrix(_) | ExprKind::Number(_) => true,
        ExprKind::Paren(inner) => is_plain(inner, pairs),
        ExprKind::Unary(unary) => is_plain(&unary.expr, pairs),
        ExprKind::Subquery(subquery) => is_plain(&subquery.expr, pairs),
        ExprKind::Call(call) => {
            let name = call.function.name;
            let makes = [
                "label_replace",
                "label_join",
                "absent",
                "absent_over_time",
                "vector",
                "info",
            ];
            !makes.contains(&name) && call.args.iter().all(|arg| is_plain(arg, pairs))
        }
        ExprKind::Aggregate(aggregate) => {
            let named = |name: &str| aggregate.grouping.iter().any(|label| label == name);
            let kept = pairs
                .iter()
                .all(|(name, _)| named(name) != aggregate.without);
            let same = !matches!(aggregate.op, promql::tree::AggregateOp::CountValues);
            same && (kept || is_selection(aggregate.op)) && is_plain(&aggregate.expr, pairs)
        }
        ExprKind::Binary(binary) => {
            let matching = binary.matching.as_ref();
            let all = matching.is_none_or(|matching| {
                let named = |name: &str| matching.labels.iter().any(|label| label == name);
                matching.include.is_empty()
                    && pairs.iter().all(|(name, _)| named(name) == matching.on)
            });
            all && is_plain(&binary.lhs, pairs) && is_plain(&binary.rhs, pairs)
        }
        _ => false,
    }
}

/// Whether an aggregation picks series and keeps their labels.
fn is_selection(op: promql::tree::AggregateOp) -> bool {
    use promql::tree::AggregateOp;
    matches!(
        op,
        AggregateOp::Topk | AggregateOp::Bottomk | AggregateOp::Limitk | AggregateOp::LimitRatio
    )
}

fn narrow(expr: &mut Expr, pairs: &[(&str, &str)]) {
    match &mut expr.kind {
        ExprKind::Vector(selector) => limit(selector, pairs),
        ExprKind::Matrix(matrix) => limit(&mut matrix.selector, pairs),
        ExprKind::Paren(inner) => narrow(inner, pairs),
        ExprKind::Unary(unary) => narrow(&mut unary.expr, pairs),
        ExprKind::Subquery(subquery) => narrow(&mut subquery.expr, pairs),
        ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| narrow(arg, pairs)),
        ExprKind::Aggregate(aggregate) => narrow(&mut aggregate.expr, pairs),
        ExprKind::Binary(binary) => {
            narrow(&mut binary.lhs, pairs);
            narrow(&mut binary.rhs, pairs);
        }
        _ => {}
    }
}

fn limit(selector: &mut VectorSelector, pairs: &[(&str, &str)]) {
    let named = selector.name.is_some();
    for (name, value) in pairs {
        let known = selector.matchers.iter();
        let mut known = known.filter(|one| one.name == *name && one.op == MatchOp::Equal);
        if known.next().is_some() {
            continue;
        }
        let matcher = Matcher {
            name: (*name).to_owned(),
            op: MatchOp::Equal,
            value: (*value).to_owned(),
        };
        // The matcher of the name stands last.
        let place = selector.matchers.len() - usize::from(named);
        selector.matchers.insert(place, matcher);
    }
}

#[cfg(test)]
mod tests {
    use super::chart_expr;
    use tacho_model::labels::Labels;
    use tacho_query::promql::engine::Query;
    use tacho_rules::rule::{Expression, Rule, RuleGroup, RuleKind, Source, SourceKind};

    fn check(expr: &str, labels: &[(&str, &str)], expected: &str) {
        let group = RuleGroup::new("g", Source::new(SourceKind::Own, "f"));
        let kind = RuleKind::Alert {
            name: "A".to_owned(),
        };
        let mut rule = Rule::new(kind, Expression::PromQl(Query::parse(expr).unwrap()));
        rule.labels.insert("severity".to_owned(), "high".to_owned());
        let mut all = vec![("alertname", "A"), ("severity", "high")];
        all.extend(labels);
        let labels = Labels::from_pairs(all);
        assert_eq!(
            chart_expr(&group, &rule, &labels).as_deref(),
            Some(expected)
        );
    }

    #[test]
    fn the_left_side_is_limited_to_the_labels_of_the_alert() {
        check(
            "up{job=\"x\"} == 0",
            &[("job", "x"), ("instance", "a:1")],
            "up{instance=\"a:1\",job=\"x\"}",
        );
        check("sum(rate(a[5m])) > 3", &[], "sum(rate(a[5m]))");
        check(
            "sum by (agent) (rate(a{s=\"f\"}[5m])) / sum by (agent) (rate(a[5m])) > 0.1",
            &[("agent", "coder")],
            "sum by (agent) (rate(a{agent=\"coder\",s=\"f\"}[5m])) / sum by (agent) (rate(a{agent=\"coder\"}[5m]))",
        );
        check(
            "a * on (x) group_left (owner) b > 1",
            &[("x", "1"), ("owner", "me")],
            "(a * on (x) group_left (owner) b) and on (owner, x) label_replace(label_replace(vector(1), \"owner\", \"me\", \"\", \"\"), \"x\", \"1\", \"\", \"\")",
        );
    }
}
