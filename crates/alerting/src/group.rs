//! Groups: alerts that one node of the routing tree tells together, because they agree in the labels of
//! `group_by`.
//!
//! `routes.rs` has the nodes with their integrations. Groups are looked at when they are due (`flush`),
//! which is after `group_wait` at first and each `group_interval` then.

pub(crate) mod routes;

use crate::acknowledge::Acknowledgement;
use crate::escalate::Escalating;
use crate::matcher::write_go_quoted;
use routes::Node;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;
use tacho_export::notification::IntegrationKey;
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;

/// Our name of a group: `group-7`. It lives as long as the group: until all of its alerts are over and told
/// so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u64);

impl GroupId {
    /// Reads `group-7`.
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix("group-")?.parse().ok().map(Self)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "group-{}", self.0)
    }
}

/// Alertmanager's text of a group: `{}/{severity="critical"}:{alertname="X"}`.
pub fn group_key(route_key: &str, labels: &Labels) -> String {
    format!("{route_key}:{}", LabelSet(labels))
}

/// A label set as Prometheus prints it.
struct LabelSet<'a>(&'a Labels);

impl fmt::Display for LabelSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (place, (name, value)) in self.0.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}{name}=")?;
            write_go_quoted(f, value)?;
        }
        f.write_str("}")
    }
}

/// Alerts that were over at a look at the group, and leave it once everybody knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Closing {
    /// Fingerprint, start and end of each.
    pub(crate) resolved: Vec<(Fingerprint, i64, i64)>,
    /// Whether somebody could not be told: then they stay until the next look.
    pub(crate) failed: bool,
}

/// A group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    /// The node of the routing tree.
    pub(crate) route: u32,
    pub(crate) labels: Labels,
    /// Alertmanager's text of it.
    pub(crate) key: Arc<str>,
    /// Its alerts and their places.
    pub(crate) members: BTreeMap<Fingerprint, u32>,
    pub(crate) created_ms: i64,
    /// When it is looked at next, ms.
    pub(crate) due_ms: i64,
    /// Whether it was ever looked at.
    pub(crate) flushed: bool,
    /// Messages on their way.
    pub(crate) in_flight: Vec<(Arc<IntegrationKey>, u64)>,
    /// Whether a look found a message on its way: the next look is then as soon as it has come to an end.
    pub(crate) missed: bool,
    pub(crate) closing: Closing,
    /// Names of the time intervals that keep it silent.
    pub(crate) muted_by: Vec<String>,
    /// When it first had something to tell, ms.
    pub(crate) told_ms: Option<i64>,
    pub(crate) acknowledged: Option<Box<Acknowledgement>>,
    pub(crate) escalating: Option<Box<Escalating>>,
    /// Whether it is in the rows.
    pub(crate) stored: bool,
}

impl Group {
    pub(crate) fn new(id: GroupId, node: &Node, route: u32, labels: Labels, now_ms: i64) -> Self {
        Self {
            id,
            route,
            key: Arc::from(group_key(&node.key, &labels)),
            labels,
            members: BTreeMap::new(),
            created_ms: now_ms,
            due_ms: now_ms.saturating_add(node.group_wait_ms),
            flushed: false,
            in_flight: Vec::new(),
            missed: false,
            closing: Closing::default(),
            muted_by: Vec::new(),
            told_ms: None,
            acknowledged: None,
            escalating: None,
            stored: false,
        }
    }
}

/// All groups, and when they are due.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    slots: Vec<Option<Group>>,
    free: Vec<u32>,
    by_labels: HashMap<(u32, Labels), u32>,
    by_id: HashMap<GroupId, u32>,
    due: BTreeSet<(i64, u32)>,
    /// When levels of escalation are due.
    escalations: BTreeSet<(i64, u32)>,
}

impl Groups {
    pub(crate) fn len(&self) -> usize {
        self.by_labels.len()
    }

