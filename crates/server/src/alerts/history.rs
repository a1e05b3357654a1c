//! What happened to alerts and to messages about them, for people: kept in the state, the newest in
//! memory. `shape.rs` has what is stored.
//!
//! Three things are kept: every time an alert fired (an instance), every message (a delivery), and what
//! happened to each alert (events, looked up by alert).

pub mod shape;

use super::outbound::target::target_of;
use parking_lot::Mutex;
use shape::{Delivery, EventRow, Instance, Status};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use tacho_alerting::machine::Machine;
use tacho_alerting::machine::event::{Event, EventKind};
use tacho_export::notification::{Notification, Outcome};
use tacho_export::receiver::Integration;
use tacho_stdx::clock::Clock;
use tacho_storage::error::{Error as StorageError, ErrorKind, Result as StorageResult};
use tacho_storage::state::{Expect, LogEntry, LogQuery, SmallState, StateChange};

/// Instances that are kept.
pub const INSTANCES_MAX: usize = 10_000;
/// Deliveries that are kept.
pub const DELIVERIES_MAX: usize = 5_000;
/// Events that are kept.
const EVENTS_MAX: usize = 100_000;
/// Events that wait for the disk; the oldest go first.
const UNSAVED_MAX: usize = 10_000;
/// Rows that wait for the disk.
const UNSAVED_ROWS_MAX: usize = 2 * (INSTANCES_MAX + DELIVERIES_MAX);
/// Alerts of one event that are told one by one.
const ALERTS_OF_EVENT_MAX: usize = 100;
const INSTANCE_KIND: &str = "alert-instance";
const DELIVERY_KIND: &str = "delivery";
const EVENT_LOG: &str = "alert-events";
const MS_NS: i64 = 1_000_000;

/// What happened.
pub struct History {
    state: Arc<dyn SmallState>,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
    unsaved: Mutex<Unsaved>,
}

/// What the disk did not take.
#[derive(Default)]
struct Unsaved {
    rows: BTreeMap<(String, String), StateChange>,
    log: VecDeque<LogEntry>,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Its number.
    pub id: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// How the try went.
    pub attempt: shape::Attempt,
}

#[derive(Default)]
struct Inner {
    /// By the number of the alert.
    instances: BTreeMap<u64, Arc<Instance>>,
    /// By the number of the message.
    deliveries: BTreeMap<u64, Arc<Delivery>>,
}

