//! What the last evaluation of a group left, for people: read without waiting for an evaluation that runs.
//! `Rings` holds the last values of alerts, for small pictures; all of them together are bounded.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;
use tacho_rules::group::alert::{AlertState, Annotations};
use tacho_rules::group::{GroupState, GroupStatus, RuleStatus};

/// Values that are kept of an alert.
pub const VALUES_MAX: usize = 30;
/// Alerts of all groups whose values are kept.
pub const RINGS_MAX: usize = 20_000;

/// What the last evaluation of a group left.
#[derive(Debug, Default)]
pub struct Seen {
    /// How the group fares.
    pub status: GroupStatus,
    /// Time between evaluations, ms.
    pub interval_ms: i64,
    /// Its rules, in order.
    pub rules: Vec<RuleSeen>,
    /// Its pending and firing alerts, by rule and labels.
    pub active: Vec<SeenAlert>,
}

/// How a rule fares.
#[derive(Debug, Default)]
pub struct RuleSeen {
    /// Its last evaluation.
    pub status: RuleStatus,
    /// The worst state of its alerts; nothing if it records, or was never evaluated.
    pub state: Option<AlertState>,
    /// Alerts that are pending.
    pub pending: usize,
    /// Alerts that fire.
    pub firing: usize,
}

/// A pending or firing alert of a rule.
#[derive(Debug, Clone)]
pub struct SeenAlert {
    /// Position of its rule in the group.
    pub rule: usize,
    /// Its labels.
    pub labels: Labels,
    /// The name of its labels.
    pub fingerprint: Fingerprint,
    /// Its annotations.
    pub annotations: Annotations,
    /// Pending or firing.
    pub state: AlertState,
    /// The value of its expression; NaN without data.
    pub value: f64,
    /// Since when it is there, ms.
    pub active_at_ms: i64,
    /// Since when it fires, ms.
    pub fired_at_ms: Option<i64>,
}

impl Seen {
    /// A look at a group.
    pub fn of(state: &GroupState) -> Self {
        let active: Vec<SeenAlert> = state
            .active()
            .into_iter()
            .map(|(rule, alert)| SeenAlert {
                rule,
                labels: alert.labels.clone(),
                fingerprint: Fingerprint::of(&alert.labels),
                annotations: alert.annotations.clone(),
                state: alert.state,
                value: alert.value,
                active_at_ms: alert.active_at_ms,
                fired_at_ms: alert.fired_at_ms,
            })
            .collect();
        let mut rules: Vec<RuleSeen> = (0..state.group().rules.len())
            .map(|at| RuleSeen {
                status: state.rule_status(at).cloned().unwrap_or_default(),
                state: state.rule_state(at),
                pending: 0,
                firing: 0,
            })
            .collect();
        for alert in &active {
            if let Some(rule) = rules.get_mut(alert.rule) {
                match alert.state {
                    AlertState::Pending => rule.pending += 1,
                    AlertState::Firing => rule.firing += 1,
                    AlertState::Inactive => {}
                }
            }
        }
        Self {
            status: state.status().clone(),
            interval_ms: state.interval_ms(),
            rules,
            active,
        }
    }
}

/// The last values of the alerts of a group, oldest first.
#[derive(Debug)]
pub struct Rings {
    by_alert: HashMap<Fingerprint, VecDeque<f64>>,
    /// Rings of all groups.
    total: Arc<AtomicUsize>,
}

impl Rings {
    /// None yet; `total` counts those of all groups.
    pub fn new(total: Arc<AtomicUsize>) -> Self {
        Self {
            by_alert: HashMap::new(),
            total,
        }
    }

    /// Takes in the values of an evaluation; alerts that are gone are forgotten.
    pub fn take(&mut self, active: &[SeenAlert]) {
        let before = self.by_alert.len();
        let mut known = std::mem::take(&mut self.by_alert);
        let others = self.total.load(Ordering::Relaxed).saturating_sub(before);
        let room = RINGS_MAX.saturating_sub(others);
        for alert in active.iter().take(room) {
            let mut ring = known.remove(&alert.fingerprint).unwrap_or_default();
            if ring.len() >= VALUES_MAX {
                ring.pop_front();
            }
            if alert.value.is_finite() {
                ring.push_back(alert.value);
            }
            self.by_alert.insert(alert.fingerprint, ring);
        }
        self.count(before);
    }

    /// The values of an alert, oldest first.
    pub fn values(&self, alert: Fingerprint) -> Vec<f64> {
        let ring = self.by_alert.get(&alert);
        ring.map_or_else(Vec::new, |ring| ring.iter().copied().collect())
    }

    /// Takes over what is known from the group before it was changed.
    pub fn take_over(&mut self, before: &mut Self) {
        let taken = before.by_alert.len();
        self.by_alert = std::mem::take(&mut before.by_alert);
        before.total.fetch_sub(taken, Ordering::Relaxed);
        self.total.fetch_add(taken, Ordering::Relaxed);
    }

    fn count(&self, before: usize) {
        let now = self.by_alert.len();
        if now >= before {
            self.total.fetch_add(now - before, Ordering::Relaxed);
        } else {
            self.total.fetch_sub(before - now, Ordering::Relaxed);
        }
    }
}

impl Drop for Rings {
    fn drop(&mut self) {
        self.total.fetch_sub(self.by_alert.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Rings, SeenAlert, VALUES_MAX};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tacho_model::alert::Fingerprint;
    use tacho_model::labels::Labels;
    use tacho_rules::group::alert::{AlertState, Annotations};

    fn alert(name: &str, value: f64) -> SeenAlert {
        let labels = Labels::from_pairs([("alertname", name)]);
        SeenAlert {
            rule: 0,
            fingerprint: Fingerprint::of(&labels),
            labels,
            annotations: Annotations::default(),
            state: AlertState::Firing,
            value,
            active_at_ms: 0,
            fired_at_ms: None,
        }
    }

    #[test]
    fn values_are_kept_as_long_as_the_alert_is_there_and_are_bounded() {
        let total = Arc::new(AtomicUsize::new(0));
        let mut rings = Rings::new(Arc::clone(&total));
        for value in 0..40 {
            rings.take(&[alert("a", f64::from(value)), alert("b", f64::NAN)]);
        }
        let values = rings.values(alert("a", 0.0).fingerprint);
        assert_eq!(
            (values.len(), values.first().copied()),
            (VALUES_MAX, Some(10.0))
        );
        assert_eq!(rings.values(alert("b", 0.0).fingerprint), Vec::<f64>::new());
        assert_eq!(total.load(Ordering::Relaxed), 2);
        let mut next = Rings::new(Arc::clone(&total));
        next.take_over(&mut rings);
        drop(rings);
        assert_eq!(total.load(Ordering::Relaxed), 2);
        next.take(&[]);
        assert_eq!(total.load(Ordering::Relaxed), 0);
    }
}
