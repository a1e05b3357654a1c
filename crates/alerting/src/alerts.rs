//! The alerts that are held: firing ones, and those that are over but not yet told so to all groups.
//!
//! As in Alertmanager a message about a known alert is merged with what is known; an alert is over once
//! its end has passed. Ends are watched lazily: an alert whose end is put off costs nothing.

use crate::silence::Cache;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;
use tacho_model::alert::{Alert, Fingerprint};
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;

/// Our name of a time in which an alert fires: `alert-12`. It lives until the alert is over and told so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId(pub u64);

impl AlertId {
    /// Reads `alert-12`, or `12` alone.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("alert-").unwrap_or(text);
        let number = digits.parse().ok().filter(|number| *number > 0)?;
        Some(Self(number))
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alert-{}", self.0)
    }
}

/// An alert as somebody tells it; what is missing is filled in by the time of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedAlert {
    /// Identify it; never empty.
    pub labels: Labels,
    /// Describe it.
    pub annotations: Labels,
    /// Since when, ms; now (or its end) without.
    pub starts_at_ms: Option<i64>,
    /// Until when, ms; without it the alert is over unless it is told again within `resolve_timeout`.
    pub ends_at_ms: Option<i64>,
    /// Leads to where it came from; may be empty.
    pub generator_url: String,
}

impl PostedAlert {
    /// A firing alert whose teller names no end.
    pub fn firing(labels: Labels, annotations: Labels, starts_at_ms: i64) -> Self {
        Self {
            labels,
            annotations,
            starts_at_ms: Some(starts_at_ms),
            ends_at_ms: None,
            generator_url: String::new(),
        }
    }
}

/// What keeps an alert from being told, as far as that is a matter of the alert alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Hidden {
    /// Nothing.
    #[default]
    No,
    /// Another alert.
    Inhibited,
    /// A silence.
    Silenced,
    /// A suppression of the configuration.
    Suppressed,
}

/// A held alert.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) alert: Alert,
    pub(crate) fingerprint: Fingerprint,
    /// Its id; 0 if it never fired here.
    pub(crate) number: u64,
    pub(crate) severity: Severity,
    /// When somebody last told it, ms.
    pub(crate) updated_at_ms: i64,
    /// Whether its end has passed, as far as that was noticed.
    pub(crate) over: bool,
    /// The nodes of the routing tree that it reaches.
    pub(crate) routes: Arc<[u32]>,
    /// The groups that hold it.
    pub(crate) groups: Vec<u32>,
    pub(crate) silences: Cache,
    pub(crate) hidden: Hidden,
    /// When it was last written to the rows, ms, and with what end.
    pub(crate) stored_at_ms: i64,
    pub(crate) stored_ends_at_ms: i64,
    /// When its end is looked at.
    check_at_ms: i64,
}

impl Slot {
    /// Its id, if it has one.
    pub(crate) fn id(&self) -> Option<AlertId> {
        (self.number > 0).then_some(AlertId(self.number))
    }
}

/// All held alerts.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    by_fingerprint: HashMap<Fingerprint, u32>,
    ends: BTreeSet<(i64, u32)>,
    firing: usize,
}

impl Alerts {
    pub(crate) fn len(&self) -> usize {
        self.by_fingerprint.len()
    }

    pub(crate) fn firing(&self) -> usize {
        self.firing
    }

    pub(crate) fn find(&self, fingerprint: Fingerprint) -> Option<u32> {
        self.by_fingerprint.get(&fingerprint).copied()
    }

    pub(crate) fn get(&self, at: u32) -> Option<&Slot> {
        self.slots.get(at as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, at: u32) -> Option<&mut Slot> {
        self.slots.get_mut(at as usize)?.as_mut()
    }

    /// All of them with their places, in no order that means anything, but always the same one.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Slot)> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(at, slot)| Some((u32::try_from(at).ok()?, slot.as_ref()?)))
    }

    /// Their places.
    pub(crate) fn places(&self) -> Vec<u32> {
        self.iter().map(|(at, _)| at).collect()
    }

