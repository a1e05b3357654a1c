//! Time that leaps: clocks that are set, machines that slept.
//!
//! Forwards (nothing called for longer than was due): alerts that are kept alive by their tellers get the
//! time that they had left, so that they are not taken for over before their tellers come again; levels of
//! escalation and repeats move along, so that nothing is told in a flood. Groups and silences go by the
//! new time. Backwards: what was due by the old time is due at most its interval from now, and what the
//! log has of the future is taken for now.

use super::Machine;
use crate::silence::Cache;

/// Lateness of a call that is taken for a leap forwards, ms.
pub(crate) const LEAP_MS: i64 = 60_000;
/// Step backwards that is taken for a leap, ms; smaller ones are the clock being disciplined.
pub(crate) const BACK_MS: i64 = 5_000;
/// How often the rows learn the time while nothing else changes, ms.
pub(crate) const HEARTBEAT_MS: i64 = 30_000;
/// Most time that an alert is kept alive over a leap or a restart, ms.
pub(crate) const GRACE_MS: i64 = 5 * 60_000;

impl Machine {
    /// Looks at the time; every call that has one does so first.
    pub(crate) fn observe(&mut self, now_ms: i64) {
        let seen_ms = self.meta.seen_ms;
        if seen_ms == i64::MIN {
            self.meta.seen_ms = now_ms;
            self.maintenance_ms = now_ms.saturating_add(super::flush::MAINTENANCE_MS);
            return;
        }
        if now_ms < seen_ms.saturating_sub(BACK_MS) {
            self.leap_backwards(seen_ms, now_ms);
            self.meta.seen_ms = now_ms;
            return;
        }
        let expected_ms = self.next_due_ms().unwrap_or(now_ms).max(seen_ms);
        if now_ms > expected_ms.saturating_add(LEAP_MS) {
            self.leap_forwards(seen_ms, expected_ms, now_ms);
        }
        if now_ms.div_euclid(HEARTBEAT_MS) != seen_ms.div_euclid(HEARTBEAT_MS) {
            self.dirty.meta = true;
        }
        self.meta.seen_ms = seen_ms.max(now_ms);
    }

    /// What was firing at `seen_ms` and would be over by `now_ms` gets the time that it had left.
    fn leap_forwards(&mut self, seen_ms: i64, expected_ms: i64, now_ms: i64) {
        self.counters.leaps += 1;
        for at in self.alerts.places() {
            let Some(slot) = self.alerts.get_mut(at) else {
                continue;
            };
            let ends_at_ms = slot.alert.ends_at_ms;
            if !slot.over && ends_at_ms > expected_ms {
                let left_ms = ends_at_ms.saturating_sub(seen_ms).clamp(0, GRACE_MS);
                slot.alert.ends_at_ms = ends_at_ms.max(now_ms.saturating_add(left_ms));
            }
        }
        let leap_ms = now_ms.saturating_sub(expected_ms);
        for at in self.groups.places() {
            let escalating = self.groups.get(at).and_then(|g| g.escalating.clone());
            if let Some(mut escalating) = escalating
                && let Some(due_ms) = escalating.due_ms.filter(|due| *due > expected_ms)
            {
                escalating.since_ms = escalating.since_ms.saturating_add(leap_ms);
                escalating.due_ms = Some(due_ms.saturating_add(leap_ms));
                self.groups.set_escalating(at, Some(escalating));
                self.mark_group(at);
            }
        }
        for key in self.log.keys() {
            if let Some(mut entry) = self.log.get(&key).cloned() {
                entry.at_ms = entry.at_ms.saturating_add(leap_ms).min(now_ms);
                entry.expires_ms = entry.expires_ms.saturating_add(leap_ms);
                self.log.put(key.clone(), entry);
                self.dirty.log.insert(key);
            }
        }
        self.maintenance_ms = now_ms;
    }

    /// Pulls everything in that lies further ahead than its interval.
    fn leap_backwards(&mut self, seen_ms: i64, now_ms: i64) {
        self.counters.leaps += 1;
        self.dirty.meta = true;
        let back_ms = seen_ms.saturating_sub(now_ms);
        for at in self.alerts.places() {
            let Some(slot) = self.alerts.get_mut(at) else {
                continue;
            };
            if !slot.over {
                let lives_ms = slot.alert.ends_at_ms.saturating_sub(slot.updated_at_ms);
                let latest_ms = now_ms.saturating_add(lives_ms.max(0));
                slot.alert.ends_at_ms = slot.alert.ends_at_ms.min(latest_ms);
                slot.updated_at_ms = slot.updated_at_ms.min(now_ms);
            }
            slot.stored_at_ms = slot.stored_at_ms.min(now_ms);
            // silences that were over may not be over any more
            slot.silences = Cache::default();
            self.alerts.end_came_nearer(at);
        }
        for at in self.groups.places() {
            self.pull_group_in(at, back_ms, now_ms);
        }
        for key in self.log.keys() {
            if let Some(mut entry) = self.log.get(&key).cloned()
                && entry.at_ms > now_ms
            {
                entry.expires_ms = entry.expires_ms.saturating_sub(entry.at_ms - now_ms);
                entry.at_ms = now_ms;
                self.log.put(key.clone(), entry);
                self.dirty.log.insert(key);
            }
        }
        for (receiver, window) in &mut self.storms {
            if window.start_ms > now_ms {
                *window = crate::storm::Window::starting(now_ms);
                self.dirty.storms.insert(receiver.clone());
            }
        }
        self.maintenance_ms = now_ms;
    }

    fn pull_group_in(&mut self, at: u32, back_ms: i64, now_ms: i64) {
        let Some(group) = self.groups.get(at) else {
            return;
        };
        let Some(node) = self.routes.get(group.route) else {
            return;
        };
        let interval_ms = match group.flushed {
            true => node.group_interval_ms,
            false => node.group_wait_ms,
        };
        let due_ms = group.due_ms.min(now_ms.saturating_add(interval_ms));
        let escalating = group.escalating.clone();
        self.groups.set_due(at, due_ms);
        if let Some(mut escalating) = escalating {
            escalating.since_ms = escalating.since_ms.saturating_sub(back_ms);
            escalating.due_ms = escalating.due_ms.map(|due| due.saturating_sub(back_ms));
            self.groups.set_escalating(at, Some(escalating));
        }
        if let Some(group) = self.groups.get_mut(at) {
            group.created_ms = group.created_ms.min(now_ms);
            group.told_ms = group.told_ms.map(|told| told.min(now_ms));
        }
        self.mark_group(at);
    }

    /// Notes that a group has to be written.
    pub(crate) fn mark_group(&mut self, at: u32) {
        if let Some(group) = self.groups.get(at) {
            self.dirty.groups.insert(group.id.0);
        }
    }

    /// Notes that an alert has to be written, if it is one that ever fired.
    pub(crate) fn mark_alert(&mut self, at: u32) {
        if let Some(slot) = self.alerts.get(at).filter(|slot| slot.number > 0) {
            self.dirty.alerts.insert(slot.fingerprint);
        }
    }
}
