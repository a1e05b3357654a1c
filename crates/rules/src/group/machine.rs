//! The state machine of an alerting rule, as Prometheus has it: inactive, pending, firing, resolved and
//! kept for a while. `for`, `keep_firing_for`, limits; cooldown beyond it.

use super::alert::{ActiveAlert, AlertState, Annotations};
use crate::rule::Rule;
use std::collections::HashMap;
use tacho_model::labels::Labels;

/// How long an alert that is over is kept and told again.
const RESOLVED_RETENTION_MS: i64 = 15 * 60_000;
/// Most alerts whose last firing is remembered for `cooldown_ms`.
const COOLING_MAX: usize = 100_000;

/// An alert that the result of an evaluation asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) labels: Labels,
    pub(super) annotations: Annotations,
    pub(super) value: f64,
    pub(super) no_data: bool,
}

/// What an evaluation asks for.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at_ms: i64,
    pub(super) wanted: Vec<Wanted>,
    /// Alerts that nothing is wanted of stay as they are: there are no data.
    pub(super) keep_all: bool,
    pub(super) limit: usize,
}

/// A change of the state of an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Position of the rule in its group.
    pub rule: usize,
    /// The alert.
    pub labels: Labels,
    /// Before; nothing for one that is new.
    pub from: Option<AlertState>,
    /// After.
    pub to: AlertState,
    /// The value of the expression.
    pub value: f64,
    /// When, ms.
    pub at_ms: i64,
}

/// The alerts of a rule.
#[derive(Debug, Default)]
pub(super) struct Machine {
    pub(super) active: HashMap<Labels, ActiveAlert>,
    /// When alerts last began to fire, as long as that keeps them from firing again.
    cooling: HashMap<Labels, i64>,
    round: u64,
}

impl Machine {
    /// Takes a step. Changes are told in no particular order.
    ///
    /// # Errors
    /// With the words of Prometheus: two alerts have the same labels (then nothing changes), or there are
    /// more than the limit (then all of them are forgotten).
    pub(super) fn step(
        &mut self,
        rule: &Rule,
        step: Step,
        changes: &mut Vec<(Labels, Option<AlertState>, AlertState, f64)>,
    ) -> Result<(), String> {
        check_distinct(&step.wanted)?;
        self.round += 1;
        let (at_ms, limit, keep_all) = (step.at_ms, step.limit, step.keep_all);
        for wanted in step.wanted {
            self.want(wanted, at_ms, changes);
        }
        self.cooling
            .retain(|_, fired| at_ms.saturating_sub(*fired) < rule.cooldown_ms);
        let mut count = 0usize;
        let mut over = Vec::new();
        for alert in self.active.values_mut() {
            let is_seen =
                alert.seen == self.round || (keep_all && alert.state != AlertState::Inactive);
            let before = alert.state;
            let stays = if is_seen {
                alert.keep_firing_since_ms = None;
                true
            } else {
                let keeps = keeps_firing(alert, rule, at_ms);
                if is_forgotten(alert, at_ms) {
                    over.push(alert.labels.clone());
                }
                if alert.state != AlertState::Inactive && !keeps {
                    alert.state = AlertState::Inactive;
                    alert.resolved_at_ms = Some(at_ms);
                }
                keeps
            };
            if stays {
                count += 1;
                settle(alert, rule, at_ms, &mut self.cooling);
            }
            if alert.state != before {
                let labels = alert.labels.clone();
                changes.push((labels, Some(before), alert.state, alert.value));
            }
        }
        for labels in over {
            self.active.remove(&labels);
        }
        if limit > 0 && count > limit {
            self.active.clear();
            return Err(format!("exceeded limit of {limit} with {count} alerts"));
        }
        Ok(())
    }

    /// The alert is there: a known one gets its new value, else a new one begins.
    fn want(
        &mut self,
        wanted: Wanted,
        at_ms: i64,
        changes: &mut Vec<(Labels, Option<AlertState>, AlertState, f64)>,
    ) {
        let known = self
            .active
            .get_mut(&wanted.labels)
            .filter(|alert| alert.state != AlertState::Inactive);
        if let Some(alert) = known {
            alert.value = wanted.value;
            alert.annotations = wanted.annotations;
            alert.no_data = wanted.no_data;
            alert.seen = self.round;
            return;
        }
        let labels = wanted.labels;
        changes.push((labels.clone(), None, AlertState::Pending, wanted.value));
        let mut alert = ActiveAlert::new(labels.clone(), at_ms);
        alert.value = wanted.value;
        alert.annotations = wanted.annotations;
        alert.no_data = wanted.no_data;
        alert.seen = self.round;
        self.active.insert(labels, alert);
    }

    /// Moves all times, after the clock was set back.
    pub(super) fn shift(&mut self, by_ms: i64) {
        for alert in self.active.values_mut() {
            alert.shift(by_ms);
        }
        for fired in self.cooling.values_mut() {
            *fired = fired.saturating_add(by_ms);
        }
    }

    /// Takes over the alerts of the same rule before a reload.
    pub(super) fn copy(&mut self, old: &Self) {
        for (labels, alert) in &old.active {
            let mut alert = alert.clone();
            alert.seen = 0;
            alert.series = super::alert::Series::default();
            self.active.insert(labels.clone(), alert);
        }
        self.cooling.clone_from(&old.cooling);
    }
}

fn check_distinct(wanted: &[Wanted]) -> Result<(), String> {
    let mut seen = std::collections::HashSet::with_capacity(wanted.len());
    if wanted.iter().all(|it| seen.insert(&it.labels)) {
        return Ok(());
    }
    Err("vector contains metrics with the same labelset after applying alert labels".to_owned())
}

/// Whether an alert whose series is gone goes on firing.
fn keeps_firing(alert: &mut ActiveAlert, rule: &Rule, at_ms: i64) -> bool {
    if alert.state != AlertState::Firing || rule.keep_firing_for_ms <= 0 || !rule.enabled {
        return false;
    }
    let since = *alert.keep_firing_since_ms.get_or_insert(at_ms);
    at_ms.saturating_sub(since) < rule.keep_firing_for_ms
}

/// Whether an alert whose series is gone is not needed any more.
fn is_forgotten(alert: &ActiveAlert, at_ms: i64) -> bool {
    alert.state == AlertState::Pending
        || alert
            .resolved_at_ms
            .is_some_and(|resolved| at_ms.saturating_sub(resolved) > RESOLVED_RETENTION_MS)
}

/// An alert that is there fires once it was there for long enough, and not before.
fn settle(alert: &mut ActiveAlert, rule: &Rule, at_ms: i64, cooling: &mut HashMap<Labels, i64>) {
    let age_ms = at_ms.saturating_sub(alert.active_at_ms);
    let is_cooling = || rule.cooldown_ms > 0 && cooling.contains_key(&alert.labels);
    if alert.state == AlertState::Pending && age_ms >= rule.for_ms && !is_cooling() {
        alert.state = AlertState::Firing;
        alert.fired_at_ms = Some(at_ms);
        if rule.cooldown_ms > 0 && cooling.len() < COOLING_MAX {
            cooling.insert(alert.labels.clone(), at_ms);
        }
    }
    // A reload may have brought a longer `for`.
    if alert.state == AlertState::Firing && age_ms < rule.for_ms {
        alert.state = AlertState::Pending;
        alert.fired_at_ms = None;
        alert.last_sent_at_ms = None;
        alert.keep_firing_since_ms = None;
    }
}
