//! Groups as they stand: their alerts, who was told last, what is on its way, what comes next.

use super::{AlertFilter, AlertView, EscalationView, GroupView, LogView, OnItsWay};
use crate::alerts::{label_set_order, message_order};
use crate::config::Config;
use crate::group::{Group, GroupId};
use crate::machine::Machine;
use crate::machine::look::muted_by;
use crate::matcher::all_match;

impl Machine {
    /// Groups with the alerts that fit, by their labels as Alertmanager sorts them; groups without such alerts
    /// are left out.
    pub fn groups(&self, filter: &AlertFilter, now_ms: i64) -> Vec<GroupView> {
        let wanted = |group: &&Group| {
            let node = self.routes.get(group.route);
            filter
                .receiver
                .as_ref()
                .is_none_or(|receiver| node.is_some_and(|node| node.receivers.contains(receiver)))
        };
        let groups = self.groups.iter().map(|(_, group)| group).filter(wanted);
        let mut views: Vec<GroupView> = groups
            .map(|group| self.group_view(group, Some(filter), now_ms))
            .filter(|view| !view.alerts.is_empty())
            .collect();
        views.sort_by(|a, b| {
            let labels = label_set_order(&a.labels, &b.labels);
            labels.then_with(|| (&a.receivers, &a.key, a.id).cmp(&(&b.receivers, &b.key, b.id)))
        });
        views
    }

    /// A group with all of its alerts.
    pub fn group(&self, id: GroupId, now_ms: i64) -> Option<GroupView> {
        let group = self.groups.get(self.groups.by_id(id)?)?;
        Some(self.group_view(group, None, now_ms))
    }

    /// All messages on their way, in the order in which they were decided.
    pub fn on_its_way(&self) -> Vec<OnItsWay> {
        self.outbox
            .keys()
            .filter_map(|id| self.on_its_way_of(*id))
            .collect()
    }

    fn group_view(&self, group: &Group, filter: Option<&AlertFilter>, now_ms: i64) -> GroupView {
        let node = self.routes.get(group.route);
        let slots = group.members.values().filter_map(|at| self.alerts.get(*at));
        let fitting =
            slots.filter(|slot| filter.is_none_or(|f| all_match(&f.matchers, &slot.alert.labels)));
        let views = fitting.map(|slot| self.alert_view(slot, now_ms));
        let mut alerts: Vec<AlertView> = views
            .filter(|view| filter.is_none_or(|filter| filter.takes(view)))
            .collect();
        alerts.sort_by(|a, b| message_order(&a.alert.labels, &b.alert.labels));
        let log = node.into_iter().flat_map(|node| {
            node.targets.iter().filter_map(|target| {
                let entry = self.log.get(&Self::log_key(&group.key, &target.to))?;
                Some(LogView {
                    to: (*target.to).clone(),
                    at_ms: entry.at_ms,
                    counts: (entry.firing.len(), entry.resolved.len()),
                    thread: entry.thread.clone(),
                    repeat_ms: entry.at_ms.saturating_add(node.repeat_interval_ms),
                })
            })
        });
        let on_its_way = group.in_flight.iter();
        let on_its_way = on_its_way.filter_map(|(_, id)| self.on_its_way_of(*id));
        GroupView {
            id: group.id,
            key: group.key.to_string(),
            route_id: node.map(|node| node.id.to_string()).unwrap_or_default(),
            receivers: node.map(|node| node.receivers.clone()).unwrap_or_default(),
            labels: group.labels.clone(),
            alerts,
            muted_by: node.map_or_else(Vec::new, |n| muted_by(&self.config, n, now_ms)),
            acknowledged: group.acknowledged.as_deref().cloned(),
            created_ms: group.created_ms,
            told_at_ms: group.told_ms,
            next_flush_ms: group.due_ms,
            escalation: escalation_view(group, &self.config),
            log: log.collect(),
            on_its_way: on_its_way.collect(),
        }
    }

    fn on_its_way_of(&self, id: u64) -> Option<OnItsWay> {
        let pending = self.outbox.get(&id)?;
        Some(OnItsWay {
            notification: id,
            to: pending.notification.to.clone(),
            reason: pending.notification.reason,
            at_ms: pending.notification.at_ms,
            attempts: pending.attempts,
            error: pending.error.clone(),
        })
    }
}

/// Where a group stands in its escalation policy.
pub(crate) fn escalation_view(group: &Group, config: &Config) -> Option<EscalationView> {
    let escalating = group.escalating.as_deref()?;
    let mut policies = config.escalation.policies.iter();
    let policy = policies.find(|policy| policy.name == escalating.policy);
    Some(EscalationView {
        policy: escalating.policy.clone(),
        levels_done: escalating.level,
        levels: policy.map_or(0, |policy| policy.levels.len()),
        round: escalating.round,
        next_ms: escalating.due_ms,
        told: escalating.told.iter().map(|to| (**to).clone()).collect(),
    })
}
