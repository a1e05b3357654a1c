//! What is due: ends of alerts, looks at groups, levels of escalation.
//!
//! A look at a group is Alertmanager's pipeline: what is hidden is left out (inhibition, times, silences),
//! then each integration's log entry says whether it has to be told.

use super::event::EventKind;
use super::look::Look;
use super::{Cover, Machine, Pending};
use crate::alerts::AlertId;
use crate::escalate::log_text;
use crate::group::Closing;
use crate::group::routes::{Target, targets_of};
use crate::notification_log::{Need, Now, need};
use crate::storm::Admission;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_export::notification::{MAX_ALERTS, Notification, Reason};
use tacho_model::severity::Severity;

/// How often old things are forgotten, ms.
pub(crate) const MAINTENANCE_MS: i64 = 15 * 60_000;
/// How soon a group is looked at again that could not be told because too much is on its way, ms.
const FULL_RETRY_MS: i64 = 10_000;

impl Machine {
    /// Does everything that is due and gives the messages that were decided, also those that calls before
    /// decided. Write `take_rows()` before sending them.
    pub fn tick(&mut self, now_ms: i64) -> Vec<Notification> {
        self.observe(now_ms);
        for at in self.alerts.ended(now_ms) {
            self.end_alert(at);
        }
        for at in self.in_order(self.groups.due(now_ms)) {
            self.flush(at, now_ms);
        }
        for at in self.groups.escalations_due(now_ms) {
            self.escalate(at, now_ms);
        }
        self.tell_summaries(now_ms);
        if now_ms >= self.maintenance_ms {
            self.maintain(now_ms);
        }
        let fresh = std::mem::take(&mut self.fresh);
        let pending = fresh.iter().filter_map(|id| self.outbox.get(id));
        pending.map(|one| one.notification.clone()).collect()
    }

    /// Groups in the order in which they are looked at: as they are due; if so many are due that a summary may
    /// be made, the worst first.
    fn in_order(&self, mut due: Vec<u32>) -> Vec<u32> {
        let storm = &self.config.storm;
        let limits = storm.receivers.values().chain([&storm.groups_per_minute]);
        let least = limits.copied().filter(|limit| *limit > 0).min();
        if least.is_some_and(|least| due.len() > least as usize) {
            due.sort_by_cached_key(|at| {
                let group = self.groups.get(*at);
                let members = group.into_iter().flat_map(|group| group.members.values());
                let slots = members.filter_map(|at| self.alerts.get(*at));
                slots
                    .filter(|slot| !slot.over)
                    .map(|slot| slot.severity)
                    .min()
                    .unwrap_or(Severity::Info)
            });
        }
        due
    }

    /// Looks at a group and tells whoever has to know.
    fn flush(&mut self, at: u32, now_ms: i64) {
        self.counters.flushes += 1;
        self.plan_next(at, now_ms);
        self.remember(at, now_ms);
        let look = self.look(at, now_ms);
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        group.missed = false;
        group.closing = Closing {
            resolved: look.over.clone(),
            failed: false,
        };
        if !look.members.is_empty() {
            self.tell_route(at, &look, now_ms);
            self.tell_escalated(at, &look, now_ms);
        }
        if !self.has_firing(at) {
            self.calm(at);
        }
        self.close(at, now_ms);
    }

    /// Sets when a group is looked at next: an interval after it was due, or after now if it is late.
    fn plan_next(&mut self, at: u32, now_ms: i64) {
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        let interval_ms = self
            .routes
            .get(group.route)
            .map_or(0, |n| n.group_interval_ms);
        let aligned_ms = group.due_ms.saturating_add(interval_ms);
        let late = aligned_ms <= now_ms || group.due_ms > now_ms;
        let moved = late || !group.flushed;
        group.flushed = true;
        let stored = group.stored;
        let due_ms = if late {
            now_ms.saturating_add(interval_ms)
        } else {
            aligned_ms
        };
        self.groups.set_due(at, due_ms);
        if moved && stored {
            self.mark_group(at);
        }
    }

