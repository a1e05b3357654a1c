//! Messages: what is in one, how it gets on its way, and the summaries of storms.

use super::event::EventKind;
use super::look::Look;
use super::{Cover, Gathering, Machine, Pending};
use crate::alerts::{Slot, message_order};
use crate::escalate::log_text;
use crate::group::routes::Target;
use crate::notification_log::LogEntry;
use std::sync::Arc;
use tacho_export::notification::{IntegrationKey, MAX_ALERTS, Notification, NotifiedAlert, Reason};
use tacho_model::labels::Labels;

impl Machine {
    pub(crate) fn outbox_is_full(&self) -> bool {
        self.outbox.len() >= self.options.limits.outbox
    }

    /// Puts a message about a group on its way to an integration.
    pub(crate) fn tell(
        &mut self,
        at: u32,
        target: &Target,
        look: &Look,
        reason: Reason,
        now_ms: i64,
    ) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let key = match reason {
            Reason::Escalation { .. } => log_text(&group.key),
            _ => Arc::clone(&group.key),
        };
        self.tell_under(at, target, look, (reason, &key), now_ms);
    }

    /// Puts a message on its way that the log keeps under a text of its own.
    pub(crate) fn tell_under(
        &mut self,
        at: u32,
        target: &Target,
        look: &Look,
        (reason, key): (Reason, &Arc<str>),
        now_ms: i64,
    ) {
        let entry = self.log.get(&Self::log_key(key, &target.to));
        let over = entry.is_none_or(|entry| entry.firing.is_empty());
        let escalates = matches!(reason, Reason::Escalation { .. });
        let first = reason == Reason::First || (escalates && over);
        let thread = entry.and_then(|entry| entry.thread.clone());
        let Some(mut cover) = self.cover(at, key, look, first) else {
            return;
        };
        cover.logged = reason != Reason::Acknowledged;
        if escalates {
            // kept as long as anything: the end has to be told
            cover.repeat_interval_ms = i64::MAX;
        }
        let (alerts, truncated) = self.notified(look, target.send_resolved);
        if alerts.is_empty() {
            // all of it is over, and this channel does not hear of ends
            return;
        }
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let notification = Notification {
            id: self.meta.next_notification,
            to: (*target.to).clone(),
            group_key: group.key.to_string(),
            group_labels: group.labels.clone(),
            alerts,
            truncated,
            reason,
            at_ms: now_ms,
            acknowledged: group.acknowledged.as_ref().map(|ack| ack.told()),
            thread: thread.filter(|_| !first),
        };
        self.send(notification, vec![cover], &target.to);
    }

    /// Puts a message on its way.
    fn send(&mut self, notification: Notification, covers: Vec<Cover>, to: &Arc<IntegrationKey>) {
        let id = notification.id;
        self.meta.next_notification = self.meta.next_notification.max(id + 1);
        self.dirty.meta = true;
        for cover in &covers {
            let at = self.groups.by_id(cover.group);
            let group = at.and_then(|at| self.groups.get_mut(at));
            if let Some(group) = group
                && !group.in_flight.iter().any(|(_, other)| *other == id)
            {
                group.in_flight.push((Arc::clone(to), id));
            }
        }
        self.counters.notifications += 1;
        self.fresh.push(id);
        self.dirty.outbox.insert(id);
        let pending = Pending {
            notification,
            covers,
            attempts: 0,
            error: String::new(),
        };
        self.outbox.insert(id, pending);
    }

    /// The alerts of a message in Alertmanager's order, and how many were left out: those that are over
    /// first.
    fn notified(&self, look: &Look, send_resolved: bool) -> (Vec<NotifiedAlert>, usize) {
        let slots = look.members.iter().filter_map(|at| self.alerts.get(*at));
        let resolved = |slot: &Slot| look.resolved.binary_search(&slot.fingerprint.0).is_ok();
        let mut slots: Vec<(&Slot, bool)> = slots.map(|slot| (slot, resolved(slot))).collect();
        if !send_resolved {
            slots.retain(|(_, resolved)| !resolved);
        }
        slots.sort_by(|(a, _), (b, _)| message_order(&a.alert.labels, &b.alert.labels));
        let truncated = slots.len().saturating_sub(MAX_ALERTS);
        if truncated > 0 {
            let firing = slots.iter().filter(|(_, resolved)| !resolved).count();
            let mut room = MAX_ALERTS.saturating_sub(firing);
            slots.retain(|(_, resolved)| {
                let keep = !resolved || room > 0;
                room -= usize::from(*resolved && keep);
                keep
            });
            slots.truncate(MAX_ALERTS);
        }
        let told = slots.into_iter().map(|(slot, resolved)| NotifiedAlert {
            alert: slot.alert.clone(),
            resolved,
            id: slot.id().map(|id| id.to_string()).unwrap_or_default(),
        });
        (told.collect(), truncated)
    }

    /// Takes a group into the summary for an integration.
    pub(crate) fn gather(&mut self, at: u32, target: &Target, look: &Look) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let key = Arc::clone(&group.key);
        let Some(cover) = self.cover(at, &key, look, true) else {
            return;
        };
        let slots = look.members.iter().filter_map(|at| self.alerts.get(*at));
        let firing = slots.filter(|s| look.firing.binary_search(&s.fingerprint.0).is_ok());
        let worst = firing.min_by_key(|slot| (slot.severity, slot.fingerprint));
        let worst = worst.map(|slot| NotifiedAlert {
            alert: slot.alert.clone(),
            resolved: false,
            id: slot.id().map(|id| id.to_string()).unwrap_or_default(),
        });
        let next = &mut self.meta.next_notification;
        let gathering = self.gathering.entry(Arc::clone(&target.to));
        let gathering = gathering.or_insert_with(|| {
            *next += 1;
            Gathering {
                notification: *next - 1,
                to: Arc::clone(&target.to),
                covers: Vec::new(),
                alerts: Vec::new(),
            }
        });
        let id = gathering.notification;
        gathering.covers.push(cover);
        gathering.alerts.extend(worst);
        if let Some(group) = self.groups.get_mut(at) {
            group.in_flight.push((Arc::clone(&target.to), id));
        }
    }

    /// Puts the summaries that were gathered on their way.
    pub(crate) fn tell_summaries(&mut self, now_ms: i64) {
        for (to, mut gathering) in std::mem::take(&mut self.gathering) {
            gathering.alerts.sort_by(|a, b| {
                let severity = a.alert.severity().cmp(&b.alert.severity());
                severity.then_with(|| message_order(&a.alert.labels, &b.alert.labels))
            });
            let truncated = gathering.alerts.len().saturating_sub(MAX_ALERTS);
            gathering.alerts.truncate(MAX_ALERTS);
            let kind = EventKind::Storm {
                to: (*to).clone(),
                groups: gathering.covers.len(),
            };
            self.note(now_ms, None, kind);
            let notification = Notification {
                id: gathering.notification,
                to: (*to).clone(),
                group_key: format!("storm:{:?}", to.receiver),
                group_labels: Labels::default(),
                alerts: gathering.alerts,
                truncated,
                reason: Reason::Storm,
                at_ms: now_ms,
                acknowledged: None,
                thread: None,
            };
            self.send(notification, gathering.covers, &gathering.to);
        }
    }

    /// Writes into the log what an integration knows now.
    pub(crate) fn log_cover(
        &mut self,
        (cover, notification): (Option<Cover>, u64),
        target: &Target,
        thread: Option<String>,
        now_ms: i64,
    ) {
        let Some(cover) = cover.filter(|cover| cover.logged) else {
            return;
        };
        let key = Self::log_key(&cover.key, &target.to);
        let before = self.log.get(&key);
        if before.is_some_and(|entry| notification > 0 && entry.notification > notification) {
            // the answer about an older message came after that about a newer one
            return;
        }
        let before = before.and_then(|entry| entry.thread.clone());
        let before = before.filter(|_| !cover.first);
        let lives_ms = cover.repeat_interval_ms.saturating_mul(2);
        let lives_ms = lives_ms.min(self.options.retention_ms);
        let entry = LogEntry {
            at_ms: now_ms,
            firing: cover.firing,
            resolved: cover.resolved,
            thread: before.or(thread),
            notification,
            expires_ms: now_ms.saturating_add(lives_ms),
        };
        self.log.put(key.clone(), entry);
        self.dirty.log.insert(key);
        while self.log.len() > self.options.limits.log_entries
            && let Some((_, key)) = self.log.first_expiry().cloned()
        {
            self.log.remove(&key);
            self.dirty.log.insert(key);
            self.counters.log_dropped += 1;
        }
    }

    /// Forgets what is old: entries of the log, silences, storms, overrides.
    pub(crate) fn maintain(&mut self, now_ms: i64) {
        self.maintenance_ms = now_ms.saturating_add(super::flush::MAINTENANCE_MS);
        while let Some((expires_ms, key)) = self.log.first_expiry().cloned()
            && expires_ms <= now_ms
        {
            self.log.remove(&key);
            self.dirty.log.insert(key);
        }
        let before_ms = now_ms.saturating_sub(self.options.retention_ms);
        let gone = self.silences.forget_ended_before(before_ms);
        self.dirty.silences.extend(gone);
        let dirty = &mut self.dirty;
        self.storms.retain(|receiver, window| {
            let keep = !window.is_over(now_ms);
            if !keep {
                dirty.storms.insert(receiver.clone());
            }
            keep
        });
        self.overrides.retain(|number, swap| {
            let keep = swap.end_ms > now_ms;
            if !keep {
                dirty.overrides.insert(*number);
            }
            keep
        });
    }
}
