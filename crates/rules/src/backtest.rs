//! Back-tests (N14): a group of rules is run over stored data from a start to an end, at the times at which
//! the live evaluation would run, by the same state machine. Nothing is stored, nobody is told.
//!
//! Expressions that read only stored series are asked as range queries over many evaluations at once.

use crate::backtest::replay::given_by;
use crate::backtest::run::Run;
use crate::error::Result;
use crate::group::GroupState;
use crate::rule::{Rule, RuleGroup};
use crate::schedule::Schedule;
use crate::selector::selectors_of;
use crate::signal_rule::EvaluateSignals;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_query::promql::engine::PromEngine;
use tacho_query::promql::prepare::Times;
use tacho_stdx::clock::Clock;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::read::SeriesView;

mod overlay;
mod replay;
mod run;

/// Most alerts of a report.
pub const ALERTS_MAX: usize = 10_000;
/// Most evaluations of a back-test.
pub const EVALUATIONS_MAX: i64 = 200_000;
/// Most evaluations of a back-test with rules on traces or logs, which are asked one by one.
pub const SIGNAL_EVALUATIONS_MAX: i64 = 3_000;
/// Longest time before the start that is evaluated too, so that alerts have the age that they would have had.
const WARM_UP_MS_MAX: i64 = 86_400_000;
/// Most evaluations of that time.
const WARM_UP_EVALUATIONS_MAX: i64 = 3_000;
/// Most failures of a report.
const FAILURES_MAX: usize = 20;

/// What a back-test runs on.
#[derive(Clone, Copy)]
pub struct BacktestWorld<'a> {
    /// The engine, as the live evaluation has it.
    pub engine: &'a PromEngine,
    /// Stored series.
    pub view: &'a dyn SeriesView,
    /// Limits and cancellation.
    pub context: &'a ReadContext,
    /// Answers rules on traces and logs.
    pub signals: Option<&'a dyn EvaluateSignals>,
    /// Tells what it took.
    pub clock: &'a dyn Clock,
    /// External labels of alerts.
    pub external_labels: &'a Labels,
    /// The address of the server, for templates.
    pub external_url: &'a str,
    /// How far before an evaluation queries look, of groups that do not say.
    pub query_offset_ms: i64,
    /// Time between evaluations of groups that do not say.
    pub interval_ms: i64,
}

/// An alert that there would have been. Times are ms.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestAlert {
    /// Position of its rule in the group.
    pub rule: usize,
    /// Its labels.
    pub labels: Labels,
    /// Its annotations, as they were when it fired, or while it was pending.
    pub annotations: BTreeMap<String, String>,
    /// When its condition began to hold.
    pub pending_at_ms: i64,
    /// It may have begun earlier: it was there when the evaluation began, a day before the start at most.
    pub began_before: bool,
    /// When it began to fire.
    pub fired_at_ms: Option<i64>,
    /// When it was over; absent if it was not.
    pub resolved_at_ms: Option<i64>,
    /// The value that was farthest beyond the threshold.
    pub peak: f64,
    /// The last value.
    pub last: f64,
}

/// An evaluation that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacktestFailure {
    /// Position of the rule in the group.
    pub rule: usize,
    /// When, ms.
    pub at_ms: i64,
    /// Why.
    pub message: String,
}

/// What would have happened.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestReport {
    /// The first evaluation that counts, ms.
    pub start_ms: i64,
    /// The last one, ms.
    pub end_ms: i64,
    /// Time between them, ms.
    pub interval_ms: i64,
    /// How many there were.
    pub evaluations: u64,
    /// Alerts that were there between start and end, by when they began; at most `ALERTS_MAX`.
    pub alerts: Vec<BacktestAlert>,
    /// Alerts that were left out.
    pub alerts_dropped: usize,
    /// How many fired.
    pub fired: usize,
    /// Evaluations at which at least one alert fired.
    pub firing_evaluations: u64,
    /// Most series that one rule gave at a time.
    pub series_max: usize,
    /// Samples that were read.
    pub samples_read: u64,
    /// What all of it took, ns.
    pub duration_ns: i64,
    /// Evaluations that failed, the first ones.
    pub failures: Vec<BacktestFailure>,
    /// How many failed.
    pub failures_count: u64,
    /// What is odd: series that a rule asks for and that never were.
    pub warnings: Vec<String>,
}

impl BacktestReport {
    /// Share (0 to 1) of the evaluations at which at least one alert fired.
    pub fn firing_share(&self) -> f64 {
        if self.evaluations == 0 {
            return 0.0;
        }
        self.firing_evaluations as f64 / self.evaluations as f64
    }
}

/// The times of a group's evaluations in a range: the first, the last (ms), and how many.
fn slots(group: &RuleGroup, (start_ms, end_ms): (i64, i64), interval_ms: i64) -> (i64, i64, i64) {
    let schedule = Schedule::new(group, interval_ms, start_ms);
    let interval_ms = schedule.interval_ms();
    let before = schedule.slot_at(start_ms);
    let first = if before < start_ms {
        before.saturating_add(interval_ms)
    } else {
        before
    };
    let last = schedule.slot_at(end_ms);
    let count = (last.saturating_sub(first)).div_euclid(interval_ms) + 1;
    (first, last, count.max(0))
}

