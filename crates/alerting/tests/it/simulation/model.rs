//! What must hold, told independently of the machine: what channels heard against what was true.
//!
//! Truth has three values: alerts whose end was put off by a restart are neither surely firing nor surely
//! over for a while. What is not sure is not checked.

use super::plan::alerts;
use crate::support::{HOUR, MINUTE};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tacho_alerting::config::Config;
use tacho_alerting::group::group_key;
use tacho_alerting::matcher::all_match;
use tacho_alerting::route::Route;
use tacho_alerting::time_interval::any_contains;
use tacho_export::notification::{IntegrationKey, Notification, Reason};
use tacho_model::labels::Labels;

/// Longest time that a channel of the simulation takes to answer.
pub(crate) const ANSWER_MAX: i64 = 15 * MINUTE;
/// Time that a restart adds to alerts.
const GRACE: i64 = 5 * MINUTE;
/// How often what must have happened is checked.
pub(crate) const CHECK: i64 = 20 * MINUTE;

#[derive(Debug, Clone)]
pub(crate) struct Truth {
    pub(crate) labels: Labels,
    /// Since when it was told to fire.
    pub(crate) since: Option<i64>,
    /// The end that was told last.
    pub(crate) ends: i64,
    /// Until when a restart may keep it alive.
    pub(crate) grace: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Hush {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// What a channel heard last about a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    pub(crate) at: i64,
    pub(crate) firing: BTreeSet<usize>,
    resolved: BTreeSet<usize>,
    /// Whether the machine knows that it was heard.
    known: bool,
    /// Alerts whose end has to be told.
    pub(crate) expected: BTreeSet<usize>,
}

pub(crate) type Place = (String, IntegrationKey);

pub(crate) struct Model {
    pub(crate) config: Arc<Config>,
    pub(crate) truth: Vec<Truth>,
    pub(crate) hushes: BTreeMap<String, Hush>,
    pub(crate) heard: BTreeMap<Place, Heard>,
    received: BTreeSet<u64>,
    pub(crate) lost: BTreeSet<u64>,
    /// When a channel last failed.
    pub(crate) trouble: BTreeMap<IntegrationKey, i64>,
    pub(crate) changed: i64,
    /// Acknowledged groups; false once it may have ended by itself.
    pub(crate) acknowledged: BTreeMap<String, bool>,
    calm: BTreeMap<String, i64>,
    /// When each node was last seen muted.
    pub(crate) muted: BTreeMap<String, i64>,
    pub(crate) checked: u64,
}

impl Model {
    pub(crate) fn new(config: Arc<Config>, now: i64) -> Self {
        let truth = alerts().into_iter().map(|labels| Truth {
            labels,
            since: None,
            ends: i64::MIN,
            grace: i64::MIN,
        });
        Self {
            config,
            truth: truth.collect(),
            hushes: BTreeMap::new(),
            heard: BTreeMap::new(),
            received: BTreeSet::new(),
            lost: BTreeSet::new(),
            trouble: BTreeMap::new(),
            changed: now,
            acknowledged: BTreeMap::new(),
            calm: BTreeMap::new(),
            muted: BTreeMap::new(),
            checked: 0,
        }
    }

    pub(crate) fn surely_firing(&self, n: usize, now: i64) -> bool {
        self.truth[n].ends > now
    }

    pub(crate) fn maybe_firing(&self, n: usize, now: i64) -> bool {
        let truth = &self.truth[n];
        truth.ends > now || truth.grace > now
    }

    /// The last moment at which it may have fired.
    pub(crate) fn maybe_until(&self, n: usize) -> i64 {
        self.truth[n].ends.max(self.truth[n].grace)
    }

    pub(crate) fn restarted(&mut self, died: i64, now: i64) {
        for truth in &mut self.truth {
            if truth.ends.max(truth.grace) > died {
                truth.grace = truth.ends.max(truth.grace).max(now) + GRACE;
            }
        }
        self.changed = now;
    }

    pub(crate) fn reloaded(&mut self, config: Arc<Config>, now: i64) {
        self.config = config;
        self.changed = now;
        self.muted.clear();
        for heard in self.heard.values_mut() {
            heard.expected.clear();
        }
        for sure in self.acknowledged.values_mut() {
            *sure = false;
        }
    }

