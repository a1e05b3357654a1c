//! Short answers for lists and counts: what would be too dear to work out from whole views of alerts and
//! groups.

use crate::acknowledge::Acknowledgement;
use crate::group::GroupId;
use crate::machine::Machine;
use crate::view::EscalationView;
use crate::view::groups::escalation_view;
use std::collections::BTreeMap;

/// A group without its alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupBrief {
    /// Our name of it.
    pub id: GroupId,
    /// Alertmanager's text of it.
    pub key: String,
    /// The node of the routing tree.
    pub route_id: String,
    /// Alerts that it holds.
    pub alerts: usize,
    /// When it is looked at next, ms.
    pub next_flush_ms: i64,
    /// Who takes care of it.
    pub acknowledged: Option<Acknowledgement>,
    /// Where it stands in its policy.
    pub escalation: Option<EscalationView>,
}

/// Firing alerts by what concerns them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FiringCounts {
    /// That reach a node, by the id of the node.
    pub by_route: BTreeMap<String, usize>,
    /// That a rule of inhibition hides, by the place of the rule.
    pub by_inhibit_rule: Vec<usize>,
    /// That a suppression hides now, by the place of the suppression.
    pub by_suppression: Vec<usize>,
}

impl Machine {
    /// A group without its alerts.
    pub fn group_brief(&self, id: GroupId) -> Option<GroupBrief> {
        let group = self.groups.get(self.groups.by_id(id)?)?;
        let node = self.routes.get(group.route);
        Some(GroupBrief {
            id,
            key: group.key.to_string(),
            route_id: node.map(|node| node.id.to_string()).unwrap_or_default(),
            alerts: group.members.len(),
            next_flush_ms: group.due_ms,
            acknowledged: group.acknowledged.as_deref().cloned(),
            escalation: escalation_view(group, &self.config),
        })
    }

    /// Firing alerts by node, rule of inhibition and suppression.
    pub fn firing_counts(&self, now_ms: i64) -> FiringCounts {
        let mut counts = FiringCounts {
            by_inhibit_rule: vec![0; self.config.inhibit_rules.len()],
            by_suppression: vec![0; self.config.suppressions.len()],
            ..FiringCounts::default()
        };
        let mut by_route: BTreeMap<u32, usize> = BTreeMap::new();
        let active = self.config.suppressions.iter().enumerate();
        let active: Vec<_> = active.filter(|(_, one)| one.in_force(now_ms)).collect();
        let firing = self.alerts.iter().filter(|(_, slot)| !slot.over);
        for (_, slot) in firing {
            for route in slot.routes.iter() {
                *by_route.entry(*route).or_default() += 1;
            }
            let inhibited = self.inhibitor.inhibition(&slot.alert.labels);
            if let Some(count) = inhibited.and_then(|it| counts.by_inhibit_rule.get_mut(it.rule)) {
                *count += 1;
            }
            for (place, suppression) in &active {
                if suppression.concerns(&slot.alert)
                    && let Some(count) = counts.by_suppression.get_mut(*place)
                {
                    *count += 1;
                }
            }
        }
        let named = by_route.into_iter().filter_map(|(route, count)| {
            let node = self.routes.get(route)?;
            Some((node.id.to_string(), count))
        });
        counts.by_route = named.collect();
        counts
    }

    /// Firing alerts that a silence hides or, before it begins, would hide.
    pub fn hidden_count(&self, silence: &str) -> usize {
        let Some(silence) = self.silences.get(silence) else {
            return 0;
        };
        let slots = self.alerts.iter();
        slots
            .filter(|(_, slot)| !slot.over && silence.fits(&slot.alert.labels))
            .count()
    }

    /// Groups that a policy runs for, by the name of the policy.
    pub fn escalating_counts(&self) -> BTreeMap<String, usize> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, group) in self.groups.iter() {
            let running = group.escalating.as_deref().filter(|it| it.due_ms.is_some());
            if let Some(running) = running {
                *counts.entry(running.policy.clone()).or_default() += 1;
            }
        }
        counts
    }
}
