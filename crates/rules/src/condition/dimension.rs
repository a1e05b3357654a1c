//! The unit of a PromQL expression, for the axis of its chart: worked out from the units of the metrics in
//! it, as far as that is certain.

use crate::condition::MetricFacts;
use crate::condition::unit::{Dimension, Unit, of_metric};
use tacho_syntax::promql::METRIC_NAME;
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{AggregateOp, BinaryOp, Expr, ExprKind, MatchOp, VectorSelector};

/// The unit of an expression as UCUM writes it (`s`, `ms`, `By`, `By/s`, `1` for shares, `%`, `{USD}`);
/// nothing where it is not certain.
pub fn unit_of(expr: &Expr, facts: &MetricFacts) -> Option<&'static str> {
    let measured = measure(expr, facts)?;
    let per_second = measured.per_second;
    let near = |scale: f64| (measured.unit.scale / scale - 1.0).abs() < 1e-9;
    Some(match measured.unit.dimension {
        Dimension::Time if per_second && near(1.0) => "1",
        Dimension::Time if !per_second && near(1.0) => "s",
        Dimension::Time if !per_second && near(1e-3) => "ms",
        Dimension::Size if near(1.0) => {
            if per_second {
                "By/s"
            } else {
                "By"
            }
        }
        Dimension::Size if !per_second && near(1_048_576.0) => "MiBy",
        Dimension::Share if !per_second && near(1.0) => "1",
        Dimension::Share if !per_second && near(0.01) => "%",
        Dimension::Money if !per_second => "{USD}",
        _ => return None,
    })
}

#[derive(Clone, Copy)]
struct Measured {
    unit: Unit,
    per_second: bool,
}

fn measure(expr: &Expr, facts: &MetricFacts) -> Option<Measured> {
    match &expr.kind {
        ExprKind::Vector(selector) => of_selector(selector, facts),
        ExprKind::Matrix(matrix) => of_selector(&matrix.selector, facts),
        ExprKind::Subquery(subquery) => measure(&subquery.expr, facts),
        ExprKind::Paren(inner) => measure(inner, facts),
        ExprKind::Unary(unary) => measure(&unary.expr, facts),
        ExprKind::Aggregate(aggregate) => match aggregate.op {
            AggregateOp::Count | AggregateOp::CountValues | AggregateOp::Group => None,
            AggregateOp::Stdvar => None,
            _ => measure(&aggregate.expr, facts),
        },
        ExprKind::Call(call) => {
            let argument = call.args.iter().rev().find_map(|arg| measure(arg, facts))?;
            of_call(call.function.id, argument)
        }
        ExprKind::Binary(binary) => {
            let (left, right) = (measure(&binary.lhs, facts), measure(&binary.rhs, facts));
            of_binary(binary.op, (left, &binary.lhs), (right, &binary.rhs))
        }
        ExprKind::Number(_) | ExprKind::String(_) => None,
    }
}

fn of_selector(selector: &VectorSelector, facts: &MetricFacts) -> Option<Measured> {
    let mut named = selector.matchers.iter().filter(|it| it.name == METRIC_NAME);
    let name = named.next().filter(|it| it.op == MatchOp::Equal)?;
    if name.value.ends_with("_count") {
        return None;
    }
    Some(Measured {
        unit: of_metric(&name.value, facts)?,
        per_second: false,
    })
}

fn of_call(function: FunctionId, argument: Measured) -> Option<Measured> {
    use FunctionId as F;
    match function {
        F::Rate | F::Irate | F::Deriv if !argument.per_second => Some(Measured {
            per_second: true,
            ..argument
        }),
        F::Increase | F::Delta | F::Idelta | F::HistogramQuantile | F::PredictLinear => {
            // the rate of buckets that a quantile is taken of counts, it measures nothing
            Some(Measured {
                per_second: argument.per_second && function != F::HistogramQuantile,
                ..argument
            })
        }
        F::AvgOverTime
        | F::MinOverTime
        | F::MaxOverTime
        | F::SumOverTime
        | F::LastOverTime
        | F::QuantileOverTime
        | F::StddevOverTime
        | F::Abs
        | F::Ceil
        | F::Floor
        | F::Round
        | F::Clamp
        | F::ClampMax
        | F::ClampMin
        | F::Sort
        | F::SortDesc
        | F::LabelReplace => Some(argument),
        _ => None,
    }
}

type Side<'a> = (Option<Measured>, &'a Expr);

fn of_binary(op: BinaryOp, (left, lhs): Side<'_>, (right, rhs): Side<'_>) -> Option<Measured> {
    let same = |one: Measured, two: Measured| {
        (one.unit.dimension, one.per_second) == (two.unit.dimension, two.per_second)
            && (one.unit.scale - two.unit.scale).abs() < f64::EPSILON
    };
    let constant = |expr: &Expr| super::threshold::number_of(expr);
    match (op, left, right) {
        (BinaryOp::Div, Some(one), Some(two)) if same(one, two) => Some(Measured {
            unit: Unit {
                dimension: Dimension::Share,
                scale: 1.0,
            },
            per_second: false,
        }),
        (BinaryOp::Add | BinaryOp::Sub | BinaryOp::Or, Some(one), Some(two)) => {
            same(one, two).then_some(one)
        }
        (BinaryOp::Div, Some(one), None) => scaled(one, constant(rhs)?),
        (BinaryOp::Mul, Some(one), None) => scaled(one, 1.0 / constant(rhs)?),
        (BinaryOp::Mul, None, Some(two)) => scaled(two, 1.0 / constant(lhs)?),
        (BinaryOp::Sub | BinaryOp::Add, None, Some(two)) => constant(lhs).map(|_| two),
        (BinaryOp::Sub | BinaryOp::Add, Some(one), None) => constant(rhs).map(|_| one),
        (BinaryOp::And | BinaryOp::Unless, left, _) => left,
        _ => None,
    }
}

/// The same in a unit that is so many times as large.
fn scaled(measured: Measured, by: f64) -> Option<Measured> {
    let scale = measured.unit.scale * by;
    (scale.is_finite() && scale > 0.0).then_some(Measured {
        unit: Unit {
            scale,
            ..measured.unit
        },
        ..measured
    })
}
