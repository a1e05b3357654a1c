//! The state machine: alerts come in, messages come out, time is an argument. No I/O, no clock.
//!
//! How to drive it: after each call write `take_rows()` in one transaction, then send what `tick` gave,
//! then tell how that went by `outcome`. Call `tick` at `next_due_ms()` and after every other call that
//! changes something. After a crash `restore` from the rows and send `outbox()` again: a message goes out
//! twice only if the answer of its channel was lost.
//!
//! Time may leap: forwards, what is kept alive by its teller is not taken for over, and nothing is told
//! again because of it; backwards, what would be due only after its interval is due after its interval
//! (`clock.rs`).

mod clock;
mod close;
pub mod event;
mod flush;
pub(crate) mod look;
mod outcome;
mod receive;
mod reload;
mod restore;
pub mod set;
mod tell;

use crate::alerts::Alerts;
use crate::config::Config;
use crate::config::escalation::Override;
use crate::error::Error;
use crate::group::routes::Routes;
use crate::group::{GroupId, Groups};
use crate::inhibit::Inhibitor;
use crate::limits::{Counters, Limits};
use crate::notification_log::{Log, LogKey};
use crate::record::Dirty;
use crate::silence::Silences;
use crate::storm::Window;
use event::{Event, EventGroup, EventKind};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tacho_export::notification::{IntegrationKey, Notification, NotifiedAlert};

/// What the machine is told at its start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Time for which silences that are over, and entries of the notification log, are kept, ms.
    pub retention_ms: i64,
    /// Makes ids of silences differ from those of others.
    pub seed: u64,
}

impl Options {
    /// Default bounds, 120 hours of retention as in Alertmanager.
    pub fn new(seed: u64) -> Self {
        Self {
            limits: Limits::default(),
            retention_ms: 120 * 3_600_000,
            seed,
        }
    }
}

/// An alert that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place in what was received.
    pub place: usize,
    /// Why.
    pub error: Error,
}

/// What became of received alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiveReport {
    /// Alerts that were taken.
    pub taken: usize,
    /// Of them, alerts that began to fire.
    pub fired: usize,
    /// Of them, alerts that are over now and were not before.
    pub resolved: usize,
    /// The first of those that were not taken, at most `REFUSED_MAX`.
    pub refused: Vec<Refused>,
    /// How many were not taken.
    pub refused_count: usize,
}

/// Refusals that a report tells.
pub const REFUSED_MAX: usize = 100;

/// Numbers that only count up, and the time that was seen last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) next_alert: u64,
    pub(crate) next_group: u64,
    pub(crate) next_notification: u64,
    pub(crate) next_silence: u64,
    pub(crate) next_override: u64,
    /// ms; the rows have it at most `clock::HEARTBEAT_MS` late.
    pub(crate) seen_ms: i64,
}

impl Meta {
    pub(crate) const FRESH: Self = Self {
        next_alert: 1,
        next_group: 1,
        next_notification: 1,
        next_silence: 1,
        next_override: 1,
        seen_ms: i64::MIN,
    };
}

/// What the log is to say about a group once a message was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cover {
    pub(crate) group: GroupId,
    /// The group's text in the log.
    pub(crate) key: Arc<str>,
    pub(crate) firing: Vec<u64>,
    pub(crate) resolved: Vec<u64>,
    pub(crate) repeat_interval_ms: i64,
    /// Whether a thread of before counts no more.
    pub(crate) first: bool,
    /// False for a message that the log does not know of (an acknowledgement).
    pub(crate) logged: bool,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) notification: Notification,
    pub(crate) covers: Vec<Cover>,
    /// Tries so far, and what went wrong last.
    pub(crate) attempts: u32,
    pub(crate) error: String,
}

/// Groups that one summary stands for.
#[derive(Debug)]
pub(crate) struct Gathering {
    pub(crate) notification: u64,
    pub(crate) to: Arc<IntegrationKey>,
    pub(crate) covers: Vec<Cover>,
    /// The worst alert of each group.
    pub(crate) alerts: Vec<NotifiedAlert>,
}