    /// The last moment at which a silence hid it; now if one does.
    pub(crate) fn silenced_until(&self, n: usize, now: i64) -> i64 {
        let labels = &self.truth[n].labels;
        let mine = self.hushes.values();
        let mine = mine.filter(|one| labels.value(&one.name) == one.value && one.from <= now);
        mine.map(|one| one.to.min(now + 1))
            .max()
            .unwrap_or(i64::MIN)
    }

    /// The last moment at which another may have inhibited it; whether one surely does.
    pub(crate) fn inhibited(&self, n: usize, now: i64) -> (i64, bool) {
        let target = &self.truth[n].labels;
        let (mut last, mut sure) = (i64::MIN, false);
        for rule in &self.config.inhibit_rules {
            if !all_match(&rule.target, target) {
                continue;
            }
            let both = all_match(&rule.source, target);
            for (m, source) in self.truth.iter().enumerate() {
                let fits = all_match(&rule.source, &source.labels)
                    && rule
                        .equal
                        .iter()
                        .all(|e| source.labels.value(e) == target.value(e))
                    && !(both && all_match(&rule.target, &source.labels));
                if fits {
                    last = last.max(self.maybe_until(m).min(now + 1));
                    sure |= self.surely_firing(m, now);
                }
            }
        }
        (last, sure)
    }

    fn is_muted(&self, route: &Route, now: i64) -> bool {
        let holds = |name: &String| any_contains(&self.config.time_intervals[name], now);
        let inactive = !route.active.is_empty() && !route.active.iter().any(holds);
        inactive || route.mute.iter().any(holds)
    }

    /// The node and the text of the group of an alert at a receiver.
    fn group_of(&self, n: usize, key: &str) -> Option<&Route> {
        let labels = &self.truth[n].labels;
        let mut found = self.config.route.find(labels).into_iter();
        found.find(|route| group_key(&route.key, &route.group_by.group_labels(labels)) == key)
    }

    fn number(&self, labels: &Labels) -> usize {
        let mut all = self.truth.iter();
        all.position(|truth| truth.labels == *labels).unwrap()
    }

    /// A message was decided now.
    pub(crate) fn decided(&mut self, told: &Notification, now: i64) {
        assert_eq!(told.at_ms, now, "decided at another time: {told:?}");
        assert!(!told.alerts.is_empty(), "a message about nothing: {told:?}");
        assert!(!self.received.contains(&told.id), "an id twice: {told:?}");
        let mut seen = BTreeSet::new();
        for one in &told.alerts {
            let n = self.number(&one.alert.labels);
            assert!(seen.insert(n), "an alert twice: {told:?}");
            match one.resolved {
                true => assert!(!self.surely_firing(n, now), "fires, told over: {told:?}"),
                false => assert!(self.maybe_firing(n, now), "over, told firing: {told:?}"),
            }
            assert!(self.silenced_until(n, now) <= now, "silenced: {told:?}");
            assert!(!self.inhibited(n, now).1, "inhibited: {told:?}");
            if told.reason == Reason::Storm {
                continue;
            }
            let route = self.group_of(n, &told.group_key);
            assert!(route.is_some(), "of another group: {told:?}");
            let route = route.unwrap();
            let mine = route.receivers.contains(&told.to.receiver);
            assert!(
                mine || told.to.receiver == "boss",
                "not for this receiver: {told:?}"
            );
            assert!(!self.is_muted(route, now), "muted: {told:?}");
        }
        let held = matches!(
            told.reason,
            Reason::First | Reason::Grown | Reason::Repeat | Reason::Escalation { .. }
        );
        let sure = self
            .acknowledged
            .get(&told.group_key)
            .copied()
            .unwrap_or(false);
        assert!(!(held && sure), "acknowledged: {told:?}");
    }

