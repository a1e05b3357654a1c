//! Which labels the series of an expression can have, as far as its text tells.

use std::collections::BTreeSet;
use tacho_syntax::promql::METRIC_NAME;
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{
    Aggregate, AggregateOp, Binary, BinaryOp, Call, Expr, ExprKind, MatchOp, ValueType,
};

/// Names of labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LabelSet {
    /// Any.
    Any,
    /// At most these.
    Only(BTreeSet<String>),
}

impl LabelSet {
    fn none() -> Self {
        Self::Only(BTreeSet::new())
    }

    /// The labels of an expression.
    pub(super) fn of(expr: &Expr) -> Self {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::String(_) => Self::none(),
            ExprKind::Vector(_) | ExprKind::Matrix(_) => Self::Any,
            ExprKind::Subquery(subquery) => Self::of(&subquery.expr),
            ExprKind::Paren(inner) => Self::of(inner),
            ExprKind::Unary(unary) => Self::of(&unary.expr),
            ExprKind::Aggregate(aggregate) => Self::of_aggregate(aggregate),
            ExprKind::Binary(binary) => Self::of_binary(binary),
            ExprKind::Call(call) => Self::of_call(call),
        }
    }

    fn of_aggregate(aggregate: &Aggregate) -> Self {
        let inner = Self::of(&aggregate.expr);
        if matches!(
            aggregate.op,
            AggregateOp::Topk
                | AggregateOp::Bottomk
                | AggregateOp::Limitk
                | AggregateOp::LimitRatio
        ) {
            return inner;
        }
        let grouping = aggregate.grouping.iter().cloned();
        let mut labels = if aggregate.without {
            inner.minus(&aggregate.grouping)
        } else {
            Self::Only(grouping.collect()).within(&inner)
        };
        if let (AggregateOp::CountValues, Some(param)) = (aggregate.op, &aggregate.param) {
            labels = match &param.kind {
                ExprKind::String(name) => labels.plus([name.clone()]),
                _ => Self::Any,
            };
        }
        labels
    }

    fn of_binary(binary: &Binary) -> Self {
        let is_vector = |side: &Expr| side.value_type() == ValueType::Vector;
        match (is_vector(&binary.lhs), is_vector(&binary.rhs)) {
            (false, false) => return Self::none(),
            (true, false) => return Self::of(&binary.lhs),
            (false, true) => return Self::of(&binary.rhs),
            (true, true) => {}
        }
        let (lhs, rhs) = (Self::of(&binary.lhs), Self::of(&binary.rhs));
        match binary.op {
            BinaryOp::And | BinaryOp::Unless => return lhs,
            BinaryOp::Or => return lhs.with(rhs),
            _ => {}
        }
        // Joins give labels of one side, or of both: more than that is not needed.
        match &binary.matching {
            Some(matching) => {
                let both = lhs.with(rhs);
                both.plus(matching.labels.iter().cloned())
            }
            None => lhs.with(rhs),
        }
    }

    fn of_call(call: &Call) -> Self {
        use FunctionId as F;
        match call.function.id {
            F::Absent | F::AbsentOverTime => return Self::of_absent(call),
            F::LabelReplace | F::LabelJoin => {
                let inner = call.args.first().map_or(Self::Any, Self::of);
                return match call.args.get(1).map(|arg| &arg.kind) {
                    Some(ExprKind::String(name)) => inner.plus([name.clone()]),
                    _ => Self::Any,
                };
            }
            F::Info | F::HistogramQuantiles => return Self::Any,
            _ => {}
        }
        let carries =
            |arg: &&Expr| matches!(arg.value_type(), ValueType::Vector | ValueType::Matrix);
        if call.function.return_type == ValueType::Scalar {
            return Self::none();
        }
        // `vector(scalar)`, `time()` and others without a vector have no labels.
        let vectors = call.args.iter().filter(carries).map(Self::of);
        vectors.fold(Self::none(), Self::with)
    }

    /// `absent` has the labels that its selector demands.
    fn of_absent(call: &Call) -> Self {
        let matchers = match call.args.first().map(|arg| &arg.kind) {
            Some(ExprKind::Vector(selector)) => &selector.matchers,
            Some(ExprKind::Matrix(matrix)) => &matrix.selector.matchers,
            _ => return Self::none(),
        };
        let equal = matchers
            .iter()
            .filter(|matcher| matcher.op == MatchOp::Equal && matcher.name != METRIC_NAME);
        Self::Only(equal.map(|matcher| matcher.name.clone()).collect())
    }

    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(mut one), Self::Only(two)) => {
                one.extend(two);
                Self::Only(one)
            }
            _ => Self::Any,
        }
    }

    fn plus(self, names: impl IntoIterator<Item = String>) -> Self {
        self.with(Self::Only(names.into_iter().collect()))
    }

    fn minus(self, names: &[String]) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Only(mut own) => {
                own.retain(|name| !names.contains(name));
                Self::Only(own)
            }
        }
    }

    fn within(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(mut own), Self::Only(other)) => {
                own.retain(|name| other.contains(name));
                Self::Only(own)
            }
            (own, _) => own,
        }
    }
}
