//! Looks at groups: which alerts fire, which are over, what hides them.

use super::Machine;
use super::event::{EventKind, HiddenBy};
use crate::alerts::Hidden;
use crate::config::Config;
use crate::group::routes::{Node, Target};
use crate::inhibit::Inhibitor;
use crate::silence::{Cache, Silences};
use crate::time_interval::any_contains;
use std::borrow::Cow;
use std::collections::BTreeSet;
use tacho_model::alert::{Alert, Fingerprint};
use tacho_model::severity::Severity;

/// What a look at a group saw.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// Fingerprints of alerts that fire and are not hidden, ascending.
    pub(crate) firing: Vec<u64>,
    /// Fingerprints of alerts that are over and not hidden, ascending.
    pub(crate) resolved: Vec<u64>,
    /// The places of both.
    pub(crate) members: Vec<u32>,
    /// The worst severity of those that fire; `Info` if none does.
    pub(crate) severity: Severity,
    /// All alerts that are over, hidden or not: fingerprint, start and end.
    pub(crate) over: Vec<(Fingerprint, i64, i64)>,
}

impl Machine {
    /// The part of a look that is for an integration: that of the severities that it takes.
    pub(crate) fn look_of<'a>(&self, look: &'a Look, target: &Target) -> Cow<'a, Look> {
        if target.severities.is_empty() {
            return Cow::Borrowed(look);
        }
        let mut part = look.clone();
        part.members.retain(|at| {
            let slot = self.alerts.get(*at);
            slot.is_some_and(|slot| target.severities.contains(&slot.severity))
        });
        let slots = part.members.iter().filter_map(|at| self.alerts.get(*at));
        let kept: BTreeSet<u64> = slots.map(|slot| slot.fingerprint.0).collect();
        part.firing.retain(|fingerprint| kept.contains(fingerprint));
        part.resolved
            .retain(|fingerprint| kept.contains(fingerprint));
        Cow::Owned(part)
    }

    /// Sees what a group is now.
    pub(crate) fn look(&mut self, at: u32, now_ms: i64) -> Look {
        let mut look = Look {
            firing: Vec::new(),
            resolved: Vec::new(),
            members: Vec::new(),
            severity: Severity::Info,
            over: Vec::new(),
        };
        let Some(group) = self.groups.get_mut(at) else {
            return look;
        };
        let node = self.routes.get(group.route);
        group.muted_by = node.map_or_else(Vec::new, |n| muted_by(&self.config, n, now_ms));
        let muted = !group.muted_by.is_empty();
        let mut changes = Vec::new();
        for (fingerprint, place) in &group.members {
            let Some(slot) = self.alerts.get_mut(*place) else {
                continue;
            };
            let resolved = slot.over || slot.alert.is_resolved_at(now_ms);
            if resolved {
                let alert = &slot.alert;
                look.over
                    .push((*fingerprint, alert.starts_at_ms, alert.ends_at_ms));
            }
            let hidden = hidden_by(
                (&slot.alert, &mut slot.silences),
                &self.inhibitor,
                &self.silences,
                &self.config,
                now_ms,
            );
            let state = hidden.as_ref().map_or(Hidden::No, hidden_state);
            if slot.hidden != state && !resolved {
                slot.hidden = state;
                changes.push((slot.id(), hidden));
            }
            if state != Hidden::No || muted {
                continue;
            }
            look.members.push(*place);
            if resolved {
                look.resolved.push(fingerprint.0);
            } else {
                look.firing.push(fingerprint.0);
                look.severity = look.severity.min(slot.severity);
            }
        }
        for (id, hidden) in changes {
            let kind = hidden.map_or(EventKind::Shown, |by| EventKind::Hidden { by });
            self.note_of(now_ms, id.into_iter().collect(), Some(at), kind);
        }
        look
    }
}

/// The names of the time intervals that keep a node silent.
pub(crate) fn muted_by(config: &Config, node: &Node, now_ms: i64) -> Vec<String> {
    let holds = |name: &&String| {
        let intervals = config.time_intervals.get(*name);
        intervals.is_some_and(|intervals| any_contains(intervals, now_ms))
    };
    if !node.active.is_empty() && !node.active.iter().any(|name| holds(&name)) {
        return node.active.clone();
    }
    node.mute.iter().filter(holds).cloned().collect()
}

/// What hides an alert.
pub(crate) fn hidden_by(
    (alert, cache): (&Alert, &mut Cache),
    inhibitor: &Inhibitor,
    silences: &Silences,
    config: &Config,
    now_ms: i64,
) -> Option<HiddenBy> {
    if let Some(inhibition) = inhibitor.inhibition(&alert.labels) {
        return Some(HiddenBy::Alert(inhibition.source));
    }
    let hiding = silences.hiding(&alert.labels, cache, now_ms);
    let ids: Vec<String> = hiding.map(|silence| silence.id.clone()).collect();
    if !ids.is_empty() {
        return Some(HiddenBy::Silences(ids));
    }
    let mut suppressions = config.suppressions.iter();
    let hides = suppressions.find(|one| one.hides(alert, now_ms));
    hides.map(|one| HiddenBy::Suppression(one.name.clone()))
}

fn hidden_state(by: &HiddenBy) -> Hidden {
    match by {
        HiddenBy::Alert(_) => Hidden::Inhibited,
        HiddenBy::Silences(_) => Hidden::Silenced,
        HiddenBy::Suppression(_) => Hidden::Suppressed,
    }
}
