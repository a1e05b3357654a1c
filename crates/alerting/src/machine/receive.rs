//! Alerts come in: from rules and from the API, firing or over.
//!
//! The usual case, an alert that is told again unchanged, is a look-up and a new end.

use super::clock::GRACE_MS;
use super::event::EventKind;
use super::{Machine, REFUSED_MAX, ReceiveReport, Refused};
use crate::alerts::{Hidden, PostedAlert, complete, merge, slot_of};
use crate::error::{Error, Result};
use crate::group::{Group, GroupId};
use crate::limits::too_many;
use std::sync::Arc;
use tacho_model::alert::{Alert, Fingerprint};

/// How old the stored annotations of an alert may get while they change, ms.
const STORED_MAX_MS: i64 = 15 * 60_000;

/// What became of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Unchanged,
    Fired,
    Resolved,
}

impl Machine {
    /// Takes alerts. What is wrong or too much is refused with a reason, the rest is taken. Call `tick` after
    /// it.
    pub fn receive(&mut self, alerts: Vec<PostedAlert>, now_ms: i64) -> ReceiveReport {
        self.observe(now_ms);
        let mut report = ReceiveReport::default();
        let most = self.options.limits.post_alerts;
        let count = alerts.len();
        for (place, posted) in alerts.into_iter().enumerate() {
            self.counters.received += 1;
            let taken = match place < most {
                true => self.receive_one(posted, now_ms),
                false => Err(too_many("alerts at once", count, most)),
            };
            match taken {
                Ok(taken) => {
                    report.taken += 1;
                    report.fired += usize::from(taken == Taken::Fired);
                    report.resolved += usize::from(taken == Taken::Resolved);
                }
                Err(error) => {
                    self.counters.refused += 1;
                    report.refused_count += 1;
                    if report.refused.len() < REFUSED_MAX {
                        report.refused.push(Refused { place, error });
                    }
                }
            }
        }
        report
    }

    fn receive_one(&mut self, posted: PostedAlert, now_ms: i64) -> Result<Taken> {
        let timeout_ms = self.config.global.resolve_timeout_ms;
        let alert = complete(posted, timeout_ms, now_ms);
        if alert.ends_at_ms < alert.starts_at_ms {
            return Err(Error::invalid("start time must be before end time"));
        }
        let fingerprint = Fingerprint::of(&alert.labels);
        match self.alerts.find(fingerprint) {
            Some(at) => self.receive_known(at, alert, now_ms),
            None => self.receive_new(alert, now_ms),
        }
    }

    fn receive_known(&mut self, at: u32, alert: Alert, now_ms: i64) -> Result<Taken> {
        let missing = || Error::not_found("no such alert");
        let slot = self.alerts.get(at).ok_or_else(missing)?;
        if slot.alert.labels != alert.labels {
            let text = format!("labels with the fingerprint of others: {}", alert.labels);
            return Err(Error::conflict(text));
        }
        let same_texts = slot.alert.annotations == alert.annotations
            && slot.alert.generator_url == alert.generator_url;
        if !same_texts {
            let limits = &self.options.limits;
            limits.check_alert(&alert.labels, &alert.annotations, &alert.generator_url)?;
            check_names(&alert)?;
        }
        let mut ended = false;
        if !slot.over && slot.alert.is_resolved_at(now_ms) {
            self.end_alert(at);
            ended = true;
        }
        let slot = self.alerts.get_mut(at).ok_or_else(missing)?;
        let was_over = slot.over;
        let changed = merge(&mut slot.alert, alert, now_ms);
        slot.updated_at_ms = now_ms;
        let is_over = slot.alert.is_resolved_at(now_ms);
        let stored_ms = now_ms.saturating_sub(slot.stored_at_ms);
        // a restart adds the grace to the stored end, and to alerts that live no longer than that anyway
        let ends_at_ms = slot.alert.ends_at_ms;
        let end_moved = ends_at_ms.abs_diff(slot.stored_ends_at_ms) > GRACE_MS.unsigned_abs()
            && ends_at_ms > now_ms.saturating_add(GRACE_MS);
        match (was_over, is_over) {
            (false, false) => {
                self.alerts.end_came_nearer(at);
                if (changed && stored_ms >= STORED_MAX_MS) || end_moved {
                    self.mark_alert(at);
                }
                Ok(Taken::Unchanged)
            }
            (false, true) => {
                self.end_alert(at);
                Ok(Taken::Resolved)
            }
            (true, false) => {
                self.start_alert(at, now_ms);
                self.group_alert(at, now_ms)?;
                Ok(Taken::Fired)
            }
            (true, true) => {
                if changed {
                    self.mark_alert(at);
                }
                Ok(if ended {
                    Taken::Resolved
                } else {
                    Taken::Unchanged
                })
            }
        }
    }

