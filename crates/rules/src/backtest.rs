//! Back-tests (N14): a group of rules is run over stored data from a start to an end, at the times at which
//! the live evaluation would run, by the same state machine. Nothing is stored, nobody is told.
//!
//! Expressions that read only stored series are asked as range queries over many evaluations at once.

use crate::backtest::overlay::Overlay;
use crate::backtest::replay::{Replay, given_by};
use crate::error::{Error, Result};
use crate::group::alert::AlertState;
use crate::group::machine::Change;
use crate::group::{GroupState, RESEND_DELAY_MS, SERIES_MAX, Start, Surroundings};
use crate::rule::{Rule, RuleGroup};
use crate::schedule::Schedule;
use crate::selector::selectors_of;
use crate::signal_rule::EvaluateSignals;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tacho_model::labels::Labels;
use tacho_query::promql::engine::PromEngine;
use tacho_query::promql::prepare::Times;
use tacho_query::promql::script::memory::MemorySeries;
use tacho_stdx::clock::Clock;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::read::SeriesView;
use tacho_syntax::promql::tree::BinaryOp;

mod overlay;
mod replay;

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
    run.report.warnings = missing_series(group, range_ms, &world)?;
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

/// A back-test that runs.
struct Run<'a> {
    group: Arc<RuleGroup>,
    world: BacktestWorld<'a>,
    first_ms: i64,
    last_ms: i64,
    interval_ms: i64,
    /// Evaluations before the first one that counts.
    warm_up: i64,
    report: BacktestReport,
    open: HashMap<(usize, Labels), BacktestAlert>,
    started_ns: i64,
}

impl<'a> Run<'a> {
    fn new(group: &Arc<RuleGroup>, range_ms: (i64, i64), world: BacktestWorld<'a>) -> Result<Self> {
        let interval_ms = group.interval_ms.unwrap_or(world.interval_ms).max(1);
        let (first_ms, last_ms, count) = slots(group, range_ms, world.interval_ms);
        if count == 0 {
            return Err(Error::invalid("no evaluation falls into the range")
                .with_hint("choose a range longer than the interval of the group"));
        }
        let signal = group.rules.iter().any(|rule| rule.expr.signal().is_some());
        let max = if signal {
            SIGNAL_EVALUATIONS_MAX
        } else {
            EVALUATIONS_MAX
        };
        if count > max {
            let message = format!("the range has {count} evaluations, at most {max} are run");
            return Err(Error::limit(message).with_hint("choose a shorter range"));
        }
        let report = BacktestReport {
            start_ms: first_ms,
            end_ms: last_ms,
            interval_ms,
            evaluations: 0,
            alerts: Vec::new(),
            alerts_dropped: 0,
            fired: 0,
            firing_evaluations: 0,
            series_max: 0,
            samples_read: 0,
            duration_ns: 0,
            failures: Vec::new(),
            failures_count: 0,
            warnings: Vec::new(),
        };
        Ok(Self {
            group: Arc::clone(group),
            first_ms,
            last_ms,
            interval_ms,
            warm_up: 0,
            report,
            open: HashMap::new(),
            started_ns: world.clock.monotonic_ns(),
            world,
        })
    }

    /// The first evaluation.
    fn begin_ms(&self) -> i64 {
        let before = self.warm_up.saturating_mul(self.interval_ms);
        self.first_ms.saturating_sub(before)
    }

    /// Evaluates everything, `visit` sees the state after each evaluation.
    fn go(&mut self, mut visit: impl FnMut(i64, &GroupState)) -> Result<()> {
        let world = self.world;
        let begin_ms = self.begin_ms();
        let offset_ms = self.group.query_offset_ms.unwrap_or(world.query_offset_ms);
        let overlay = Overlay {
            stored: world.view,
            given: given_by(&self.group),
            start_ms: begin_ms.saturating_sub(offset_ms),
            own: Mutex::new(MemorySeries::default()),
        };
        let replay = Replay {
            engine: world.engine,
            view: &overlay,
            context: world.context,
            signals: world.signals,
            interval_ms: self.interval_ms,
            last_ms: self.last_ms.saturating_sub(offset_ms),
            known: RefCell::new(HashMap::new()),
            samples_read: RefCell::new(0),
        };
        let surroundings = Surroundings {
            external_labels: world.external_labels,
            external_url: world.external_url,
            clock: world.clock,
            query_offset_ms: world.query_offset_ms,
            resend_delay_ms: RESEND_DELAY_MS,
            series_max: SERIES_MAX,
            generator_url: &|_, _| String::new(),
        };
        let start = Start {
            interval_ms: world.interval_ms,
            restores: false,
        };
        let mut state = GroupState::new(Arc::clone(&self.group), start);
        let mut at_ms = begin_ms;
        while at_ms <= self.last_ms {
            if world.context.cancel.is_cancelled() {
                return Err(Error::unavailable("the back-test was cancelled"));
            }
            let evaluation = state.evaluate(at_ms, &replay, &surroundings);
            self.take(at_ms, &state, evaluation.changes, evaluation.failures > 0);
            visit(at_ms, &state);
            at_ms = at_ms.saturating_add(self.interval_ms);
        }
        self.report.samples_read = *replay.samples_read.borrow();
        Ok(())
    }