impl History {
    /// Reads what is kept.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn open(state: Arc<dyn SmallState>, clock: Arc<dyn Clock>) -> StorageResult<Self> {
        let mut inner = Inner::default();
        for item in state.list(INSTANCE_KIND)? {
            if let (Ok(number), Some(instance)) = (item.key.parse(), Instance::read(&item.value)) {
                inner.instances.insert(number, Arc::new(instance));
            }
        }
        for item in state.list(DELIVERY_KIND)? {
            if let (Ok(number), Some(delivery)) = (item.key.parse(), Delivery::read(&item.value)) {
                inner.deliveries.insert(number, Arc::new(delivery));
            }
        }
        Ok(Self {
            state,
            clock,
            inner: Mutex::new(inner),
            unsaved: Mutex::default(),
        })
    }

    /// Times alerts fired, newest first.
    pub fn instances(&self) -> Vec<(u64, Arc<Instance>)> {
        let inner = self.inner.lock();
        let newest = inner.instances.iter().rev();
        newest
            .map(|(number, one)| (*number, Arc::clone(one)))
            .collect()
    }

    /// A time an alert fired.
    pub fn instance(&self, number: u64) -> Option<Arc<Instance>> {
        self.inner.lock().instances.get(&number).cloned()
    }

    /// Messages, newest first.
    pub fn deliveries(&self) -> Vec<(u64, Arc<Delivery>)> {
        let inner = self.inner.lock();
        let newest = inner.deliveries.iter().rev();
        newest
            .map(|(number, one)| (*number, Arc::clone(one)))
            .collect()
    }

    /// A message.
    pub fn delivery(&self, number: u64) -> Option<Arc<Delivery>> {
        self.inner.lock().deliveries.get(&number).cloned()
    }

    /// What happened to an alert, newest first.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn events(&self, number: u64, limit: usize) -> StorageResult<Vec<EventRow>> {
        let query = LogQuery {
            key: Some(number.to_string()),
            ..LogQuery::newest(limit)
        };
        let items = self.state.read_log(EVENT_LOG, &query)?;
        Ok(items
            .iter()
            .filter_map(|item| EventRow::read(item.at_ns.div_euclid(MS_NS), &item.value))
            .collect())
    }

    /// Messages that were decided.
    pub(super) fn decided(&self, notifications: &[Notification], machine: &Machine) {
        if notifications.is_empty() {
            return;
        }
        let mut inner = self.inner.lock();
        let mut changes = Vec::new();
        for notification in notifications {
            let integration = machine.config().integration(&notification.to);
            let target = integration.map(|one| target_of(one)).unwrap_or_default();
            let delivery = Delivery::of(notification, target);
            inner.put_delivery(notification.id, delivery, &mut changes);
        }
        inner.prune(&mut changes);
        drop(inner);
        self.write(changes);
    }

    /// A message that somebody sends for trial.
    pub(super) fn on_trial(&self, notification: &Notification, integration: &Integration) {
        let mut inner = self.inner.lock();
        let mut changes = Vec::new();
        let delivery = Delivery::of(notification, target_of(integration));
        inner.put_delivery(notification.id, delivery, &mut changes);
        drop(inner);
        self.write(changes);
    }

    /// A message waits as it did before its first try.
    pub fn waits_again(&self, id: u64) -> Option<Arc<Delivery>> {
        let mut inner = self.inner.lock();
        let mut delivery = (**inner.deliveries.get(&id)?).clone();
        delivery.status = Status::Pending;
        self.put(&mut inner, id, delivery)
    }

    /// A message is as it was.
    pub fn put_back(&self, id: u64, before: &Delivery) {
        let mut inner = self.inner.lock();
        self.put(&mut inner, id, before.clone());
    }

    fn put(&self, inner: &mut Inner, id: u64, delivery: Delivery) -> Option<Arc<Delivery>> {
        let mut changes = Vec::new();
        inner.put_delivery(id, delivery, &mut changes);
        self.write(changes);
        inner.deliveries.get(&id).cloned()
    }

    /// Of messages that wait only these still do: what came of the others was lost with the last run.
    pub(super) fn settle(&self, waiting: &BTreeSet<u64>) {
        let mut inner = self.inner.lock();
        let lost = inner.deliveries.iter().filter(|(id, one)| {
            matches!(one.status, Status::Pending | Status::Retrying) && !waiting.contains(id)
        });
        let lost: Vec<(u64, Delivery)> = lost.map(|(id, one)| (*id, (**one).clone())).collect();
        let mut changes = Vec::new();
        for (id, mut delivery) in lost {
            delivery.status = Status::Dead;
            delivery.next_ms = None;
            let reason = "the server stopped before it was known what came of it";
            delivery.error.get_or_insert_with(|| reason.to_owned());
            inner.put_delivery(id, delivery, &mut changes);
        }
        drop(inner);
        self.write(changes);
    }

    /// What came of messages, with what was sent. Called before the machine is told.
    pub(super) fn answered(&self, answers: &[Answered]) {
        let mut inner = self.inner.lock();
        let mut changes = Vec::new();
        for answer in answers {
            let Some(known) = inner.deliveries.get(&answer.id) else {
                continue;
            };
            let mut delivery = (**known).clone();
            delivery.take(&answer.outcome, &answer.attempt);
            inner.put_delivery(answer.id, delivery, &mut changes);
        }
        drop(inner);
        self.write(changes);
    }

    /// What happened to alerts.
    pub(super) fn happened(&self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        let mut inner = self.inner.lock();
        let (mut changes, mut log) = (Vec::new(), Vec::new());
        for event in events {
            for id in event.alerts.iter().take(ALERTS_OF_EVENT_MAX) {
                inner.happened_to(id.0, event, &mut changes);
                log.push(LogEntry {
                    at_ns: event.at_ms.saturating_mul(MS_NS),
                    key: id.0.to_string(),
                    value: EventRow::of(event).written(),
                });
            }
        }
        inner.prune(&mut changes);
        drop(inner);
        self.write(changes);
        self.append(log);
    }

    /// Writes rows, and those before that the disk did not take; keeps them for the next time otherwise.
    fn write(&self, changes: Vec<StateChange>) {
        let mut unsaved = self.unsaved.lock();
        for change in changes {
            let place = (change.kind.clone(), change.key.clone());
            unsaved.rows.insert(place, change);
        }
        while unsaved.rows.len() > UNSAVED_ROWS_MAX {
            unsaved.rows.pop_first();
        }
        if unsaved.rows.is_empty() {
            return;
        }
        let rows: Vec<StateChange> = unsaved.rows.values().cloned().collect();
        for part in rows.chunks(tacho_storage::state::BATCH_MAX) {
            match self.state.apply(part, self.clock.now_ns()) {
                Err(error) if !is_final(&error) => {
                    tracing::warn!(%error, "the history of alerts could not be kept; it is tried again");
                    return;
                }
                Err(error) => tracing::warn!(%error, "the history of alerts could not be kept"),
                Ok(_) => {}
            }
            for change in part {
                unsaved
                    .rows
                    .remove(&(change.kind.clone(), change.key.clone()));
            }
        }
    }

    /// Appends to the list of events, as `write` does.
    fn append(&self, log: Vec<LogEntry>) {
        let mut unsaved = self.unsaved.lock();
        unsaved.log.extend(log);
        if unsaved.log.is_empty() {
            return;
        }
        let mut entries: Vec<LogEntry> = std::mem::take(&mut unsaved.log).into();
        while !entries.is_empty() {
            let rest = entries.split_off(entries.len().min(tacho_storage::state::BATCH_MAX));
            match self.state.append(EVENT_LOG, &entries, EVENTS_MAX) {
                Err(error) if !is_final(&error) => {
                    tracing::warn!(%error, "what happened to alerts could not be kept; it is tried again");
                    unsaved.log.extend(entries.into_iter().chain(rest));
                    let over = unsaved.log.len().saturating_sub(UNSAVED_MAX);
                    unsaved.log.drain(..over);
                    return;
                }
                Err(error) => tracing::warn!(%error, "what happened to alerts could not be kept"),
                Ok(()) => {}
            }
            entries = rest;
        }
    }
}