    pub(crate) fn get(&self, at: u32) -> Option<&Group> {
        self.slots.get(at as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, at: u32) -> Option<&mut Group> {
        self.slots.get_mut(at as usize)?.as_mut()
    }

    pub(crate) fn find(&self, route: u32, labels: &Labels) -> Option<u32> {
        self.by_labels.get(&(route, labels.clone())).copied()
    }

    pub(crate) fn by_id(&self, id: GroupId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Group)> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(at, group)| Some((u32::try_from(at).ok()?, group.as_ref()?)))
    }

    pub(crate) fn places(&self) -> Vec<u32> {
        self.iter().map(|(at, _)| at).collect()
    }

    pub(crate) fn insert(&mut self, group: Group) -> u32 {
        let at = match self.free.pop() {
            Some(at) => at,
            None => {
                self.slots.push(None);
                u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
            }
        };
        self.by_labels
            .insert((group.route, group.labels.clone()), at);
        self.by_id.insert(group.id, at);
        self.due.insert((group.due_ms, at));
        let escalation = group.escalating.as_ref().and_then(|e| e.due_ms);
        self.escalations.extend(escalation.map(|due| (due, at)));
        if let Some(slot) = self.slots.get_mut(at as usize) {
            *slot = Some(group);
        }
        at
    }

    pub(crate) fn remove(&mut self, at: u32) -> Option<Group> {
        let group = self.slots.get_mut(at as usize)?.take()?;
        self.by_labels.remove(&(group.route, group.labels.clone()));
        self.by_id.remove(&group.id);
        self.due.remove(&(group.due_ms, at));
        if let Some(due_ms) = group.escalating.as_ref().and_then(|e| e.due_ms) {
            self.escalations.remove(&(due_ms, at));
        }
        self.free.push(at);
        Some(group)
    }

    /// Sets when a group is looked at.
    pub(crate) fn set_due(&mut self, at: u32, due_ms: i64) {
        if let Some(group) = self.slots.get_mut(at as usize).and_then(Option::as_mut) {
            self.due.remove(&(group.due_ms, at));
            group.due_ms = due_ms;
            self.due.insert((due_ms, at));
        }
    }

    /// Sets where a group stands in its escalation.
    pub(crate) fn set_escalating(&mut self, at: u32, escalating: Option<Box<Escalating>>) {
        if let Some(group) = self.slots.get_mut(at as usize).and_then(Option::as_mut) {
            if let Some(due_ms) = group.escalating.as_ref().and_then(|e| e.due_ms) {
                self.escalations.remove(&(due_ms, at));
            }
            let due_ms = escalating.as_ref().and_then(|e| e.due_ms);
            self.escalations.extend(due_ms.map(|due| (due, at)));
            group.escalating = escalating;
        }
    }

    /// When something of a group is due next.
    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        let firsts = [self.due.first(), self.escalations.first()];
        firsts.into_iter().flatten().map(|(due, _)| *due).min()
    }

    /// The groups that are due, first ones first.
    pub(crate) fn due(&self, now_ms: i64) -> Vec<u32> {
        let until = ..=(now_ms, u32::MAX);
        self.due.range(until).map(|(_, at)| *at).collect()
    }

    /// The groups that have a level of escalation due.
    pub(crate) fn escalations_due(&self, now_ms: i64) -> Vec<u32> {
        let until = ..=(now_ms, u32::MAX);
        self.escalations.range(until).map(|(_, at)| *at).collect()
    }

    pub(crate) fn escalating(&self) -> usize {
        self.escalations.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{GroupId, group_key};
    use tacho_model::labels::Labels;

    #[test]
    fn the_text_of_a_group_is_that_of_alertmanager() {
        let labels = Labels::from_pairs([("severity", "a\"b"), ("alertname", "X")]);
        assert_eq!(
            group_key("{}/{severity=\"critical\"}", &labels),
            "{}/{severity=\"critical\"}:{alertname=\"X\", severity=\"a\\\"b\"}"
        );
        assert_eq!(group_key("{}", &Labels::default()), "{}:{}");
    }

    #[test]
    fn ids_can_be_read_again() {
        assert_eq!(GroupId::parse(&GroupId(7).to_string()), Some(GroupId(7)));
        assert_eq!(GroupId::parse("{}:{}"), None);
    }
}
