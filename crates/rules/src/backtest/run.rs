//! The evaluations of a back-test, one after the other, and what is noted of them.

use super::overlay::Overlay;
use super::replay::{Replay, given_by};
use super::{
    ALERTS_MAX, BacktestAlert, BacktestFailure, BacktestReport, BacktestWorld, EVALUATIONS_MAX,
    FAILURES_MAX, SIGNAL_EVALUATIONS_MAX, slots,
};
use crate::condition::threshold::threshold_of;
use crate::error::{Error, Result};
use crate::group::alert::AlertState;
use crate::group::machine::Change;
use crate::group::{GroupState, RESEND_DELAY_MS, SERIES_MAX, Start, Surroundings};
use crate::rule::{Rule, RuleGroup};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tacho_model::labels::Labels;
use tacho_query::promql::script::memory::MemorySeries;
use tacho_syntax::promql::tree::BinaryOp;

/// A back-test that runs.
pub(super) struct Run<'a> {
    group: Arc<RuleGroup>,
    world: BacktestWorld<'a>,
    pub(super) first_ms: i64,
    last_ms: i64,
    interval_ms: i64,
    /// Evaluations before the first one that counts.
    pub(super) warm_up: i64,
    pub(super) report: BacktestReport,
    open: HashMap<(usize, Labels), BacktestAlert>,
    started_ns: i64,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        group: &Arc<RuleGroup>,
        range_ms: (i64, i64),
        world: BacktestWorld<'a>,
    ) -> Result<Self> {
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
    pub(super) fn go(&mut self, mut visit: impl FnMut(i64, &GroupState)) -> Result<()> {
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

    pub(super) fn finish(mut self) -> BacktestReport {
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

/// Whether small values are what is wrong.
fn is_below(rule: &Rule) -> bool {
    let expr = rule.expr.promql();
    let threshold = expr.and_then(threshold_of);
    threshold.is_some_and(|it| matches!(it.op, BinaryOp::Less | BinaryOp::LessEqual))
}

fn farther(peak: f64, value: f64, falls: bool) -> f64 {
    if peak.is_nan() || (falls && value < peak) || (!falls && value > peak) {
        return value;
    }
    peak
}