    /// A channel heard a message.
    pub(crate) fn heard(&mut self, told: &Notification, known: bool, now: i64) {
        let again = !self.received.insert(told.id);
        assert!(
            !again || self.lost.contains(&told.id),
            "heard twice: {told:?}"
        );
        if !known {
            self.lost.insert(told.id);
        }
        if matches!(told.reason, Reason::Acknowledged) {
            return;
        }
        if told.reason == Reason::Storm {
            return self.heard_storm(told, known, now);
        }
        let numbers = |resolved: bool| {
            let alerts = told.alerts.iter().filter(|one| one.resolved == resolved);
            alerts
                .map(|one| self.number(&one.alert.labels))
                .collect::<BTreeSet<usize>>()
        };
        let (firing, resolved) = (numbers(false), numbers(true));
        let place = (told.group_key.clone(), told.to.clone());
        let before = self.heard.get(&place).cloned().unwrap_or_default();
        if !again && before.known && told.to.receiver != "boss" {
            self.check_reason(told, &before, (&firing, &resolved), now);
        }
        // if the answer was lost and the second sending dies, the machine cannot know that there is an end to tell
        let ends = known && self.tells_ends(&told.to);
        let expected = if ends {
            firing.clone()
        } else {
            BTreeSet::new()
        };
        let heard = Heard {
            at: now,
            firing,
            resolved,
            known,
            expected,
        };
        self.heard.insert(place, heard);
    }

    fn heard_storm(&mut self, told: &Notification, known: bool, now: i64) {
        for one in &told.alerts {
            let n = self.number(&one.alert.labels);
            let routes = self.config.route.find(&self.truth[n].labels);
            let mine = routes
                .iter()
                .filter(|r| r.receivers.contains(&told.to.receiver));
            for route in mine.copied().collect::<Vec<_>>() {
                let labels = route.group_by.group_labels(&self.truth[n].labels);
                let key = group_key(&route.key, &labels);
                let members = (0..self.truth.len()).filter(|m| {
                    self.group_of(*m, &key).is_some() && self.maybe_firing(*m, told.at_ms)
                });
                let heard = Heard {
                    at: now,
                    firing: members.collect(),
                    known,
                    ..Heard::default()
                };
                self.heard.insert((key, told.to.clone()), heard);
            }
        }
    }

    fn tells_ends(&self, to: &IntegrationKey) -> bool {
        let receiver = self.config.receiver(&to.receiver);
        let mut all = receiver
            .into_iter()
            .flat_map(|receiver| &receiver.integrations);
        all.any(|one| one.key == *to && one.send_resolved)
    }

    fn repeat_of(&self, told: &Notification) -> i64 {
        let n = self.number(&told.alerts[0].alert.labels);
        let route = self.group_of(n, &told.group_key);
        route.map_or(0, |route| route.repeat_interval_ms)
    }

    /// Whether a message had a reason, by what was heard before it.
    fn check_reason(
        &self,
        told: &Notification,
        before: &Heard,
        (firing, resolved): (&BTreeSet<usize>, &BTreeSet<usize>),
        now: i64,
    ) {
        let repeat = self.repeat_of(told);
        let passed = told.at_ms - before.at;
        let forgotten = passed >= 2 * repeat - ANSWER_MAX || before.at <= self.changed;
        match told.reason {
            Reason::Repeat => assert!(
                passed > repeat || before.at <= self.changed,
                "repeated too soon at {now}: {told:?} {before:?}"
            ),
            Reason::Resolved => assert!(
                !before.firing.is_empty() || forgotten,
                "told over, never told firing: {told:?} {before:?}"
            ),
            Reason::First if self.tells_ends(&told.to) => assert!(
                before.firing.is_empty() || forgotten,
                "told for the first time again: {told:?} {before:?}"
            ),
            Reason::Grown | Reason::Shrunk => assert!(
                *firing != before.firing || *resolved != before.resolved || forgotten,
                "told twice: {told:?} {before:?}"
            ),
            _ => {}
        }
    }

    pub(crate) fn failed(&mut self, to: &IntegrationKey, now: i64) {
        self.trouble.insert(to.clone(), now);
    }

    pub(crate) fn note_muted(&mut self, now: i64) {
        let config = Arc::clone(&self.config);
        for route in config.route.walk() {
            if self.is_muted(route, now) {
                self.muted.insert(route.id.clone(), now);
            }
        }
    }

    /// An acknowledgement of a group that may have been over may have ended.
    pub(crate) fn note_calm(&mut self, now: i64) {
        let keys: Vec<String> = self.acknowledged.keys().cloned().collect();
        for key in keys {
            let mut all = 0..self.truth.len();
            let fires = all.any(|n| self.surely_firing(n, now) && self.group_of(n, &key).is_some());
            if !fires {
                self.acknowledged.insert(key.clone(), false);
                let since = *self.calm.entry(key.clone()).or_insert(now);
                if now - since > HOUR {
                    self.acknowledged.remove(&key);
                }
            } else {
                self.calm.remove(&key);
            }
        }
    }
}
