//! Escalation: who is told when nobody acknowledges. A policy is walked level by level from the first
//! message of a group on, until the group is acknowledged or over.
//!
//! While all alerts of the group are hidden, the walk stands still. Whoever was told by a level is told
//! when the group is over, too.

use crate::config::escalation::{Level, Policy};
use crate::group::routes::{Target, targets_of};
use crate::machine::Machine;
use crate::machine::event::EventKind;
use std::sync::Arc;
use tacho_export::notification::{IntegrationKey, Reason};

/// How soon a group whose alerts are all hidden is looked at again, ms.
const HIDDEN_RETRY_MS: i64 = 60_000;
/// Lateness of a level from which the later ones move along, ms.
const LATE_MS: i64 = 5_000;

/// Where a group stands in its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalating {
    /// Name of the policy.
    pub policy: String,
    /// From when its delays count, ms.
    pub since_ms: i64,
    /// The next level, from 0.
    pub level: usize,
    /// How often the levels have begun again.
    pub round: u32,
    /// When the next level is due, ms; nothing if none is: all were walked, or the group is acknowledged.
    pub due_ms: Option<i64>,
    /// Who was told by levels.
    pub told: Vec<Arc<IntegrationKey>>,
}

impl Escalating {
    fn at_start(policy: &Policy, since_ms: i64) -> Self {
        let first = policy.levels.first();
        Self {
            policy: policy.name.clone(),
            since_ms,
            level: 0,
            round: 0,
            due_ms: first.map(|level| since_ms.saturating_add(level.after_ms)),
            told: Vec::new(),
        }
    }

    /// Goes on to the next level, or to the first one of the next round.
    fn advance(&mut self, policy: &Policy, now_ms: i64) {
        let due_ms = self.due_ms.unwrap_or(now_ms);
        if now_ms > due_ms.saturating_add(LATE_MS) {
            self.since_ms = self.since_ms.saturating_add(now_ms - due_ms);
        }
        self.level += 1;
        if self.level >= policy.levels.len()
            && let Some(repeat_ms) = policy.repeat_ms
            && self.round < policy.repeat_times
        {
            let last_ms = policy.levels.last().map_or(0, |level| level.after_ms);
            let first_ms = policy.levels.first().map_or(0, |level| level.after_ms);
            let begins_ms = self
                .since_ms
                .saturating_add(last_ms)
                .saturating_add(repeat_ms);
            self.since_ms = begins_ms.saturating_sub(first_ms);
            self.round += 1;
            self.level = 0;
        }
        let next = policy.levels.get(self.level);
        self.due_ms = next.map(|level| self.since_ms.saturating_add(level.after_ms));
    }
}

/// The text under which the log keeps what levels told.
pub(crate) fn log_text(key: &Arc<str>) -> Arc<str> {
    Arc::from(format!("escalation:{key}"))
}

impl Machine {
    /// Begins to walk the policy that fits, if the group is not on its way yet.
    pub(crate) fn start_escalation(&mut self, at: u32, members: &[u32], now_ms: i64) {
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        let begins = group.told_ms.is_none();
        let walked = group.escalating.is_some();
        if begins {
            group.told_ms = Some(now_ms);
            self.mark_group(at);
        }
        if walked {
            // a group that was over and fires again begins anew
            if begins {
                self.restart_escalation(at, now_ms);
            }
            return;
        }
        if self.config.escalation.policies.is_empty() {
            return;
        }
        let config = Arc::clone(&self.config);
        let mut policies = config.escalation.policies.iter();
        let fits = |policy: &&Policy| {
            let labels = members.iter().filter_map(|at| self.alerts.get(*at));
            policy.enabled && labels.into_iter().any(|s| policy.fits(&s.alert.labels))
        };
        if let Some(policy) = policies.find(fits) {
            let start = Escalating::at_start(policy, now_ms);
            self.groups.set_escalating(at, Some(Box::new(start)));
            self.mark_group(at);
        }
    }

