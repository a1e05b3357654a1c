//! Answers what the rules of a group ask, for one evaluation after the other: from range queries over many
//! evaluations at once where an expression reads only what is stored, else one by one.

use super::overlay::Overlay;
use crate::evaluate::{Answer, Ask, Evaluate, Refused, RuleSample, answer_promql};
use crate::group::stage::{ALERTS, ALERTS_FOR_STATE};
use crate::rule::{Expression, RuleGroup};
use crate::signal_rule::EvaluateSignals;
use std::cell::RefCell;
use std::collections::HashMap;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::sample::SampleValue;
use tacho_query::promql::engine::{PromEngine, Query, QueryContext};
use tacho_query::promql::prepare::Times;
use tacho_query::promql::result::Value;
use tacho_storage::read::ReadContext;
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{
    At, Duration, DurationExpr, DurationKind, Expr, ExprKind, MatchOp, Matcher,
};

/// Evaluations that one range query covers.
const STEPS_MAX: i64 = 1_000;
/// Values that one range query may give; fewer evaluations are covered where there are more.
const VALUES_MAX: usize = 2_000_000;

/// Answers from the past.
pub(super) struct Replay<'a> {
    pub(super) engine: &'a PromEngine,
    pub(super) view: &'a Overlay<'a>,
    pub(super) context: &'a ReadContext,
    pub(super) signals: Option<&'a dyn EvaluateSignals>,
    pub(super) interval_ms: i64,
    /// The last evaluation asks for this time.
    pub(super) last_ms: i64,
    pub(super) known: RefCell<HashMap<String, Known>>,
    /// Samples that were read.
    pub(super) samples_read: RefCell<u64>,
}

/// The answers to an expression for some times.
#[derive(Default)]
pub(super) struct Known {
    from_ms: i64,
    to_ms: i64,
    steps_max: i64,
    answers: HashMap<i64, Vec<(Labels, SampleValue)>>,
    warnings: Vec<String>,
    /// Only one evaluation at a time can be asked for.
    one_by_one: bool,
}

impl Evaluate for Replay<'_> {
    fn instant(&self, asks: &[Ask<'_>]) -> Vec<Result<Answer, String>> {
        asks.iter().map(|ask| self.answer(ask)).collect()
    }

    fn append(&self, samples: Vec<RuleSample>) -> Vec<Refused> {
        let mut refused = Vec::new();
        for (index, sample) in samples.into_iter().enumerate() {
            let kept = self
                .view
                .append(&sample.labels, sample.time_ms, sample.value);
            if let Err(reason) = kept {
                let reason = reason.into();
                refused.push(Refused { index, reason });
            }
        }
        refused
    }
}

impl Replay<'_> {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answer, String> {
        let query = match ask.expr {
            Expression::PromQl(query) => query,
            Expression::Signal(query) => {
                let Some(signals) = self.signals else {
                    return Err("traces and logs cannot be asked here".to_owned());
                };
                let found = signals.evaluate(query, ask.time_ms);
                return found
                    .map(crate::signal_rule::answer_of)
                    .map_err(|error| error.to_string());
            }
        };
        let mut known = self.known.borrow_mut();
        let known = known
            .entry(query.text().to_owned())
            .or_insert_with(|| Known {
                from_ms: 0,
                to_ms: -1,
                steps_max: STEPS_MAX,
                one_by_one: !is_steady(query.expr(), &self.view.given),
                ..Known::default()
            });
        let is_known = (known.from_ms..=known.to_ms).contains(&ask.time_ms);
        if !known.one_by_one && !is_known {
            self.look_ahead(query, ask.time_ms, known);
        }
        if known.one_by_one {
            return self.one(ask);
        }
        Ok(Answer {
            samples: known.answers.remove(&ask.time_ms).unwrap_or_default(),
            warnings: known.warnings.clone(),
            ..Answer::default()
        })
    }

    fn one(&self, ask: &Ask<'_>) -> Result<Answer, String> {
        let context = QueryContext::new(self.context);
        let mut answers = answer_promql(self.engine, self.view, context, &[*ask]);
        let answer = answers
            .pop()
            .unwrap_or_else(|| Err("the query was not answered".to_owned()))?;
        *self.samples_read.borrow_mut() += answer.samples_read;
        Ok(answer)
    }

    /// Answers many evaluations from a time on at once; what that is too much for goes in smaller parts, in the
    /// end one by one.
    fn look_ahead(&self, query: &Query, from_ms: i64, known: &mut Known) {
        loop {
            let reach = self.interval_ms.saturating_mul(known.steps_max - 1);
            let times = Times {
                start_ms: from_ms,
                end_ms: from_ms.saturating_add(reach).min(self.last_ms.max(from_ms)),
                step_ms: self.interval_ms,
            };
            let context = QueryContext::new(self.context);
            match self.engine.range(self.view, query, times, context) {
                Ok(result) => {
                    *self.samples_read.borrow_mut() += result.stats.samples.read;
                    known.from_ms = from_ms;
                    known.to_ms = times.end_ms;
                    known.warnings = result.warnings;
                    known.warnings.extend(result.infos);
                    let values = known.fill(result.value);
                    if values > VALUES_MAX {
                        known.steps_max = (known.steps_max / 4).max(16);
                    }
                    return;
                }
                Err(_) if known.steps_max > 16 && !self.context.cancel.is_cancelled() => {
                    known.steps_max /= 4;
                }
                Err(_) => {
                    // an evaluation by itself tells what is wrong with it
                    known.one_by_one = true;
                    return;
                }
            }
        }
    }
}