/// A group with one rule of it, its position in that group, and what else it takes: where the rule reads what
/// other rules give, all that are not about traces or logs stay. Its evaluations are at the same times.
/// `None` if there is no such rule.
pub fn focused(group: &RuleGroup, rule: usize) -> Option<(Arc<RuleGroup>, usize)> {
    let wanted = group.rules.get(rule)?;
    let given = given_by(group);
    let reads = wanted.expr.promql().is_some_and(|expr| {
        let selectors = selectors_of(expr, 0, Times::instant(0)).unwrap_or_default();
        let is_given = |name: &str| given.iter().any(|given| given == name);
        selectors.iter().any(|it| it.name().is_none_or(is_given))
    });
    let stays = |at: usize, other: &Rule| at == rule || (reads && other.expr.signal().is_none());
    let position = group.rules.iter().take(rule).enumerate();
    let before = position.filter(|(at, other)| stays(*at, other)).count();
    let mut focused = group.clone();
    focused.rules = group
        .rules
        .iter()
        .enumerate()
        .filter(|(at, other)| stays(*at, other))
        .map(|(_, other)| other.clone())
        .collect();
    Some((Arc::new(focused), before))
}

/// Runs a group from a start to an end (ms, inclusive).
///
/// # Errors
/// If the range has no evaluation or too many, or the context is cancelled. Rules that fail are told in the
/// report.
pub fn backtest(
    group: &Arc<RuleGroup>,
    range_ms: (i64, i64),
    world: BacktestWorld<'_>,
) -> Result<BacktestReport> {
    let mut run = Run::new(group, range_ms, world)?;
    let lookback_ms = world.engine.options().lookback_ms;
    run.report.warnings = missing_series(group, range_ms, lookback_ms, world.view, world.context)?;
    run.warm_up = warm_up_of(group, run.first_ms, world)?;
    run.go(|_, _| {})?;
    Ok(run.finish())
}

/// How many evaluations before a time are needed for alerts to have their age at that time: as many as it takes to find
/// none at the first one.
fn warm_up_of(group: &Arc<RuleGroup>, slot_ms: i64, world: BacktestWorld<'_>) -> Result<i64> {
    let interval_ms = group.interval_ms.unwrap_or(world.interval_ms).max(1);
    let max = (WARM_UP_MS_MAX / interval_ms).clamp(1, WARM_UP_EVALUATIONS_MAX);
    let has_signals = group.rules.iter().any(|rule| rule.expr.signal().is_some());
    let max = if has_signals { max.min(100) } else { max };
    let mut warm_up = (waits_ms(group) / interval_ms + 1).min(max);
    while warm_up < max {
        let begin_ms = slot_ms.saturating_sub(warm_up * interval_ms);
        let mut run = Run::new(group, (begin_ms, begin_ms), world)?;
        let mut is_quiet = true;
        run.warm_up = 0;
        run.go(|_, state| is_quiet = state.active().is_empty())?;
        if is_quiet {
            break;
        }
        warm_up = (warm_up * 8).min(max);
    }
    Ok(warm_up)
}

/// The state of a group at the evaluation at or before a time, as the live evaluation would have it, and the time
/// of that evaluation.
///
/// # Errors
/// As `backtest`.
pub(crate) fn state_at(
    group: &Arc<RuleGroup>,
    time_ms: i64,
    world: BacktestWorld<'_>,
    mut visit: impl FnMut(i64, &GroupState),
) -> Result<i64> {
    let slot_ms = Schedule::new(group, world.interval_ms, time_ms).slot_at(time_ms);
    let mut run = Run::new(group, (slot_ms, slot_ms), world)?;
    run.warm_up = warm_up_of(group, slot_ms, world)?;
    run.go(|at_ms, state| visit(at_ms, state))?;
    Ok(slot_ms)
}

/// How long the rules of a group wait at most until they fire, are over, or fire again, ms.
fn waits_ms(group: &RuleGroup) -> i64 {
    let of_rule = |rule: &Rule| {
        let ms = rule.for_ms.saturating_add(rule.keep_firing_for_ms);
        ms.saturating_add(rule.cooldown_ms)
    };
    let longest = group.rules.iter().map(of_rule).max().unwrap_or(0);
    longest.min(WARM_UP_MS_MAX)
}

/// The selectors of a group's rules that find no series in a range (ms, inclusive), with what is near to them.
/// `lookback_ms` is that of the engine.
///
/// # Errors
/// If series cannot be read.
pub fn missing_series(
    group: &RuleGroup,
    (start_ms, end_ms): (i64, i64),
    lookback_ms: i64,
    view: &dyn SeriesView,
    context: &ReadContext,
) -> Result<Vec<String>> {
    let given = given_by(group);
    let is_given = |name: &str| given.iter().any(|given| given == name);
    let mut warnings = Vec::new();
    for rule in &group.rules {
        let Some(expr) = rule.expr.promql() else {
            continue;
        };
        for selector in selectors_of(expr, lookback_ms, Times::instant(end_ms))? {
            if selector.name().is_some_and(is_given) {
                continue;
            }
            let (from_ms, _) = selector.range_at(start_ms);
            if let Some(why) = selector.missing(view, (from_ms, end_ms), context)? {
                let warning = format!("{}: {why}", rule.name());
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests;