    /// Takes a new one; gives its place.
    pub(crate) fn insert(&mut self, slot: Slot) -> u32 {
        let fingerprint = slot.fingerprint;
        let ends_at_ms = slot.alert.ends_at_ms;
        let over = slot.over;
        let at = match self.free.pop() {
            Some(at) => at,
            None => {
                self.slots.push(None);
                u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = self.slots.get_mut(at as usize) {
            *place = Some(slot);
        }
        self.by_fingerprint.insert(fingerprint, at);
        if !over {
            self.firing += 1;
            self.watch(at, ends_at_ms);
        }
        at
    }

    /// Forgets one.
    pub(crate) fn remove(&mut self, at: u32) -> Option<Slot> {
        let slot = self.slots.get_mut(at as usize)?.take()?;
        self.ends.remove(&(slot.check_at_ms, at));
        self.by_fingerprint.remove(&slot.fingerprint);
        self.firing -= usize::from(!slot.over);
        self.free.push(at);
        Some(slot)
    }

    /// Looks at the end of an alert at a time.
    fn watch(&mut self, at: u32, when_ms: i64) {
        if let Some(slot) = self.slots.get_mut(at as usize).and_then(Option::as_mut) {
            self.ends.remove(&(slot.check_at_ms, at));
            slot.check_at_ms = when_ms;
            self.ends.insert((when_ms, at));
        }
    }

    /// Sets whether an alert is over, and watches the end of one that is not.
    pub(crate) fn set_over(&mut self, at: u32, over: bool) {
        let Some(slot) = self.get_mut(at) else { return };
        let (before, ends_at_ms) = (slot.over, slot.alert.ends_at_ms);
        slot.over = over;
        match (before, over) {
            (false, true) => {
                let check_at_ms = slot.check_at_ms;
                self.ends.remove(&(check_at_ms, at));
                self.firing -= 1;
            }
            (true, false) => {
                self.firing += 1;
                self.watch(at, ends_at_ms);
            }
            _ => self.end_came_nearer(at),
        }
    }

    /// Watches an end that was put forward; one that was put off is noticed when it is looked at.
    pub(crate) fn end_came_nearer(&mut self, at: u32) {
        let Some(slot) = self.get(at) else { return };
        if !slot.over && slot.alert.ends_at_ms < slot.check_at_ms {
            let ends_at_ms = slot.alert.ends_at_ms;
            self.watch(at, ends_at_ms);
        }
    }

    /// When the next end is looked at.
    pub(crate) fn next_check_ms(&self) -> Option<i64> {
        self.ends.first().map(|(when, _)| *when)
    }

    /// The alerts whose end has passed; those whose end was put off are watched again.
    pub(crate) fn ended(&mut self, now_ms: i64) -> Vec<u32> {
        let mut ended = Vec::new();
        while let Some((when, at)) = self.ends.first().copied()
            && when <= now_ms
        {
            let ends_at_ms = self.get(at).map(|slot| slot.alert.ends_at_ms);
            match ends_at_ms {
                Some(ends_at_ms) if ends_at_ms > now_ms => self.watch(at, ends_at_ms),
                Some(_) => {
                    self.ends.pop_first();
                    ended.push(at);
                }
                None => {
                    self.ends.pop_first();
                }
            }
        }
        ended
    }
}

/// A new slot for an alert.
pub(crate) fn slot_of(alert: Alert, number: u64, now_ms: i64) -> Slot {
    Slot {
        fingerprint: alert.fingerprint(),
        severity: alert.severity(),
        number,
        updated_at_ms: now_ms,
        over: alert.is_resolved_at(now_ms),
        routes: Arc::from([]),
        groups: Vec::new(),
        silences: Cache::default(),
        hidden: Hidden::No,
        stored_at_ms: i64::MIN,
        stored_ends_at_ms: i64::MIN,
        check_at_ms: i64::MIN,
        alert,
    }
}

/// Fills in the times that the teller left out, as Alertmanager does. A start that lies in the future of
/// an alert that is not over is put to now: the teller's clock, or ours, was set back.
pub(crate) fn complete(posted: PostedAlert, resolve_timeout_ms: i64, now_ms: i64) -> Alert {
    let starts_at_ms = posted.starts_at_ms.or(posted.ends_at_ms).unwrap_or(now_ms);
    let timeout = posted.ends_at_ms.is_none();
    let ends_at_ms = posted
        .ends_at_ms
        .unwrap_or(now_ms.saturating_add(resolve_timeout_ms));
    let early = ends_at_ms > now_ms && starts_at_ms > ends_at_ms;
    Alert {
        labels: posted.labels,
        annotations: posted.annotations,
        starts_at_ms: if early { now_ms } else { starts_at_ms },
        ends_at_ms,
        timeout,
        generator_url: posted.generator_url,
    }
}

/// Merges what is told now about an alert with what was known, in place. True if anything changed but the
/// end of a firing alert.
pub(crate) fn merge(old: &mut Alert, mut new: Alert, now_ms: i64) -> bool {
    let overlaps = (new.ends_at_ms > old.starts_at_ms && new.ends_at_ms < old.ends_at_ms)
        || (new.starts_at_ms > old.starts_at_ms && new.starts_at_ms < old.ends_at_ms);
    if overlaps {
        new.starts_at_ms = new.starts_at_ms.min(old.starts_at_ms);
        let longer = old.ends_at_ms > new.ends_at_ms;
        let keeps_end = match (new.is_resolved_at(now_ms), old.is_resolved_at(now_ms)) {
            (true, both) => both && longer,
            (false, _) => longer && !old.timeout,
        };
        if keeps_end {
            new.ends_at_ms = old.ends_at_ms;
        }
    }
    let changed = old.annotations != new.annotations
        || old.starts_at_ms != new.starts_at_ms
        || old.generator_url != new.generator_url
        || old.timeout != new.timeout;
    if changed {
        new.labels = old.labels.clone();
        *old = new;
    } else {
        old.ends_at_ms = new.ends_at_ms;
    }
    changed
}

/// Alertmanager's order of alerts in a message: by `job`, by `instance`, then by all labels.
pub(crate) fn message_order(a: &Labels, b: &Labels) -> std::cmp::Ordering {
    for name in ["job", "instance"] {
        match (a.get(name), b.get(name)) {
            (None, None) => {}
            (None, Some(_)) => return std::cmp::Ordering::Greater,
            (Some(_), None) => return std::cmp::Ordering::Less,
            (Some(a), Some(b)) if a != b => return a.cmp(b),
            _ => {}
        }
    }
    label_set_order(a, b)
}

/// Prometheus' order of label sets: fewer labels first; then by the first name, in order, whose value
/// differs, an absent label before a present one.
pub(crate) fn label_set_order(a: &Labels, b: &Labels) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    let by_count = a.iter().count().cmp(&b.iter().count());
    if by_count != Ordering::Equal {
        return by_count;
    }
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    loop {
        match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some((a_name, a_value)), Some((b_name, b_value))) => match a_name.cmp(b_name) {
                // a has a label that b lacks: b comes first
                Ordering::Less => return Ordering::Greater,
                Ordering::Greater => return Ordering::Less,
                Ordering::Equal if a_value != b_value => return a_value.cmp(b_value),
                Ordering::Equal => {
                    left.next();
                    right.next();
                }
            },
        }
    }
}

#[cfg(test)]
mod tests;
