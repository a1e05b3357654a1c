//! A new configuration comes into force while everything goes on.
//!
//! Groups live on where their node lives on (the same id, else the same key with the same receivers, else the
//! same key), with their times, acknowledgements and escalation. Alerts are routed anew; a group of a node
//! that is gone is gone, and nobody is told that.

use super::Machine;
use crate::config::Config;
use crate::group::routes::Routes;
use crate::group::{Group, Groups};
use crate::inhibit::Inhibitor;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

impl Machine {
    /// Puts a configuration in force. Call `tick` after it.
    pub fn reload(&mut self, config: Arc<Config>, now_ms: i64) {
        self.observe(now_ms);
        let routes = Routes::new(&config);
        let before = std::mem::replace(&mut self.routes, routes);
        self.config = config;
        self.rebuild_inhibitor();
        self.carry_groups(&before, now_ms);
        for at in self.alerts.places() {
            self.reroute(at, now_ms);
        }
        for at in self.groups.places() {
            if self.groups.get(at).is_some_and(|g| g.members.is_empty()) {
                self.forget_group(at);
            }
        }
        self.dirty.meta = true;
    }

    fn rebuild_inhibitor(&mut self) {
        self.inhibitor = Inhibitor::new(&self.config.inhibit_rules);
        for (_, slot) in self.alerts.iter() {
            if !slot.over {
                self.inhibitor.started(&slot.alert.labels, slot.fingerprint);
            }
        }
    }

    /// Moves groups to the nodes that are now what theirs were.
    fn carry_groups(&mut self, before: &Routes, now_ms: i64) {
        let heirs = heirs(before, &self.routes);
        let mut places = HashMap::new();
        let mut carried = Groups::default();
        let mut gone = BTreeSet::new();
        for old_at in self.groups.places() {
            let Some(mut group) = self.groups.remove(old_at) else {
                continue;
            };
            if group.stored {
                gone.insert(group.id.0);
            }
            let heir = heirs.get(&group.route).copied();
            let Some(group) = heir.and_then(|heir| {
                let changed = self.inherit(&mut group, before, heir, now_ms)?;
                let free = carried.find(heir, &group.labels).is_none();
                if free {
                    gone.remove(&group.id.0);
                }
                if changed && free && group.stored {
                    self.dirty.groups.insert(group.id.0);
                }
                free.then_some(group)
            }) else {
                continue;
            };
            places.insert(old_at, carried.insert(group));
        }
        self.groups = carried;
        for at in self.alerts.places() {
            if let Some(slot) = self.alerts.get_mut(at) {
                let groups = slot.groups.iter().filter_map(|at| places.get(at).copied());
                slot.groups = groups.collect();
            }
        }
        self.dirty.groups.extend(gone);
    }

    /// Makes a group one of its new node; whether its row changes. Nothing if the node groups by other
    /// labels.
    fn inherit(
        &mut self,
        group: &mut Group,
        before: &Routes,
        heir: u32,
        now_ms: i64,
    ) -> Option<bool> {
        let (old, new) = (before.get(group.route)?, self.routes.get(heir)?);
        if old.group_by != new.group_by {
            return None;
        }
        group.route = heir;
        let interval_ms = match group.flushed {
            true => new.group_interval_ms,
            false => new.group_wait_ms,
        };
        let due_ms = match old.targets == new.targets {
            true => group.due_ms.min(now_ms.saturating_add(interval_ms)),
            // somebody new has to be told
            false if group.flushed => now_ms,
            false => group.due_ms.min(now_ms.saturating_add(interval_ms)),
        };
        let changed = due_ms != group.due_ms || old.id != new.id;
        group.due_ms = due_ms;
        let policies = &self.config.escalation.policies;
        if let Some(escalating) = group.escalating.as_mut()
            && !policies
                .iter()
                .any(|p| p.enabled && p.name == escalating.policy)
        {
            escalating.due_ms = None;
        }
        Some(changed)
    }

    /// Routes an alert anew: it leaves groups of nodes that it does not reach any more, and joins those of
    /// nodes that it now reaches. One that is over joins none.
    fn reroute(&mut self, at: u32, now_ms: i64) {
        let Some(slot) = self.alerts.get_mut(at) else {
            return;
        };
        slot.routes = self.routes.find(&self.config, &slot.alert.labels);
        let (routes, over, fingerprint) = (Arc::clone(&slot.routes), slot.over, slot.fingerprint);
        let mut left = Vec::new();
        for group_at in &slot.groups {
            if let Some(group) = self.groups.get_mut(*group_at)
                && !routes.contains(&group.route)
            {
                group.members.remove(&fingerprint);
                left.push(*group_at);
            }
        }
        slot.groups.retain(|group_at| !left.contains(group_at));
        if over {
            let gone = slot.groups.is_empty();
            self.mark_alert(at);
            if gone {
                self.alerts.remove(at);
            }
        } else if self.group_alert(at, now_ms).is_err() {
            self.counters.over_groups += 1;
        }
    }
}

/// Which new node each old one lives on as.
fn heirs(before: &Routes, after: &Routes) -> HashMap<u32, u32> {
    let mut heirs = HashMap::new();
    let mut taken = BTreeSet::new();
    for (number, node) in before.iter() {
        if let Some(heir) = after.by_id(&node.id)
            && after
                .get(heir)
                .is_some_and(|new| new.receivers == node.receivers)
        {
            heirs.insert(number, heir);
            taken.insert(heir);
        }
    }
    for same_receivers in [true, false] {
        for (number, node) in before.iter() {
            if heirs.contains_key(&number) {
                continue;
            }
            let heir = after.iter().find(|(heir, new)| {
                let fits = new.key == node.key && !taken.contains(heir);
                fits && (!same_receivers || new.receivers == node.receivers)
            });
            if let Some((heir, _)) = heir {
                heirs.insert(number, heir);
                taken.insert(heir);
            }
        }
    }
    heirs
}
