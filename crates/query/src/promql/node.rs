//! Nodes of the tree that is evaluated.

use crate::promql::call::{Extension, Implementation};
use std::ops::Range;
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{Aggregate, Binary, Expr};

/// A node of the tree.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    Number(f64),
    String(&'a str),
    Vector(Selection),
    Matrix(RangeSelection),
    Subquery(Box<SubqueryNode<'a>>),
    Call(CallNode<'a>),
    Aggregate(AggregateNode<'a>),
    Binary(BinaryNode<'a>),
    Negate(Box<Node<'a>>),
    /// The same at every step.
    Constant(Box<Node<'a>>),
}

/// Selects one sample a series.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    /// Which source.
    pub source: usize,
    /// When the data is, from the time of the step.
    pub clock: DataClock,
    /// Interpolates between samples.
    pub smoothed: bool,
    /// Only count and sum of histograms are wanted.
    pub counts_only: bool,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Selects samples of a range.
#[derive(Debug, Clone)]
pub(crate) struct RangeSelection {
    /// Which source.
    pub source: usize,
    /// When the data is, from the time of the step.
    pub clock: DataClock,
    /// How far back it reaches.
    pub range_ms: i64,
    /// How far beyond.
    pub extension: Extension,
    /// Only count and sum of histograms are wanted.
    pub counts_only: bool,
}

/// From the time of a step to the time of data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataClock {
    /// Goes back by this.
    pub offset_ms: i64,
    /// Stands still at this time before it goes back.
    pub at_ms: Option<i64>,
}

impl DataClock {
    /// The time of data at a step.
    pub(crate) fn data_time(self, time_ms: i64) -> i64 {
        self.at_ms.unwrap_or(time_ms).saturating_sub(self.offset_ms)
    }
}

/// Evaluates an expression at many times.
#[derive(Debug)]
pub(crate) struct SubqueryNode<'a> {
    pub node: Node<'a>,
    pub range_ms: i64,
    pub step_ms: i64,
    pub clock: DataClock,
}

/// A call.
#[derive(Debug)]
pub(crate) struct CallNode<'a> {
    pub function: FunctionId,
    pub name: &'static str,
    /// None for those that the engine knows.
    pub implementation: Option<Implementation>,
    pub args: Vec<Node<'a>>,
    pub exprs: &'a [Expr],
    pub range: Range<usize>,
}

/// An aggregation.
#[derive(Debug)]
pub(crate) struct AggregateNode<'a> {
    pub aggregate: &'a Aggregate,
    /// Labels of `by` or `without`, sorted.
    pub grouping: Vec<&'a str>,
    pub node: Box<Node<'a>>,
    pub param: Option<Box<Node<'a>>>,
    pub range: Range<usize>,
}

/// Two operands.
#[derive(Debug)]
pub(crate) struct BinaryNode<'a> {
    pub binary: &'a Binary,
    pub lhs: Box<Node<'a>>,
    pub rhs: Box<Node<'a>>,
    pub range: Range<usize>,
}