    fn receive_new(&mut self, alert: Alert, now_ms: i64) -> Result<Taken> {
        if alert.labels.is_empty() {
            return Err(Error::invalid("at least one label pair required"));
        }
        let limits = &self.options.limits;
        limits.check_alert(&alert.labels, &alert.annotations, &alert.generator_url)?;
        check_names(&alert)?;
        if self.alerts.len() >= limits.alerts {
            self.counters.over_alerts += 1;
            return Err(too_many("alerts", self.alerts.len() + 1, limits.alerts));
        }
        let mut slot = slot_of(alert, 0, now_ms);
        slot.routes = self.routes.find(&self.config, &slot.alert.labels);
        let fires = !slot.over;
        slot.over = true;
        let at = self.alerts.insert(slot);
        self.group_alert(at, now_ms)?;
        if fires {
            self.start_alert(at, now_ms);
        }
        Ok(if fires {
            Taken::Fired
        } else {
            Taken::Unchanged
        })
    }

    /// An alert that was over, or is new, fires.
    fn start_alert(&mut self, at: u32, now_ms: i64) {
        self.alerts.set_over(at, false);
        let Some(slot) = self.alerts.get_mut(at) else {
            return;
        };
        if slot.number == 0 {
            slot.number = self.meta.next_alert;
            self.meta.next_alert += 1;
            self.dirty.meta = true;
        }
        slot.hidden = Hidden::No;
        self.inhibitor.started(&slot.alert.labels, slot.fingerprint);
        let ids = slot.id().into_iter().collect();
        let kind = EventKind::Fired {
            labels: slot.alert.labels.clone(),
            annotations: slot.alert.annotations.clone(),
            severity: slot.severity,
            starts_at_ms: slot.alert.starts_at_ms,
        };
        let groups = slot.groups.clone();
        self.mark_alert(at);
        for group_at in groups {
            if self.groups.get(group_at).is_some_and(|group| !group.stored) {
                self.mark_group(group_at);
            }
        }
        self.note_of(now_ms, ids, None, kind);
    }

    /// A firing alert is over.
    pub(crate) fn end_alert(&mut self, at: u32) {
        self.alerts.set_over(at, true);
        let Some(slot) = self.alerts.get(at) else {
            return;
        };
        self.inhibitor.ended(&slot.alert.labels, slot.fingerprint);
        let ids = slot.id().into_iter().collect();
        let kind = EventKind::Resolved {
            starts_at_ms: slot.alert.starts_at_ms,
            timed_out: slot.alert.timeout,
        };
        let ends_at_ms = slot.alert.ends_at_ms;
        let is_homeless = slot.groups.is_empty();
        self.mark_alert(at);
        self.note_of(ends_at_ms, ids, None, kind);
        if is_homeless {
            self.alerts.remove(at);
        }
    }

    /// Puts an alert into the groups that it belongs to and is not in.
    ///
    /// # Errors
    /// If it is in no group then, because there are too many; the alert is forgotten again.
    pub(crate) fn group_alert(&mut self, at: u32, now_ms: i64) -> Result<()> {
        let Some(slot) = self.alerts.get(at) else {
            return Ok(());
        };
        let routes = Arc::clone(&slot.routes);
        for route in routes.iter() {
            self.join(at, *route, now_ms);
        }
        let homeless = self.alerts.get(at).is_some_and(|s| s.groups.is_empty());
        if !homeless {
            return Ok(());
        }
        self.mark_alert(at);
        if let Some(slot) = self.alerts.remove(at) {
            self.inhibitor.ended(&slot.alert.labels, slot.fingerprint);
        }
        let most = self.options.limits.groups;
        Err(too_many("groups", self.groups.len() + 1, most))
    }

    /// Puts an alert into its group of a node; makes the group if need be.
    fn join(&mut self, at: u32, route: u32, now_ms: i64) {
        let (Some(slot), Some(node)) = (self.alerts.get_mut(at), self.routes.get(route)) else {
            return;
        };
        let labels = node.group_by.group_labels(&slot.alert.labels);
        if let Some(group_at) = self.groups.find(route, &labels) {
            let Some(group) = self.groups.get_mut(group_at) else {
                return;
            };
            if group.members.insert(slot.fingerprint, at).is_none() {
                slot.groups.push(group_at);
            }
            if !group.stored && slot.number > 0 {
                self.mark_group(group_at);
            }
            return;
        }
        if self.groups.len() >= self.options.limits.groups {
            self.counters.over_groups += 1;
            return;
        }
        let id = GroupId(self.meta.next_group);
        self.meta.next_group += 1;
        let mut group = Group::new(id, node, route, labels, now_ms);
        // an alert that is old enough has waited already
        let waited_ms = slot.alert.starts_at_ms.saturating_add(node.group_wait_ms);
        if waited_ms < now_ms {
            group.due_ms = now_ms;
        }
        group.members.insert(slot.fingerprint, at);
        let lasts = slot.number > 0;
        let group_at = self.groups.insert(group);
        slot.groups.push(group_at);
        if lasts {
            self.dirty.meta = true;
            self.mark_group(group_at);
        }
    }
}

/// Whether all names of labels and annotations are some.
fn check_names(alert: &Alert) -> Result<()> {
    for (what, set) in [
        ("label set", &alert.labels),
        ("annotations", &alert.annotations),
    ] {
        if set.iter().any(|(name, _)| name.is_empty()) {
            return Err(Error::invalid(format!("invalid {what}: invalid name \"\"")));
        }
    }
    Ok(())
}
