//! The end of looks at groups: what is over leaves, empty groups go.

use super::Machine;
use tacho_model::alert::Fingerprint;

impl Machine {
    /// A group without firing alerts is neither acknowledged nor escalated any more.
    pub(crate) fn calm(&mut self, at: u32) {
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        let waits = group.acknowledged.take().is_some() | group.told_ms.take().is_some();
        let escalating = group.escalating.clone();
        if let Some(mut escalating) = escalating
            && escalating.due_ms.take().is_some()
        {
            self.groups.set_escalating(at, Some(escalating));
            self.mark_group(at);
        }
        if waits {
            self.mark_group(at);
        }
    }

    /// If nothing of a group is on its way and all were told: what is over leaves it, and a group without
    /// alerts is forgotten.
    pub(crate) fn close(&mut self, at: u32, now_ms: i64) {
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        if !group.in_flight.is_empty() {
            return;
        }
        let closing = std::mem::take(&mut group.closing);
        if !closing.failed {
            for (fingerprint, starts_at_ms, ends_at_ms) in closing.resolved {
                self.leave(at, fingerprint, starts_at_ms, ends_at_ms);
            }
        }
        let Some(group) = self.groups.get(at) else {
            return;
        };
        if group.members.is_empty() {
            self.forget_group(at);
        } else if group.missed {
            self.groups.set_due(at, now_ms);
        }
    }

    /// Takes an alert out of a group if it is still as it was when the group was looked at.
    fn leave(&mut self, at: u32, fingerprint: Fingerprint, starts_at_ms: i64, ends_at_ms: i64) {
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        let Some(place) = group.members.get(&fingerprint).copied() else {
            return;
        };
        let Some(slot) = self.alerts.get_mut(place) else {
            group.members.remove(&fingerprint);
            return;
        };
        let same = slot.over
            && slot.alert.starts_at_ms == starts_at_ms
            && slot.alert.ends_at_ms == ends_at_ms;
        if !same {
            return;
        }
        group.members.remove(&fingerprint);
        slot.groups.retain(|other| *other != at);
        let gone = slot.groups.is_empty();
        self.mark_alert(place);
        if gone {
            self.alerts.remove(place);
        }
    }

    pub(crate) fn forget_group(&mut self, at: u32) {
        if let Some(group) = self.groups.remove(at) {
            match group.stored {
                true => self.dirty.groups.insert(group.id.0),
                false => self.dirty.groups.remove(&group.id.0),
            };
        }
    }
}
