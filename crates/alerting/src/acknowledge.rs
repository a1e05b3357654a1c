//! Acknowledgements: somebody takes care of a group. Until its alerts are over, nothing is repeated and
//! nobody else is told; if it gets worse (more alerts fire, or worse ones), the acknowledgement ends and
//! all are told so.

use crate::alerts::AlertId;
use crate::error::{Error, Result};
use crate::group::GroupId;
use crate::machine::Machine;
use crate::machine::event::EventKind;
use std::sync::Arc;
use tacho_export::notification::{Acknowledged, Reason};
use tacho_model::alert::Fingerprint;
use tacho_model::severity::Severity;

/// That somebody takes care of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// Why, may be empty.
    pub comment: String,
    /// When, ms.
    pub at_ms: i64,
    /// Alerts that fired then and were not hidden.
    pub firing: usize,
    /// The worst severity of them.
    pub severity: Severity,
}

impl Acknowledgement {
    /// As messages tell it.
    pub(crate) fn told(&self) -> Acknowledged {
        Acknowledged {
            by: self.by.clone(),
            comment: self.comment.clone(),
            at_ms: self.at_ms,
        }
    }

    /// Whether a group is worse than it was then.
    pub(crate) fn is_outgrown(&self, firing: usize, severity: Severity) -> bool {
        firing > self.firing || (firing > 0 && severity < self.severity)
    }
}

/// What is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// All groups of an alert.
    Alert(AlertId),
    /// All groups of the alert with this fingerprint.
    Fingerprint(Fingerprint),
    /// A group.
    Group(GroupId),
    /// All groups of one of Alertmanager's group keys (two nodes may share one).
    GroupKey(String),
}

impl Selector {
    /// Reads `alert-12`, `group-7`, a fingerprint, or a group key (which has a brace in it).
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(id) = GroupId::parse(text) {
            return Some(Self::Group(id));
        }
        if text.contains('{') {
            return Some(Self::GroupKey(text.to_owned()));
        }
        match Fingerprint::parse(text) {
            Some(fingerprint) => Some(Self::Fingerprint(fingerprint)),
            None => AlertId::parse(text).map(Self::Alert),
        }
    }
}

/// Kinds of channels that know acknowledgements, also without a thread.
const KNOWING: [&str; 2] = ["opsgenie", "pagerduty"];

impl Machine {
    /// Acknowledges groups; those that are acknowledged already get the new words. Gives the groups. Call
    /// `tick` after it.
    ///
    /// # Errors
    /// If nothing is selected, or nothing of it fires, or a text is too long.
    pub fn acknowledge(
        &mut self,
        selector: &Selector,
        by: &str,
        comment: &str,
        now_ms: i64,
    ) -> Result<Vec<GroupId>> {
        self.observe(now_ms);
        self.options.limits.check_comment(by)?;
        self.options.limits.check_comment(comment)?;
        let mut done = Vec::new();
        for at in self.selected(selector)? {
            if !self.has_firing(at) {
                continue;
            }
            let look = self.look(at, now_ms);
            let acknowledgement = Acknowledgement {
                by: by.to_owned(),
                comment: comment.to_owned(),
                at_ms: now_ms,
                firing: look.firing.len(),
                severity: look.severity,
            };
            self.pause_escalation(at);
            let Some(group) = self.groups.get_mut(at) else {
                continue;
            };
            done.push(group.id);
            group.acknowledged = Some(Box::new(acknowledgement));
            self.mark_group(at);
            let ids = self.ids_of(at);
            let kind = EventKind::Acknowledged {
                by: by.to_owned(),
                comment: comment.to_owned(),
            };
            self.note_of(now_ms, ids, Some(at), kind);
            self.tell_acknowledged(at, now_ms);
        }
        if done.is_empty() {
            return Err(Error::conflict("nothing of it is firing"));
        }
        Ok(done)
    }

    /// Takes acknowledgements back: repeats and escalation begin anew. Gives the groups.
    ///
    /// # Errors
    /// If nothing is selected, or nothing of it is acknowledged.
    pub fn unacknowledge(
        &mut self,
        selector: &Selector,
        by: &str,
        now_ms: i64,
    ) -> Result<Vec<GroupId>> {
        self.observe(now_ms);
        self.options.limits.check_comment(by)?;
        let mut done = Vec::new();
        for at in self.selected(selector)? {
            let Some(group) = self.groups.get_mut(at) else {
                continue;
            };
            if group.acknowledged.take().is_none() {
                continue;
            }
            done.push(group.id);
            let by = by.to_owned();
            let ids = self.ids_of(at);
            self.note_of(now_ms, ids, Some(at), EventKind::Unacknowledged { by });
            self.restart_escalation(at, now_ms);
            self.mark_group(at);
        }
        if done.is_empty() {
            return Err(Error::conflict("nothing of it is acknowledged"));
        }
        Ok(done)
    }

    /// The places of selected groups.
    fn selected(&self, selector: &Selector) -> Result<Vec<u32>> {
        let of_alert = |at: Option<u32>| {
            let slot = at.and_then(|at| self.alerts.get(at));
            slot.map(|slot| slot.groups.clone()).unwrap_or_default()
        };
        let (places, what) = match selector {
            Selector::Alert(id) => {
                let mut alerts = self.alerts.iter();
                let at = alerts
                    .find(|(_, slot)| slot.number == id.0)
                    .map(|(at, _)| at);
                (of_alert(at), id.to_string())
            }
            Selector::Fingerprint(fingerprint) => {
                let at = self.alerts.find(*fingerprint);
                (of_alert(at), fingerprint.to_string())
            }
            Selector::Group(id) => {
                let at = self.groups.by_id(*id);
                (at.into_iter().collect(), id.to_string())
            }
            Selector::GroupKey(key) => {
                let groups = self.groups.iter();
                let same = groups.filter(|(_, group)| *group.key == **key);
                (same.map(|(at, _)| at).collect(), key.clone())
            }
        };
        match places.is_empty() {
            true => Err(Error::not_found(format!(
                "no such alert or group: {what:?}"
            ))),
            false => Ok(places),
        }
    }

    /// Whether any alert of a group fires, hidden or not.
    pub(crate) fn has_firing(&self, at: u32) -> bool {
        let Some(group) = self.groups.get(at) else {
            return false;
        };
        let fires = |at: &u32| self.alerts.get(*at).is_some_and(|slot| !slot.over);
        group.members.values().any(fires)
    }

    /// Tells the channels that know what to do with it.
    fn tell_acknowledged(&mut self, at: u32, now_ms: i64) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let Some(node) = self.routes.get(group.route) else {
            return;
        };
        let key = Arc::clone(&group.key);
        let told: Vec<_> = node
            .targets
            .iter()
            .filter(|target| {
                let entry = self.log.get(&Self::log_key(&key, &target.to));
                let firing = entry.filter(|entry| !entry.firing.is_empty());
                let knows = KNOWING.contains(&target.to.kind.as_str());
                firing.is_some_and(|entry| knows || entry.thread.is_some())
            })
            .cloned()
            .collect();
        let look = self.look(at, now_ms);
        for target in told {
            let look = &*self.look_of(&look, &target);
            if !look.members.is_empty() {
                self.tell(at, &target, look, Reason::Acknowledged, now_ms);
            }
        }
    }
}
