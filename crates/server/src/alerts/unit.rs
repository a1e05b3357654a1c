//! The unit of what an expression gives, as OpenTelemetry writes units: worked out from what is known about
//! its metrics, as far as that is certain.

use tacho_rules::condition::MetricFacts;
use tacho_syntax::promql::tree::{AggregateOp, BinaryOp, Call, Expr, ExprKind, VectorSelector};

/// Seconds that a rate divides by.
const PER_SECOND: &str = "/s";

/// The unit of an expression; nothing if it is not known.
pub fn unit_of(expr: &Expr, facts: &MetricFacts) -> Option<String> {
    let unit = of(expr, facts)?;
    // A share of seconds in seconds is a share.
    Some(match unit.strip_suffix(PER_SECOND) {
        Some("s") => "1".to_owned(),
        _ => unit,
    })
}

fn of(expr: &Expr, facts: &MetricFacts) -> Option<String> {
    match &expr.kind {
        ExprKind::Paren(inner) => of(inner, facts),
        ExprKind::Unary(unary) => of(&unary.expr, facts),
        ExprKind::Vector(selector) => of_selector(selector, facts),
        ExprKind::Matrix(matrix) => of_selector(&matrix.selector, facts),
        ExprKind::Subquery(subquery) => of(&subquery.expr, facts),
        ExprKind::Aggregate(aggregate) => match aggregate.op {
            AggregateOp::Count | AggregateOp::CountValues | AggregateOp::Group => None,
            AggregateOp::Stdvar => None,
            _ => of(&aggregate.expr, facts),
        },
        ExprKind::Call(call) => of_call(call, facts),
        ExprKind::Binary(binary) => {
            let (left, right) = (of(&binary.lhs, facts), of(&binary.rhs, facts));
            match binary.op {
                BinaryOp::Div => of_quotient(&binary.lhs, &binary.rhs, (left, right)),
                BinaryOp::Add | BinaryOp::Sub if left == right => left,
                BinaryOp::And | BinaryOp::Unless => left,
                BinaryOp::Or if left == right => left,
                BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterEqual
                | BinaryOp::Less
                | BinaryOp::LessEqual => left.or(right),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Two of a kind give a share; a size through a power of 1,024 a larger size.
fn of_quotient(
    left: &Expr,
    right: &Expr,
    units: (Option<String>, Option<String>),
) -> Option<String> {
    match units {
        (Some(one), Some(two)) => (one == two).then(|| "1".to_owned()),
        (Some(size), None) if size == "By" => {
            let larger = [("KiBy", 10), ("MiBy", 20), ("GiBy", 30)].into_iter();
            let number = number_of(right)?;
            let found = larger
                .into_iter()
                .find(|(_, bits)| number == f64::from(1u32 << bits));
            found.map(|(unit, _)| unit.to_owned())
        }
        // Counts of a kind: both sides ask for the same metric.
        (None, None) if number_of(right).is_none() => {
            let (one, two) = (first_name(left)?, first_name(right)?);
            (one == two).then(|| "1".to_owned())
        }
        _ => None,
    }
}

fn of_call(call: &Call, facts: &MetricFacts) -> Option<String> {
    let name = call.function.name;
    let argument = |at: usize| of(call.args.get(at)?, facts);
    match name {
        "rate" | "irate" | "deriv" => argument(0).map(|unit| unit + PER_SECOND),
        "histogram_quantile" => {
            let unit = argument(1)?;
            Some(unit.trim_end_matches(PER_SECOND).to_owned())
        }
        "quantile_over_time" => argument(1),
        "count_over_time" | "present_over_time" | "changes" | "resets" | "absent"
        | "absent_over_time" | "stdvar_over_time" => None,
        "abs" | "ceil" | "floor" | "round" | "clamp" | "clamp_min" | "clamp_max" | "sort"
        | "sort_desc" | "increase" | "delta" | "idelta" | "predict_linear" | "label_replace"
        | "label_join" | "vector" | "scalar" => argument(0),
        "time" | "timestamp" => Some("s".to_owned()),
        name if name.ends_with("_over_time") => argument(0),
        _ => None,
    }
}

fn of_selector(selector: &VectorSelector, facts: &MetricFacts) -> Option<String> {
    let name = name_of(selector)?;
    // How many there were is no longer in the unit of what was measured.
    if name.ends_with("_count") || name.ends_with("_bucket") && selector.name.is_none() {
        return None;
    }
    let told = facts.of(name).map(|metadata| metadata.unit.as_str());
    let told = told.filter(|unit| !unit.is_empty());
    let stem = ["_total", "_bucket", "_sum"]
        .iter()
        .fold(name, |stem, suffix| {
            stem.strip_suffix(suffix).unwrap_or(stem)
        });
    let word = told.or_else(|| stem.rsplit('_').next());
    let unit = match word? {
        "seconds" | "s" => "s",
        "milliseconds" | "ms" => "ms",
        "bytes" | "By" => "By",
        "ratio" | "1" => "1",
        "percent" | "%" => "%",
        "usd" | "USD" => "USD",
        other => told.filter(|unit| *unit == other)?,
    };
    Some(unit.to_owned())
}

fn name_of(selector: &VectorSelector) -> Option<&str> {
    let own = selector.name.as_deref();
    own.or_else(|| {
        let mut matchers = selector.matchers.iter();
        let named = matchers.find(|one| one.name == tacho_model::labels::METRIC_NAME)?;
        Some(named.value.as_str())
    })
}

/// The name of the first metric of an expression.
fn first_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Paren(inner) => first_name(inner),
        ExprKind::Unary(unary) => first_name(&unary.expr),
        ExprKind::Vector(selector) => name_of(selector),
        ExprKind::Matrix(matrix) => name_of(&matrix.selector),
        ExprKind::Subquery(subquery) => first_name(&subquery.expr),
        ExprKind::Aggregate(aggregate) => first_name(&aggregate.expr),
        ExprKind::Call(call) => call.args.iter().find_map(first_name),
        ExprKind::Binary(binary) => first_name(&binary.lhs).or_else(|| first_name(&binary.rhs)),
        _ => None,
    }
}

/// The value of an expression of numbers.
fn number_of(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(number) => Some(number.value),
        ExprKind::Paren(inner) => number_of(inner),
        ExprKind::Binary(binary) => {
            let (left, right) = (number_of(&binary.lhs)?, number_of(&binary.rhs)?);
            match binary.op {
                BinaryOp::Mul => Some(left * right),
                BinaryOp::Div => Some(left / right),
                BinaryOp::Pow => Some(left.powf(right)),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::unit_of;
    use tacho_rules::condition::MetricFacts;
    use tacho_syntax::promql;

    #[test]
    fn units_follow_what_is_certain() {
        for (text, unit) in [
            ("avg(task_duration_seconds)", Some("s")),
            ("latency_p95_ms", Some("ms")),
            (
                "histogram_quantile(0.95, rate(d_seconds_bucket[5m]))",
                Some("s"),
            ),
            (
                "sum(rate(runs_total{status=\"x\"}[5m])) / sum(rate(runs_total[5m]))",
                Some("1"),
            ),
            ("rate(cpu_seconds_total[5m])", Some("1")),
            ("memory_bytes / (1024 * 1024)", Some("MiBy")),
            ("used_bytes / size_bytes", Some("1")),
            ("rate(received_bytes_total[5m])", Some("By/s")),
            ("queue_size", None),
            ("count(up_seconds)", None),
            ("memory_bytes * 100", None),
        ] {
            let expr = promql::check(text).unwrap();
            assert_eq!(
                unit_of(&expr, &MetricFacts::default()).as_deref(),
                unit,
                "{text}"
            );
        }
    }
}
