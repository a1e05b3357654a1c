//! Rules and their alerts as they are now, joined with what the state machine holds: which rule an alert
//! comes from, its value, what it is compared with.

use super::running::{Group, Running};
use super::seen::{Seen, SeenAlert};
use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::alert::{ALERT_NAME, Fingerprint};
use tacho_model::labels::Labels;
use tacho_rules::condition::threshold::Threshold;
use tacho_rules::group::alert::AlertState;
use tacho_rules::rule::Rule;

/// All groups with what their last evaluations left.
pub struct Board {
    groups: Vec<(Arc<Group>, Arc<Seen>)>,
    /// Group and place among its active alerts.
    by_fingerprint: HashMap<Fingerprint, (usize, usize)>,
    /// Group and place of the rule, by the name of the alert.
    by_name: HashMap<String, Vec<(usize, usize)>>,
}

/// A rule at its place.
#[derive(Clone, Copy)]
pub struct RuleAt<'a> {
    /// Its group.
    pub group: &'a Arc<Group>,
    /// What the last evaluation left.
    pub seen: &'a Seen,
    /// Its position.
    pub place: usize,
}

/// An alert of a rule.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its rule.
    pub rule: RuleAt<'a>,
    /// Itself.
    pub alert: &'a SeenAlert,
}

impl Board {
    /// What is now.
    pub fn of(running: &Running) -> Self {
        let groups = running.groups().into_iter();
        let groups: Vec<_> = groups
            .map(|group| {
                let seen = group.seen();
                (group, seen)
            })
            .collect();
        let mut board = Self {
            by_fingerprint: HashMap::new(),
            by_name: HashMap::new(),
            groups: Vec::new(),
        };
        for (at, (group, seen)) in groups.iter().enumerate() {
            for (place, alert) in seen.active.iter().enumerate() {
                let known = board.by_fingerprint.entry(alert.fingerprint);
                let known = known.or_insert((at, place));
                // Of two rules that give one alert the one that fires counts.
                if alert.state == AlertState::Firing {
                    *known = (at, place);
                }
            }
            for (place, rule) in group.rules.rules.iter().enumerate() {
                if rule.is_alert() {
                    let named = board.by_name.entry(rule.name().to_owned());
                    named.or_default().push((at, place));
                }
            }
        }
        board.groups = groups;
        board
    }

    /// All rules, in order.
    pub fn rules(&self) -> impl Iterator<Item = RuleAt<'_>> {
        self.groups.iter().flat_map(|(group, seen)| {
            let places = 0..group.rules.rules.len();
            places.map(move |place| RuleAt { group, seen, place })
        })
    }

    /// The rule of an identifier.
    pub fn rule(&self, id: &str) -> Option<RuleAt<'_>> {
        self.rules()
            .find(|at| at.rule().is_some_and(|rule| rule.id.as_str() == id))
    }

    /// The alert of a rule with these labels.
    pub fn side(&self, fingerprint: Fingerprint) -> Option<Side<'_>> {
        let (at, place) = *self.by_fingerprint.get(&fingerprint)?;
        let (group, seen) = self.groups.get(at)?;
        let alert = seen.active.get(place)?;
        let place = alert.rule;
        let rule = RuleAt { group, seen, place };
        Some(Side { rule, alert })
    }

    /// All pending and firing alerts of rules.
    pub fn sides(&self) -> impl Iterator<Item = Side<'_>> {
        self.groups.iter().flat_map(|(group, seen)| {
            seen.active.iter().map(move |alert| {
                let place = alert.rule;
                let rule = RuleAt { group, seen, place };
                Side { rule, alert }
            })
        })
    }

    /// The rule that an alert of these labels came from, though it gives none now: that of its name whose
    /// own labels the alert has.
    pub fn rule_of(&self, labels: &Labels) -> Option<RuleAt<'_>> {
        let places = self.by_name.get(labels.value(ALERT_NAME))?.iter();
        let mut rules = places.filter_map(|(at, place)| {
            let (group, seen) = self.groups.get(*at)?;
            let place = *place;
            Some(RuleAt { group, seen, place })
        });
        let fits = |at: &RuleAt<'_>| {
            at.rule().is_some_and(|rule| {
                let own = at.group.rules.labels_of(rule);
                let mut plain = own.iter().filter(|(_, value)| !value.contains("{{"));
                plain.all(|(name, value)| labels.value(name) == value)
            })
        };
        rules.find(fits)
    }
}

impl<'a> RuleAt<'a> {
    /// The rule.
    pub fn rule(&self) -> Option<&'a Rule> {
        self.group.rules.rules.get(self.place)
    }

    /// What it compares with, if that is a number.
    pub fn threshold(&self) -> Option<&'a Threshold> {
        self.group.thresholds.get(self.place)?.as_ref()
    }
}