/// Whether the state will never take it.
fn is_final(error: &StorageError) -> bool {
    matches!(error.kind(), ErrorKind::LimitExceeded | ErrorKind::Invalid)
}

impl Inner {
    fn put_delivery(&mut self, id: u64, delivery: Delivery, changes: &mut Vec<StateChange>) {
        changes.push(change(DELIVERY_KIND, id, Some(delivery.written())));
        self.deliveries.insert(id, Arc::new(delivery));
    }

    fn happened_to(&mut self, number: u64, event: &Event, changes: &mut Vec<StateChange>) {
        let instance = match (&event.kind, self.instances.get(&number)) {
            (EventKind::Fired { .. }, None) => Instance::fired(event),
            (_, Some(known)) => {
                let mut instance = (**known).clone();
                if !instance.take(event) {
                    return;
                }
                Some(instance)
            }
            _ => None,
        };
        if let Some(instance) = instance {
            changes.push(change(INSTANCE_KIND, number, Some(instance.written())));
            self.instances.insert(number, Arc::new(instance));
        }
    }

    /// Lets the oldest go; of messages only those that are not on their way.
    fn prune(&mut self, changes: &mut Vec<StateChange>) {
        while self.instances.len() > INSTANCES_MAX {
            let Some((number, _)) = self.instances.pop_first() else {
                break;
            };
            changes.push(change(INSTANCE_KIND, number, None));
        }
        if self.deliveries.len() > DELIVERIES_MAX {
            let over = self.deliveries.len() - DELIVERIES_MAX;
            let ended = self
                .deliveries
                .iter()
                .filter(|(_, one)| !matches!(one.status, Status::Pending | Status::Retrying));
            let old: Vec<u64> = ended.map(|(number, _)| *number).take(over).collect();
            for number in old {
                self.deliveries.remove(&number);
                changes.push(change(DELIVERY_KIND, number, None));
            }
        }
    }
}

fn change(kind: &str, number: u64, value: Option<Vec<u8>>) -> StateChange {
    StateChange {
        kind: kind.to_owned(),
        key: number.to_string(),
        value,
        expect: Expect::Any,
        keep_history: false,
        by: String::new(),
    }
}
