//! The tree that is evaluated: selectors with their times worked out and gathered so that equal ones
//! are read once, functions with their implementations, and parts that are the same at every step
//! marked to be evaluated once.

mod place;

use crate::error::Result;
use crate::promql::call::Extension;
use crate::promql::failure;
use crate::promql::functions;
use crate::promql::matchers::CompiledMatchers;
use crate::promql::node::{
    AggregateNode, BinaryNode, CallNode, DataClock, Node, RangeSelection, Selection, SubqueryNode,
};
use crate::promql::plan::place::{Place, Reach, at_ms, clock_of, depends_on_time, shifted};
use std::collections::HashMap;
use tacho_storage::samples::matcher::{self, LabelMatcher};
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{
    Aggregate, Binary, BinaryOp, Call, Expr, ExprKind, MatchOp, Matcher, MatrixSelector, Subquery,
    VectorSelector,
};

/// Nesting of an expression that is evaluated.
const DEPTH_MAX: usize = 500;

/// What has to be read for equal selectors.
#[derive(Debug)]
pub(crate) struct SourceNeed {
    pub matchers: Vec<LabelMatcher>,
    /// Earliest time, inclusive.
    pub start_ms: i64,
    /// Latest time, inclusive.
    pub end_ms: i64,
    /// How many selectors read it.
    pub uses: usize,
}

/// Settings of planning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlanSettings {
    pub lookback_ms: i64,
    pub subquery_step_ms: i64,
}

/// Plans queries that share what they read.
#[derive(Debug)]
pub(crate) struct Planner<'c> {
    settings: PlanSettings,
    compiled: &'c CompiledMatchers,
    sources: Vec<SourceNeed>,
    by_matchers: HashMap<Vec<Matcher>, usize>,
}

/// A node with whether it is the same at every step, and whether it is worth marking then.
struct Planned<'a> {
    node: Node<'a>,
    constant: bool,
    markable: bool,
}

impl<'a> Planned<'a> {
    fn new(node: Node<'a>, constant: bool, markable: bool) -> Self {
        Self {
            node,
            constant,
            markable,
        }
    }

    fn marked(self) -> Node<'a> {
        if self.markable {
            Node::Constant(Box::new(self.node))
        } else {
            self.node
        }
    }
}

impl<'c> Planner<'c> {
    pub(crate) fn new(settings: PlanSettings, compiled: &'c CompiledMatchers) -> Self {
        Self {
            settings,
            compiled,
            sources: Vec::new(),
            by_matchers: HashMap::new(),
        }
    }

    /// What has to be read for all that was planned.
    pub(crate) fn into_sources(self) -> Vec<SourceNeed> {
        self.sources
    }

