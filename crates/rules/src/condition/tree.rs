//! Short conditions: the tree of one.

use std::ops::Range;
use std::time::Duration;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) value: Value,
    pub(super) value_range: Range<usize>,
    /// Nothing for `absent`.
    pub(super) comparison: Option<Comparison>,
    pub(super) by: Vec<String>,
    pub(super) by_range: Range<usize>,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    /// The newest value.
    Newest,
    /// A function over a window.
    Over(Function, Duration),
    /// That there is nothing, now or within a window.
    Absent(Option<Duration>),
}

/// Functions over a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    Rate,
    Irate,
    Increase,
    Delta,
    Deriv,
    Avg,
    Min,
    Max,
    Sum,
    Count,
    Last,
    Stddev,
    Changes,
    Resets,
    /// Between 0 and 1.
    Quantile(f64),
}

/// How and with what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) op: &'static str,
    pub(super) amount: Amount,
}

/// What is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Amount {
    Number {
        value: f64,
        unit: Option<String>,
        range: Range<usize>,
    },
    /// `budget_limit`.
    Budget(Range<usize>),
    Negative(Box<Amount>),
    Binary(&'static str, Box<Amount>, Box<Amount>),
}

impl Amount {
    /// Whether `budget_limit` is part of it, and where.
    pub(super) fn budget(&self) -> Option<&Range<usize>> {
        match self {
            Self::Number { .. } => None,
            Self::Budget(range) => Some(range),
            Self::Negative(inner) => inner.budget(),
            Self::Binary(_, left, right) => left.budget().or_else(|| right.budget()),
        }
    }
}