    /// Stops the walk of an acknowledged group; who was told stays known.
    pub(crate) fn pause_escalation(&mut self, at: u32) {
        let escalating = self.groups.get(at).and_then(|g| g.escalating.clone());
        if let Some(mut escalating) = escalating {
            escalating.due_ms = None;
            self.groups.set_escalating(at, Some(escalating));
        }
    }

    /// Begins to walk again from the first level.
    pub(crate) fn restart_escalation(&mut self, at: u32, now_ms: i64) {
        let escalating = self.groups.get(at).and_then(|g| g.escalating.clone());
        if let Some(before) = escalating {
            let policies = &self.config.escalation.policies;
            let policy = policies
                .iter()
                .find(|p| p.enabled && p.name == before.policy);
            let again = policy.map(|policy| {
                let mut again = Escalating::at_start(policy, now_ms);
                again.told = before.told;
                Box::new(again)
            });
            self.groups.set_escalating(at, again);
            self.mark_group(at);
        }
    }

    /// Walks the level of a group that is due.
    pub(crate) fn escalate(&mut self, at: u32, now_ms: i64) {
        let escalating = self.groups.get(at).and_then(|g| g.escalating.clone());
        let Some(mut escalating) = escalating else {
            return;
        };
        let config = Arc::clone(&self.config);
        let mut policies = config.escalation.policies.iter();
        let policy = policies.find(|p| p.enabled && p.name == escalating.policy);
        let level = policy.and_then(|policy| policy.levels.get(escalating.level));
        let (Some(policy), Some(level)) = (policy, level) else {
            escalating.due_ms = None;
            self.groups.set_escalating(at, Some(escalating));
            self.mark_group(at);
            return;
        };
        let look = self.look(at, now_ms);
        if look.firing.is_empty() || self.outbox_is_full() {
            escalating.due_ms = Some(now_ms.saturating_add(HIDDEN_RETRY_MS));
            self.groups.set_escalating(at, Some(escalating));
            return;
        }
        let number = escalating.level + 1;
        let (targets, on_call) = self.targets_of_level(level, now_ms);
        for target in &targets {
            let look = &*self.look_of(&look, target);
            if look.firing.is_empty() {
                continue;
            }
            let reason = Reason::Escalation { level: number };
            self.tell(at, target, look, reason, now_ms);
            if !escalating.told.contains(&target.to) {
                escalating.told.push(Arc::clone(&target.to));
            }
        }
        let kind = EventKind::Escalated {
            policy: policy.name.clone(),
            level: number,
            to: targets.iter().map(|t| (*t.to).clone()).collect(),
            on_call,
        };
        let ids = self.ids_of(at);
        self.note_of(now_ms, ids, Some(at), kind);
        escalating.advance(policy, now_ms);
        self.groups.set_escalating(at, Some(escalating));
        self.mark_group(at);
    }

    /// The integrations of a level at a time, each once, and who is on call.
    pub(crate) fn targets_of_level(
        &self,
        level: &Level,
        now_ms: i64,
    ) -> (Vec<Target>, Option<String>) {
        let overrides = self.all_overrides();
        let rota = level.rota.as_deref();
        let rota = rota.and_then(|name| self.config.escalation.rota(name));
        let on_call = rota.and_then(|rota| rota.on_call(now_ms, &overrides));
        let member = on_call.filter(|on_call| on_call.on_duty);
        let member = member.map(|on_call| on_call.member);
        let more = member.map(|member| &member.receivers);
        let receivers = level.receivers.iter().chain(more.into_iter().flatten());
        let mut targets: Vec<Target> = Vec::new();
        for target in receivers.flat_map(|receiver| targets_of(&self.config, receiver)) {
            if !targets.iter().any(|known| known.to == target.to) {
                targets.push(target);
            }
        }
        (targets, member.map(|member| member.name.clone()))
    }
}