    /// Plans a prepared expression that is evaluated from `start_ms` to `end_ms`.
    pub(crate) fn plan<'a>(
        &mut self,
        expr: &'a Expr,
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Node<'a>> {
        let place = Place {
            reach: (start_ms, end_ms),
            depth: 0,
            counts: false,
            buckets: false,
        };
        Ok(self.expr(expr, place)?.marked())
    }

    fn expr<'a>(&mut self, expr: &'a Expr, mut place: Place) -> Result<Planned<'a>> {
        if place.depth > DEPTH_MAX {
            return Err(failure::bad_data(format!(
                "expression is nested more than {DEPTH_MAX} deep"
            )));
        }
        place.depth += 1;
        match &expr.kind {
            ExprKind::Number(number) => Ok(Planned::new(Node::Number(number.value), true, false)),
            ExprKind::String(text) => Ok(Planned::new(Node::String(text), true, false)),
            ExprKind::Vector(selector) => self.vector(selector, expr, place),
            ExprKind::Matrix(matrix) => self.matrix(matrix, place),
            ExprKind::Subquery(subquery) => self.subquery(subquery, place),
            ExprKind::Call(call) => self.call(call, expr, place),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, expr, place),
            ExprKind::Binary(binary) => self.binary(binary, expr, place),
            ExprKind::Unary(unary) => {
                let inner = self.expr(&unary.expr, place)?;
                let Planned {
                    node,
                    constant,
                    markable,
                } = inner;
                let node = if unary.negative {
                    Node::Negate(Box::new(node))
                } else {
                    node
                };
                Ok(Planned::new(node, constant, markable))
            }
            ExprKind::Paren(inner) => self.expr(inner, place),
        }
    }

    fn vector<'a>(
        &mut self,
        selector: &VectorSelector,
        expr: &Expr,
        place: Place,
    ) -> Result<Planned<'a>> {
        let clock = clock_of(selector);
        let (start, end) = shifted(place.reach, clock);
        let lookback = self.settings.lookback_ms;
        let end = if selector.smoothed {
            end.saturating_add(lookback)
        } else {
            end
        };
        let source = self.source(selector, (start.saturating_sub(lookback - 1), end))?;
        let selection = Selection {
            source,
            clock,
            smoothed: selector.smoothed,
            counts_only: place.counts_only(),
            range: expr.range.clone(),
        };
        let constant = clock.at_ms.is_some();
        Ok(Planned::new(Node::Vector(selection), constant, constant))
    }

    fn matrix<'a>(&mut self, matrix: &MatrixSelector, place: Place) -> Result<Planned<'a>> {
        let selector = &matrix.selector;
        let clock = clock_of(selector);
        let (mut start, mut end) = shifted(place.reach, clock);
        let lookback = self.settings.lookback_ms;
        start = start.saturating_sub(matrix.range.ms - 1);
        let extension = match (selector.anchored, selector.smoothed) {
            (true, _) => Extension::Anchored,
            (false, true) => Extension::Smoothed,
            (false, false) => Extension::None,
        };
        if extension != Extension::None {
            start = start.saturating_sub(lookback);
        }
        if extension == Extension::Smoothed {
            end = end.saturating_add(lookback);
        }
        let selection = RangeSelection {
            source: self.source(selector, (start, end))?,
            clock,
            range_ms: matrix.range.ms,
            extension,
            counts_only: place.counts_only(),
        };
        let constant = clock.at_ms.is_some();
        Ok(Planned::new(Node::Matrix(selection), constant, false))
    }

    fn subquery<'a>(&mut self, subquery: &'a Subquery, place: Place) -> Result<Planned<'a>> {
        let clock = DataClock {
            offset_ms: subquery.offset.ms,
            at_ms: at_ms(subquery.at),
        };
        let (start, end) = shifted(place.reach, clock);
        let below = Place {
            reach: (start.saturating_sub(subquery.range.ms), end),
            buckets: true,
            ..place
        };
        let inner = self.expr(&subquery.expr, below)?;
        let node = if inner.constant {
            Node::Constant(Box::new(inner.node))
        } else {
            inner.node
        };
        let step_ms = match &subquery.step {
            Some(step) if step.ms > 0 => step.ms,
            _ => self.settings.subquery_step_ms,
        };
        let node = SubqueryNode {
            node,
            range_ms: subquery.range.ms,
            step_ms,
            clock,
        };
        let constant = clock.at_ms.is_some();
        Ok(Planned::new(
            Node::Subquery(Box::new(node)),
            constant,
            false,
        ))
    }

    fn call<'a>(&mut self, call: &'a Call, expr: &Expr, place: Place) -> Result<Planned<'a>> {
        let function = call.function.id;
        // The second argument of `info` is no vector: it only holds matchers.
        let evaluated = match function {
            FunctionId::Info => 1,
            _ => call.args.len(),
        };
        let mut planned = Vec::with_capacity(evaluated);
        let place = place.below_call(function);
        for arg in call.args.iter().take(evaluated) {
            planned.push(self.expr(arg, place)?);
        }
        let all_constant = planned.iter().all(|arg| arg.constant);
        let timestamp_of_selector = function == FunctionId::Timestamp
            && all_constant
            && call
                .args
                .iter()
                .all(|arg| matches!(arg.kind, ExprKind::Vector(_)));
        let info_constant = function != FunctionId::Info
            || call.args.iter().skip(1).all(|arg| match &arg.kind {
                ExprKind::Vector(selector) => selector.at.is_some(),
                _ => false,
            });
        let constant =
            timestamp_of_selector || (all_constant && info_constant && !depends_on_time(function));
        let args = planned
            .into_iter()
            .map(|arg| if constant { arg.node } else { arg.marked() })
            .collect();
        let node = CallNode {
            function,
            name: call.function.name,
            implementation: functions::implementation(function),
            args,
            exprs: &call.args,
            range: expr.range.clone(),
        };
        Ok(Planned::new(Node::Call(node), constant, constant))
    }

    fn aggregate<'a>(
        &mut self,
        aggregate: &'a Aggregate,
        expr: &Expr,
        place: Place,
    ) -> Result<Planned<'a>> {
        let inner = self.expr(&aggregate.expr, place)?;
        let param = match &aggregate.param {
            Some(param) => Some(Box::new(self.expr(param, place)?.node)),
            None => None,
        };
        let mut grouping: Vec<&str> = aggregate.grouping.iter().map(String::as_str).collect();
        grouping.sort_unstable();
        grouping.dedup();
        let node = AggregateNode {
            aggregate,
            grouping,
            node: Box::new(inner.node),
            param,
            range: expr.range.clone(),
        };
        Ok(Planned::new(
            Node::Aggregate(node),
            inner.constant,
            inner.markable,
        ))
    }

    fn binary<'a>(&mut self, binary: &'a Binary, expr: &Expr, place: Place) -> Result<Planned<'a>> {
        let trims = matches!(binary.op, BinaryOp::TrimLower | BinaryOp::TrimUpper);
        let place = Place {
            buckets: place.buckets || trims,
            ..place
        };
        let lhs = self.expr(&binary.lhs, place)?;
        let rhs = self.expr(&binary.rhs, place)?;
        let constant = lhs.constant && rhs.constant;
        let settle = |side: Planned<'a>| Box::new(if constant { side.node } else { side.marked() });
        let node = BinaryNode {
            binary,
            lhs: settle(lhs),
            rhs: settle(rhs),
            range: expr.range.clone(),
        };
        Ok(Planned::new(Node::Binary(node), constant, constant))
    }

    /// The source of a selector, widened to what this one needs.
    fn source(&mut self, selector: &VectorSelector, (start, end): Reach) -> Result<usize> {
        if let Some(&index) = self.by_matchers.get(&selector.matchers) {
            let need = &mut self.sources[index];
            need.start_ms = need.start_ms.min(start);
            need.end_ms = need.end_ms.max(end);
            need.uses += 1;
            return Ok(index);
        }
        let index = self.sources.len();
        self.sources.push(SourceNeed {
            matchers: label_matchers(&selector.matchers, self.compiled)?,
            start_ms: start,
            end_ms: end,
            uses: 1,
        });
        self.by_matchers.insert(selector.matchers.clone(), index);
        Ok(index)
    }
}

/// Matchers as storage takes them.
pub(crate) fn label_matchers(
    matchers: &[Matcher],
    compiled: &CompiledMatchers,
) -> Result<Vec<LabelMatcher>> {
    matchers
        .iter()
        .map(|matcher| {
            if let Some(kept) = compiled.get(matcher) {
                return Ok(kept);
            }
            let op = match matcher.op {
                MatchOp::Equal => matcher::MatchOp::Equal,
                MatchOp::NotEqual => matcher::MatchOp::NotEqual,
                MatchOp::Regex => matcher::MatchOp::Regex,
                MatchOp::NotRegex => matcher::MatchOp::NotRegex,
            };
            let new = LabelMatcher::new(&matcher.name, op, &matcher.value)
                .map_err(|error| failure::bad_data(error.message()))?;
            compiled.keep(matcher, &new);
            Ok(new)
        })
        .collect()
}