    /// Notes what an evaluation did.
    fn take(&mut self, at_ms: i64, state: &GroupState, changes: Vec<Change>, failed: bool) {
        for change in changes {
            self.change(change);
        }
        let mut firing = false;
        if !self.open.is_empty() {
            for (rule, alert) in state.active() {
                firing |= alert.state == AlertState::Firing;
                let key = (rule, alert.labels.clone());
                let Some(open) = self.open.get_mut(&key) else {
                    continue;
                };
                let is_new = open.last.is_nan() && open.annotations.is_empty();
                let fires = alert.fired_at_ms == Some(at_ms);
                if is_new || fires {
                    let texts = alert.annotations.iter();
                    open.annotations = texts
                        .map(|(name, text)| (name.to_owned(), text.to_owned()))
                        .collect();
                }
                open.last = alert.value;
                let falls = self.group.rules.get(rule).is_some_and(is_below);
                open.peak = farther(open.peak, alert.value, falls);
            }
        }
        if at_ms < self.first_ms {
            return;
        }
        self.report.evaluations += 1;
        self.report.firing_evaluations += u64::from(firing);
        for rule in 0..self.group.rules.len() {
            let Some(status) = state.rule_status(rule) else {
                continue;
            };
            self.report.series_max = self.report.series_max.max(status.series);
            let Some(message) = status.error.as_ref().filter(|_| failed) else {
                continue;
            };
            self.report.failures_count += 1;
            if self.report.failures.len() < FAILURES_MAX {
                self.report.failures.push(BacktestFailure {
                    rule,
                    at_ms,
                    message: message.clone(),
                });
            }
        }
    }

    fn change(&mut self, change: Change) {
        let Change {
            rule,
            labels,
            to,
            at_ms,
            ..
        } = change;
        let key = (rule, labels);
        match to {
            AlertState::Pending | AlertState::Firing => {
                let began_before = at_ms == self.begin_ms();
                let open =
                    self.open
                        .entry(key)
                        .or_insert_with_key(|(rule, labels)| BacktestAlert {
                            rule: *rule,
                            labels: labels.clone(),
                            annotations: BTreeMap::new(),
                            pending_at_ms: at_ms,
                            began_before,
                            fired_at_ms: None,
                            resolved_at_ms: None,
                            peak: f64::NAN,
                            last: f64::NAN,
                        });
                if to == AlertState::Firing {
                    open.fired_at_ms = open.fired_at_ms.or(Some(at_ms));
                }
            }
            AlertState::Inactive => {
                if let Some(mut alert) = self.open.remove(&key) {
                    alert.resolved_at_ms = Some(at_ms);
                    self.keep(alert);
                }
            }
        }
    }

    fn keep(&mut self, alert: BacktestAlert) {
        let over = alert.resolved_at_ms.unwrap_or(i64::MAX);
        if over < self.first_ms {
            return;
        }
        let fired = alert.fired_at_ms.is_some();
        self.report.fired += usize::from(fired);
        if self.report.alerts.len() < ALERTS_MAX {
            self.report.alerts.push(alert);
        } else {
            self.report.alerts_dropped += 1;
        }
    }

    fn finish(mut self) -> BacktestReport {
        let open: Vec<BacktestAlert> = self.open.drain().map(|(_, alert)| alert).collect();
        for alert in open {
            self.keep(alert);
        }
        self.report.alerts.sort_by(|one, two| {
            (one.pending_at_ms, one.rule, &one.labels).cmp(&(
                two.pending_at_ms,
                two.rule,
                &two.labels,
            ))
        });
        self.report.duration_ns = self.world.clock.monotonic_ns() - self.started_ns;
        self.report
    }
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

/// Whether small values are what is wrong.
fn is_below(rule: &Rule) -> bool {
    let expr = rule.expr.promql();
    let threshold = expr.and_then(crate::condition::threshold::threshold_of);
    threshold.is_some_and(|it| matches!(it.op, BinaryOp::Less | BinaryOp::LessEqual))
}

fn farther(peak: f64, value: f64, falls: bool) -> f64 {
    if peak.is_nan() || (falls && value < peak) || (!falls && value > peak) {
        return value;
    }
    peak
}

/// The selectors of the rules that find no series in a range.
fn missing_series(
    group: &RuleGroup,
    (start_ms, end_ms): (i64, i64),
    world: &BacktestWorld<'_>,
) -> Result<Vec<String>> {
    let given = given_by(group);
    let lookback_ms = world.engine.options().lookback_ms;
    let mut warnings = Vec::new();
    for rule in &group.rules {
        let Some(expr) = rule.expr.promql() else {
            continue;
        };
        for selector in selectors_of(expr, lookback_ms, Times::instant(end_ms))? {
            if selector
                .name()
                .is_some_and(|name| given.iter().any(|given| given == name))
            {
                continue;
            }
            let (from_ms, _) = selector.range_at(start_ms);
            if let Some(why) = selector.missing(world.view, (from_ms, end_ms), world.context)? {
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
