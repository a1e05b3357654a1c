//! What channels answered.

use super::Machine;
use super::event::{Event, EventGroup, EventKind};
use crate::alerts::AlertId;
use crate::group::routes::Target;
use std::sync::Arc;
use tacho_export::notification::{Outcome, Reason};

/// How a message came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Sent,
    Dead,
    /// A newer one went in its place; the group is looked at again to be sure.
    Superseded,
}

impl Machine {
    /// Takes the answer about a message. `Sent` writes the log; `Dead` leaves it as it was, so that the next
    /// look at the group decides anew, as after `Superseded`; `Retrying` is remembered: the group's next look
    /// may then put a newer message in its place. Answers about messages that are not known are counted. Call `tick` after it.
    pub fn outcome(&mut self, id: u64, outcome: Outcome, now_ms: i64) {
        self.observe(now_ms);
        let Some(pending) = self.outbox.get_mut(&id) else {
            self.counters.unknown_outcomes += 1;
            return;
        };
        match outcome {
            Outcome::Retrying {
                attempts, error, ..
            } => {
                let first = pending.attempts == 0;
                pending.attempts = attempts.max(1);
                pending.error.clone_from(&error);
                let to = pending.notification.to.clone();
                if first {
                    let kind = EventKind::NotifyRetrying {
                        notification: id,
                        to,
                        error,
                    };
                    self.note_about(id, kind, now_ms);
                }
            }
            Outcome::Sent { thread } => self.sent(id, thread, now_ms),
            Outcome::Superseded => self.arrived(id, Ended::Superseded, now_ms),
            Outcome::Dead { attempts, error } => {
                self.counters.dead += 1;
                let notification = &pending.notification;
                let kind = EventKind::NotifyFailed {
                    notification: id,
                    to: notification.to.clone(),
                    reason: notification.reason,
                    attempts,
                    error,
                };
                self.note_about(id, kind, now_ms);
                self.arrived(id, Ended::Dead, now_ms);
            }
        }
    }

    fn sent(&mut self, id: u64, thread: Option<String>, now_ms: i64) {
        self.counters.sent += 1;
        let Some(pending) = self.outbox.get(&id) else {
            return;
        };
        let notification = &pending.notification;
        let kind = EventKind::Notified {
            notification: id,
            to: notification.to.clone(),
            reason: notification.reason,
            thread: thread.clone(),
        };
        let target = Target {
            to: Arc::new(notification.to.clone()),
            send_resolved: true,
            severities: Vec::new(),
        };
        // a summary is nobody's thread
        let thread = thread.filter(|_| notification.reason != Reason::Storm);
        let covers = pending.covers.clone();
        self.note_about(id, kind, now_ms);
        for cover in covers {
            self.log_cover((Some(cover), id), &target, thread.clone(), now_ms);
        }
        self.arrived(id, Ended::Sent, now_ms);
    }

    /// A message is no longer on its way.
    fn arrived(&mut self, id: u64, ended: Ended, now_ms: i64) {
        let Some(pending) = self.outbox.remove(&id) else {
            return;
        };
        self.dirty.outbox.insert(id);
        self.fresh.retain(|other| *other != id);
        for cover in pending.covers {
            let Some(at) = self.groups.by_id(cover.group) else {
                continue;
            };
            if let Some(group) = self.groups.get_mut(at) {
                group.in_flight.retain(|(_, other)| *other != id);
                group.closing.failed |= ended != Ended::Sent && cover.logged;
                group.missed |= ended == Ended::Superseded && cover.logged;
            }
            self.close(at, now_ms);
        }
    }

    /// Keeps an event about a message.
    fn note_about(&mut self, id: u64, kind: EventKind, now_ms: i64) {
        let Some(pending) = self.outbox.get(&id) else {
            return;
        };
        let alerts = pending.notification.alerts.iter();
        let alerts = alerts.filter_map(|one| AlertId::parse(&one.id)).collect();
        let group = match pending.covers.as_slice() {
            [cover] => Some(EventGroup {
                id: cover.group,
                key: Arc::from(pending.notification.group_key.as_str()),
            }),
            _ => None,
        };
        self.push_event(Event {
            at_ms: now_ms,
            alerts,
            group,
            kind,
        });
    }
}