/// All state of who is told what, and when.
#[derive(Debug)]
pub struct Machine {
    pub(crate) config: Arc<Config>,
    pub(crate) options: Options,
    pub(crate) routes: Routes,
    pub(crate) alerts: Alerts,
    pub(crate) inhibitor: Inhibitor,
    pub(crate) silences: Silences,
    pub(crate) groups: Groups,
    pub(crate) log: Log,
    pub(crate) outbox: BTreeMap<u64, Pending>,
    pub(crate) storms: BTreeMap<String, Window>,
    pub(crate) overrides: BTreeMap<u64, Override>,
    pub(crate) meta: Meta,
    pub(crate) dirty: Dirty,
    pub(crate) events: VecDeque<Event>,
    pub(crate) counters: Counters,
    /// Messages that were decided and not yet given out.
    pub(crate) fresh: Vec<u64>,
    pub(crate) gathering: BTreeMap<Arc<IntegrationKey>, Gathering>,
    /// When old things are forgotten next, ms.
    pub(crate) maintenance_ms: i64,
}

impl Machine {
    /// A machine that knows nothing yet.
    pub fn new(config: Arc<Config>, options: Options) -> Self {
        Self {
            routes: Routes::new(&config),
            inhibitor: Inhibitor::new(&config.inhibit_rules),
            alerts: Alerts::default(),
            silences: Silences::default(),
            groups: Groups::default(),
            log: Log::default(),
            outbox: BTreeMap::new(),
            storms: BTreeMap::new(),
            overrides: BTreeMap::new(),
            meta: Meta::FRESH,
            dirty: Dirty::default(),
            events: VecDeque::new(),
            counters: Counters::default(),
            fresh: Vec::new(),
            gathering: BTreeMap::new(),
            maintenance_ms: i64::MIN,
            config,
            options,
        }
    }

    /// The configuration in force.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// What was refused, dropped and done since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// How much is held: alerts, firing alerts, groups, silences, messages on their way.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            alerts: self.alerts.len(),
            firing: self.alerts.firing(),
            groups: self.groups.len(),
            silences: self.silences.len(),
            log_entries: self.log.len(),
            outbox: self.outbox.len(),
            escalating: self.groups.escalating(),
        }
    }

    /// When `tick` has something to do next, ms; nothing if only a call from outside can change that.
    pub fn next_due_ms(&self) -> Option<i64> {
        let fresh = (!self.fresh.is_empty()).then_some(self.meta.seen_ms);
        let times = [
            fresh,
            self.alerts.next_check_ms(),
            self.groups.next_due_ms(),
        ];
        times.into_iter().flatten().min()
    }

    /// What happened since the last call, oldest first.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events).into()
    }

    /// Messages on their way, whose answer is not known: to send again after a restart. In the order in which
    /// they were decided.
    pub fn outbox(&self) -> Vec<Notification> {
        let pending = self.outbox.values();
        pending.map(|one| one.notification.clone()).collect()
    }

    /// A number for a message of somebody who tries the way: no message of ours has or gets it. Nothing is
    /// kept of that message, answers about it are not known.
    pub fn reserve_notification(&mut self) -> u64 {
        let number = self.meta.next_notification;
        self.meta.next_notification += 1;
        self.dirty.meta = true;
        number
    }

    /// Keeps an event for whoever takes them.
    pub(crate) fn note(&mut self, at_ms: i64, group: Option<u32>, kind: EventKind) {
        self.note_of(at_ms, Vec::new(), group, kind);
    }

    /// Keeps an event about alerts.
    pub(crate) fn note_of(
        &mut self,
        at_ms: i64,
        alerts: Vec<crate::alerts::AlertId>,
        group: Option<u32>,
        kind: EventKind,
    ) {
        let group = group.and_then(|at| self.groups.get(at));
        let group = group.map(|group| EventGroup {
            id: group.id,
            key: Arc::clone(&group.key),
        });
        self.push_event(Event {
            at_ms,
            alerts,
            group,
            kind,
        });
    }

    pub(crate) fn push_event(&mut self, event: Event) {
        if self.events.len() >= self.options.limits.events {
            self.events.pop_front();
            self.counters.events_dropped += 1;
        }
        self.events.push_back(event);
    }

    /// The key of a group's log entry of an integration.
    pub(crate) fn log_key(key: &Arc<str>, to: &Arc<IntegrationKey>) -> LogKey {
        LogKey {
            group: Arc::clone(key),
            to: Arc::clone(to),
        }
    }
}

/// How much is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Alerts, those included that are over and not yet told so.
    pub alerts: usize,
    /// Firing alerts.
    pub firing: usize,
    /// Groups.
    pub groups: usize,
    /// Silences, those that are over included.
    pub silences: usize,
    /// Entries of the notification log.
    pub log_entries: usize,
    /// Messages on their way.
    pub outbox: usize,
    /// Groups with a level of escalation to come.
    pub escalating: usize,
}