    /// Tells the integrations of the group's node that have to know.
    fn tell_route(&mut self, at: u32, look: &Look, now_ms: i64) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let Some(node) = self.routes.get(group.route) else {
            return;
        };
        let (targets, repeat_ms) = (node.targets.clone(), node.repeat_interval_ms);
        let key = Arc::clone(&group.key);
        let reopened = self.reopen(at, look, now_ms);
        let held = self
            .groups
            .get(at)
            .is_some_and(|g| g.acknowledged.is_some());
        if !look.firing.is_empty() && !held {
            self.start_escalation(at, &look.members, now_ms);
        }
        let mut admissions = BTreeMap::new();
        for target in &targets {
            let look = &*self.look_of(look, target);
            if look.members.is_empty() || self.is_on_its_way(at, target, look) {
                continue;
            }
            let entry = self.log.get(&Self::log_key(&key, &target.to));
            let now = Now {
                firing: &look.firing,
                resolved: &look.resolved,
                now_ms,
            };
            let need = need(entry, now, target.send_resolved, repeat_ms);
            let known = entry.is_some_and(|entry| !entry.firing.is_empty());
            let reason = match need {
                _ if reopened && known => Reason::Reopened,
                Need::Nothing => continue,
                Need::Tell(reason @ (Reason::First | Reason::Grown | Reason::Repeat)) if held => {
                    if reason == Reason::Grown
                        && let Some(group) = self.groups.get_mut(at)
                    {
                        // what is over stays until its end can be told
                        group.closing.failed = true;
                    }
                    continue;
                }
                Need::Tell(reason) => reason,
            };
            if !target.send_resolved && look.firing.is_empty() {
                let cover = self.cover(at, &key, look, reason == Reason::First);
                self.log_cover((cover, 0), target, None, now_ms);
                continue;
            }
            let admission = match reason {
                Reason::First => *admissions
                    .entry(target.to.receiver.clone())
                    .or_insert_with(|| self.admit(&target.to.receiver, now_ms)),
                _ => Admission::Alone,
            };
            self.tell_admitted(at, target, look, (reason, admission), now_ms);
        }
    }

    /// Keeps the log from forgetting what integrations know while the group lives. Alertmanager forgets after
    /// twice the repeat interval and begins anew; that is the same moment at which the next message is due,
    /// but the end of what was told before would not be told.
    fn remember(&mut self, at: u32, now_ms: i64) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let Some(node) = self.routes.get(group.route) else {
            return;
        };
        let retention_ms = self.options.retention_ms;
        let lives_ms = node.repeat_interval_ms.saturating_mul(2).min(retention_ms);
        let of_route = node.targets.iter();
        let of_route = of_route.map(|t| (Self::log_key(&group.key, &t.to), lives_ms));
        let levels = group
            .escalating
            .as_ref()
            .map(|walk| (log_text(&group.key), walk));
        let of_levels = levels.iter().flat_map(|(key, walk)| {
            let told = walk.told.iter();
            told.map(|to| (Self::log_key(key, to), retention_ms))
        });
        for (key, lives_ms) in of_route.chain(of_levels) {
            let expires_ms = now_ms.saturating_add(lives_ms);
            let soon_ms = (lives_ms / 4).max(node.group_interval_ms.saturating_mul(2));
            let soon_ms = now_ms.saturating_add(soon_ms);
            let entry = self
                .log
                .get(&key)
                .filter(|entry| entry.expires_ms < soon_ms);
            if let Some(mut entry) = entry.cloned() {
                entry.expires_ms = expires_ms;
                self.log.put(key.clone(), entry);
                self.dirty.log.insert(key);
            }
        }
    }

    /// Tells an integration alone, in a summary, or later.
    fn tell_admitted(
        &mut self,
        at: u32,
        target: &Target,
        look: &Look,
        (reason, admission): (Reason, Admission),
        now_ms: i64,
    ) {
        if self.outbox_is_full() {
            self.counters.outbox_full += 1;
            return self.put_off(at, now_ms.saturating_add(FULL_RETRY_MS));
        }
        match admission {
            Admission::Alone => self.tell(at, target, look, reason, now_ms),
            Admission::Summary => self.gather(at, target, look),
            Admission::Later(when_ms) => self.put_off(at, when_ms),
        }
    }

    /// Whether a message to an integration is on its way; then the group is looked at again after its answer.
    /// A message that was tried in vain and says something else than this look does not count: a newer one
    /// takes its place.
    fn is_on_its_way(&mut self, at: u32, target: &Target, look: &Look) -> bool {
        let Some(group) = self.groups.get_mut(at) else {
            return false;
        };
        let mine = group.in_flight.iter().filter(|(to, _)| *to == target.to);
        let id = group.id;
        let stale = |pending: &Pending| {
            let covers = pending.covers.iter().find(|cover| cover.group == id);
            let single = pending.covers.len() == 1 && pending.attempts > 0;
            single && covers.is_some_and(|c| c.firing != look.firing || c.resolved != look.resolved)
        };
        let mine: Vec<u64> = mine.map(|(_, id)| *id).collect();
        let fresh = |id: &u64| self.outbox.get(id).is_none_or(|one| !stale(one));
        let on_its_way = mine.iter().any(fresh);
        group.missed |= !mine.is_empty();
        group.closing.failed |= !mine.is_empty();
        on_its_way
    }

    /// Looks at a group again at a time; what is over stays until then.
    fn put_off(&mut self, at: u32, when_ms: i64) {
        if let Some(group) = self.groups.get_mut(at) {
            group.closing.failed = true;
            let due_ms = group.due_ms.min(when_ms);
            self.groups.set_due(at, due_ms);
        }
    }

    /// How the first message of a group to a receiver goes out.
    fn admit(&mut self, receiver: &str, now_ms: i64) -> Admission {
        let limit = self.config.storm.limit(receiver);
        if limit == 0 {
            return Admission::Alone;
        }
        self.dirty.storms.insert(receiver.to_owned());
        let window = self.storms.entry(receiver.to_owned());
        let window = window.or_insert_with(|| crate::storm::Window::starting(now_ms));
        window.admit(limit, now_ms)
    }

    /// Ends the acknowledgement of a group that got worse; whether it did.
    fn reopen(&mut self, at: u32, look: &Look, now_ms: i64) -> bool {
        let Some(group) = self.groups.get_mut(at) else {
            return false;
        };
        let outgrown = group
            .acknowledged
            .take_if(|ack| ack.is_outgrown(look.firing.len(), look.severity));
        let Some(before) = outgrown else {
            return false;
        };
        let ids = self.ids_of(at);
        let kind = EventKind::Reopened {
            firing: (before.firing, look.firing.len()),
            severity: (before.severity, look.severity),
        };
        self.note_of(now_ms, ids, Some(at), kind);
        self.restart_escalation(at, now_ms);
        self.mark_group(at);
        true
    }

    /// Tells those whom levels told that the group is over; and tells those whom a level could not reach,
    /// again.
    fn tell_escalated(&mut self, at: u32, look: &Look, now_ms: i64) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let Some(walk) = group.escalating.as_ref() else {
            return;
        };
        let key = log_text(&group.key);
        let level = walk.level.max(1);
        let held = group.acknowledged.is_some();
        for to in walk.told.clone() {
            let targets = targets_of(&self.config, &to.receiver);
            let Some(target) = targets.into_iter().find(|target| target.to == to) else {
                continue;
            };
            let look = &*self.look_of(look, &target);
            let now = Now {
                firing: &look.firing,
                resolved: &look.resolved,
                now_ms,
            };
            let entry = self.log.get(&Self::log_key(&key, &to));
            match need(entry, now, true, i64::MAX) {
                Need::Tell(Reason::Resolved) => self.tell_end(at, &target, look, &key, now_ms),
                Need::Tell(Reason::First) if !held && !self.is_on_its_way(at, &target, look) => {
                    let reason = Reason::Escalation { level };
                    self.tell_under(at, &target, look, (reason, &key), now_ms);
                }
                _ => {}
            }
        }
    }

    /// Tells somebody whom a level told that the group is over, unless the group's node does so.
    fn tell_end(&mut self, at: u32, target: &Target, look: &Look, key: &Arc<str>, now_ms: i64) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let node = self.routes.get(group.route);
        let of_route = node.is_some_and(|node| node.targets.iter().any(|t| t.to == target.to))
            && self
                .log
                .get(&Self::log_key(&group.key, &target.to))
                .is_some();
        if of_route || !target.send_resolved {
            let cover = self.cover(at, key, look, false);
            self.log_cover((cover, 0), target, None, now_ms);
        } else if !self.is_on_its_way(at, target, look) {
            self.tell_under(at, target, look, (Reason::Resolved, key), now_ms);
        }
    }

    /// The ids of a group's alerts, as many as a message has.
    pub(crate) fn ids_of(&self, at: u32) -> Vec<AlertId> {
        let members = self.groups.get(at).map(|group| group.members.values());
        let slots = members.into_iter().flatten();
        let ids = slots.filter_map(|at| self.alerts.get(*at)?.id());
        ids.take(MAX_ALERTS).collect()
    }

    /// What the log is to say about a group.
    pub(crate) fn cover(&self, at: u32, key: &Arc<str>, look: &Look, first: bool) -> Option<Cover> {
        let group = self.groups.get(at)?;
        let node = self.routes.get(group.route)?;
        Some(Cover {
            group: group.id,
            key: Arc::clone(key),
            firing: look.firing.clone(),
            resolved: look.resolved.clone(),
            repeat_interval_ms: node.repeat_interval_ms,
            first,
            logged: true,
        })
    }
}
