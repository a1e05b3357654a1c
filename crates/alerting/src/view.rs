//! What is now, for APIs and pages: alerts with what hides them, `groups.rs` who was told.
//!
//! What hides an alert is found out at the time of asking, as Alertmanager's API does it.

pub(crate) mod groups;

use crate::acknowledge::Acknowledgement;
use crate::alerts::{AlertId, Slot};
use crate::group::{Group, GroupId};
use crate::machine::Machine;
use crate::machine::event::HiddenBy;
use crate::machine::look::{hidden_by, muted_by};
use crate::matcher::{Matcher, all_match};
use tacho_export::notification::{IntegrationKey, Reason};
use tacho_model::alert::{Alert, Fingerprint};
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;

/// How an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertState {
    /// It fires, and people are told.
    Firing,
    /// It fires, and somebody takes care of all its groups.
    Acknowledged,
    /// It fires, and something keeps it from being told.
    Suppressed,
    /// It is over.
    Resolved,
}

impl AlertState {
    /// One word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Acknowledged => "acknowledged",
            Self::Suppressed => "suppressed",
            Self::Resolved => "resolved",
        }
    }
}

/// What keeps an alert from being told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suppressors {
    /// Ids of silences.
    pub silenced_by: Vec<String>,
    /// Fingerprints of alerts; Alertmanager too tells only one.
    pub inhibited_by: Vec<Fingerprint>,
    /// Names of suppressions.
    pub suppressed_by: Vec<String>,
    /// Names of time intervals, if all nodes that the alert reaches are silent.
    pub muted_by: Vec<String>,
}

impl Suppressors {
    /// Whether there are any.
    pub fn any(&self) -> bool {
        !(self.silenced_by.is_empty()
            && self.inhibited_by.is_empty()
            && self.suppressed_by.is_empty()
            && self.muted_by.is_empty())
    }
}

/// An alert as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertView {
    /// Our name of it; none if it never fired here.
    pub id: Option<AlertId>,
    /// Alertmanager's name of it.
    pub fingerprint: Fingerprint,
    /// Itself.
    pub alert: Alert,
    /// How bad it is.
    pub severity: Severity,
    /// When its teller last spoke of it, ms.
    pub updated_at_ms: i64,
    /// How it stands.
    pub state: AlertState,
    /// What keeps it from being told.
    pub suppressors: Suppressors,
    /// Receivers of the nodes that it reaches, in their order.
    pub receivers: Vec<String>,
    /// Its groups.
    pub groups: Vec<GroupId>,
    /// The newest acknowledgement of its groups.
    pub acknowledged: Option<Acknowledgement>,
    /// When one of its groups first told somebody, ms.
    pub told_at_ms: Option<i64>,
}

/// Which alerts are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// What they have to fit, all of it.
    pub matchers: Vec<Matcher>,
    /// Their state is one of these; any without.
    pub states: Vec<AlertState>,
    /// They reach a receiver of this name.
    pub receiver: Option<String>,
}

/// What an integration was told last about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogView {
    /// Which integration.
    pub to: IntegrationKey,
    /// When, ms.
    pub at_ms: i64,
    /// How many alerts were firing, and over.
    pub counts: (usize, usize),
    /// What the channel calls the first message.
    pub thread: Option<String>,
    /// When it is told again if nothing changes, ms (looks at the group are `group_interval` apart, so it may
    /// be that much later).
    pub repeat_ms: i64,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnItsWay {
    /// Its id.
    pub notification: u64,
    /// Where to.
    pub to: IntegrationKey,
    /// Why.
    pub reason: Reason,
    /// When it was decided, ms.
    pub at_ms: i64,
    /// Tries so far.
    pub attempts: u32,
    /// What went wrong last, may be empty.
    pub error: String,
}

/// Where a group stands in its escalation policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationView {
    /// The policy.
    pub policy: String,
    /// Levels that were walked in this round.
    pub levels_done: usize,
    /// Levels of the policy; 0 if it is gone.
    pub levels: usize,
    /// How often the levels have begun again.
    pub round: u32,
    /// When the next level is due, ms.
    pub next_ms: Option<i64>,
    /// Who was told by levels.
    pub told: Vec<IntegrationKey>,
}

/// A group as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Our name of it.
    pub id: GroupId,
    /// Alertmanager's text of it.
    pub key: String,
    /// The node of the routing tree.
    pub route_id: String,
    /// Whom it tells.
    pub receivers: Vec<String>,
    /// The labels that its alerts share by `group_by`.
    pub labels: Labels,
    /// Its alerts, as messages sort them.
    pub alerts: Vec<AlertView>,
    /// Names of the time intervals that keep it silent.
    pub muted_by: Vec<String>,
    /// Who takes care of it.
    pub acknowledged: Option<Acknowledgement>,
    /// When it came to be, ms.
    pub created_ms: i64,
    /// When it first had something to tell, ms.
    pub told_at_ms: Option<i64>,
    /// When it is looked at next, ms.
    pub next_flush_ms: i64,
    /// Where it stands in its policy.
    pub escalation: Option<EscalationView>,
    /// Who was told last, and when.
    pub log: Vec<LogView>,
    /// Messages on their way.
    pub on_its_way: Vec<OnItsWay>,
}