impl Known {
    fn fill(&mut self, value: Value) -> usize {
        self.answers.clear();
        let mut values = 0;
        let Value::Matrix(series) = value else {
            return 0;
        };
        for points in series {
            let floats = points
                .floats
                .into_iter()
                .map(|(time, value)| (time, SampleValue::Float(value)));
            let histograms = points
                .histograms
                .into_iter()
                .map(|(time, value)| (time, SampleValue::Histogram(value)));
            for (time, value) in floats.chain(histograms) {
                let answer = self.answers.entry(time).or_default();
                answer.push((points.labels.clone(), value));
                values += 1;
            }
        }
        values
    }
}

/// The names of the metrics that the rules of a group give.
pub(super) fn given_by(group: &RuleGroup) -> Vec<String> {
    let mut names: Vec<String> = group
        .rules
        .iter()
        .filter(|rule| !rule.is_alert())
        .map(|rule| rule.name().to_owned())
        .collect();
    names.extend([ALERTS.to_owned(), ALERTS_FOR_STATE.to_owned()]);
    names
}

/// Whether an expression gives the same at each step of a range query as by itself: nothing in it depends on
/// the times of the query, and it reads nothing that the rules give.
fn is_steady(expr: &Expr, given: &[String]) -> bool {
    let selector_ok = |matchers: &[Matcher], at: Option<At>, offset: &Duration| {
        let may_read = |name: &String| {
            let mut named = matchers
                .iter()
                .filter(|matcher| matcher.name == METRIC_NAME);
            match named.next() {
                Some(matcher) if matcher.op == MatchOp::Equal => matcher.value == *name,
                _ => true,
            }
        };
        !given.iter().any(may_read) && !matches!(at, Some(At::Start | At::End)) && is_fixed(offset)
    };
    let own = match &expr.kind {
        ExprKind::Vector(selector) => {
            selector_ok(&selector.matchers, selector.at, &selector.offset)
        }
        ExprKind::Matrix(matrix) => {
            let selector = &matrix.selector;
            selector_ok(&selector.matchers, selector.at, &selector.offset)
                && is_fixed(&matrix.range)
        }
        ExprKind::Subquery(subquery) => {
            !matches!(subquery.at, Some(At::Start | At::End))
                && is_fixed(&subquery.offset)
                && is_fixed(&subquery.range)
                && subquery.step.as_ref().is_none_or(is_fixed)
        }
        ExprKind::Call(call) => !matches!(
            call.function.id,
            FunctionId::Start | FunctionId::End | FunctionId::Range | FunctionId::Step
        ),
        _ => true,
    };
    own && expr
        .children()
        .into_iter()
        .all(|child| is_steady(child, given))
}

fn is_fixed(duration: &Duration) -> bool {
    fn fixed(expr: &DurationExpr) -> bool {
        match &expr.kind {
            DurationKind::Number(_) => true,
            DurationKind::Step | DurationKind::Range => false,
            DurationKind::Unary { operand, .. } => fixed(operand),
            DurationKind::Binary { lhs, rhs, .. } => fixed(lhs) && fixed(rhs),
        }
    }
    duration.expr.as_deref().is_none_or(fixed)
}