impl Machine {
    /// Alerts by their fingerprints, as Alertmanager sorts them.
    pub fn alerts(&self, filter: &AlertFilter, now_ms: i64) -> Vec<AlertView> {
        let slots = self.alerts.iter().map(|(_, slot)| slot);
        let fitting = slots.filter(|slot| all_match(&filter.matchers, &slot.alert.labels));
        let views = fitting.map(|slot| self.alert_view(slot, now_ms));
        let mut views: Vec<AlertView> = views.filter(|view| filter.takes(view)).collect();
        views.sort_by_key(|view| view.fingerprint);
        views
    }

    /// An alert by its id.
    pub fn alert(&self, id: AlertId, now_ms: i64) -> Option<AlertView> {
        let mut slots = self.alerts.iter();
        let (_, slot) = slots.find(|(_, slot)| slot.number == id.0)?;
        Some(self.alert_view(slot, now_ms))
    }

    /// An alert by its fingerprint.
    pub fn alert_by_fingerprint(&self, of: Fingerprint, now_ms: i64) -> Option<AlertView> {
        let slot = self.alerts.get(self.alerts.find(of)?)?;
        Some(self.alert_view(slot, now_ms))
    }

    /// The alerts that a silence hides or, before it begins, would hide.
    pub fn silenced_by(&self, id: &str, now_ms: i64) -> Vec<AlertView> {
        let Some(silence) = self.silences.get(id) else {
            return Vec::new();
        };
        let slots = self.alerts.iter().map(|(_, slot)| slot);
        let fitting = slots.filter(|slot| !slot.over && silence.fits(&slot.alert.labels));
        let mut views: Vec<AlertView> = fitting.map(|s| self.alert_view(s, now_ms)).collect();
        views.sort_by_key(|view| view.fingerprint);
        views
    }

    /// The alerts that matchers fit: what a silence that is being written would hide.
    pub fn matching(&self, matchers: &[Matcher], now_ms: i64) -> Vec<AlertView> {
        let filter = AlertFilter {
            matchers: matchers.to_vec(),
            states: vec![
                AlertState::Firing,
                AlertState::Acknowledged,
                AlertState::Suppressed,
            ],
            receiver: None,
        };
        self.alerts(&filter, now_ms)
    }

    pub(crate) fn alert_view(&self, slot: &Slot, now_ms: i64) -> AlertView {
        let groups = slot.groups.iter().filter_map(|at| self.groups.get(*at));
        let groups: Vec<&Group> = groups.collect();
        let mut receivers = Vec::new();
        for node in slot
            .routes
            .iter()
            .filter_map(|route| self.routes.get(*route))
        {
            let new = node
                .receivers
                .iter()
                .filter(|name| !receivers.contains(*name));
            let new: Vec<String> = new.cloned().collect();
            receivers.extend(new);
        }
        let resolved = slot.over || slot.alert.is_resolved_at(now_ms);
        let suppressors = match resolved {
            true => Suppressors::default(),
            false => self.suppressors(slot, now_ms),
        };
        let acks = || {
            groups
                .iter()
                .filter_map(|group| group.acknowledged.as_deref())
        };
        let all_acknowledged = !groups.is_empty() && acks().count() == groups.len();
        let state = if resolved {
            AlertState::Resolved
        } else if suppressors.any() {
            AlertState::Suppressed
        } else if all_acknowledged {
            AlertState::Acknowledged
        } else {
            AlertState::Firing
        };
        AlertView {
            id: slot.id(),
            fingerprint: slot.fingerprint,
            alert: slot.alert.clone(),
            severity: slot.severity,
            updated_at_ms: slot.updated_at_ms,
            state,
            suppressors,
            receivers,
            groups: groups.iter().map(|group| group.id).collect(),
            acknowledged: acks().max_by_key(|ack| ack.at_ms).cloned(),
            told_at_ms: groups.iter().filter_map(|group| group.told_ms).min(),
        }
    }

    fn suppressors(&self, slot: &Slot, now_ms: i64) -> Suppressors {
        let mut found = Suppressors::default();
        let mut cache = slot.silences.clone();
        let hidden = hidden_by(
            (&slot.alert, &mut cache),
            &self.inhibitor,
            &self.silences,
            &self.config,
            now_ms,
        );
        match hidden {
            Some(HiddenBy::Silences(ids)) => found.silenced_by = ids,
            Some(HiddenBy::Suppression(name)) => found.suppressed_by = vec![name],
            Some(HiddenBy::Alert(source)) => {
                found.inhibited_by = vec![source];
                let hiding = self.silences.hiding(&slot.alert.labels, &mut cache, now_ms);
                found.silenced_by = hiding.map(|silence| silence.id.clone()).collect();
            }
            None => {}
        }
        let nodes = slot
            .routes
            .iter()
            .filter_map(|route| self.routes.get(*route));
        let muted: Vec<Vec<String>> = nodes.map(|n| muted_by(&self.config, n, now_ms)).collect();
        if muted.iter().all(|names| !names.is_empty()) {
            found.muted_by = muted.concat();
            found.muted_by.sort();
            found.muted_by.dedup();
        }
        found
    }
}

impl AlertFilter {
    pub(crate) fn takes(&self, view: &AlertView) -> bool {
        let state = self.states.is_empty() || self.states.contains(&view.state);
        let receiver = self.receiver.as_ref();
        state && receiver.is_none_or(|receiver| view.receivers.contains(receiver))
    }
}
