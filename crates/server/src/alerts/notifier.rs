//! The state machine of alerting at work: every call is made durable before its messages are sent.
//!
//! One lock orders everything: a call, the rows and events that it leaves behind, the messages that are
//! due. Where the disk does not take the rows, messages go out all the same and the rows are tried again:
//! a message that comes twice does less harm than one that never comes.

mod rows;

use super::history::{Answered, History};
use parking_lot::Mutex;
use rows::{PREFIX, Waiting};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tacho_alerting::config::Config;
use tacho_alerting::machine::{Machine, Options};
use tacho_alerting::record::{Row, RowChange, RowKind};
use tacho_export::notification::Notification;
use tacho_stdx::clock::Clock;
use tacho_storage::error::Result as StorageResult;
use tacho_storage::state::{SmallState, StateChange};
use tokio::sync::Notify;

/// Longest wait before the machine is looked at.
const LOOK_MAX: Duration = Duration::from_secs(30);
/// Shortest time between two looks.
const LOOK_MIN: Duration = Duration::from_millis(20);
const MS_NS: i64 = 1_000_000;

/// Takes messages that are due.
pub trait Sender: Send + Sync {
    /// Sends them, without waiting. What came of each is told by `Notifier::outcomes`.
    fn send(&self, config: &Arc<Config>, notifications: Vec<Notification>);
}

/// The machine with what it needs.
pub struct Notifier {
    inner: Mutex<Inner>,
    state: Arc<dyn SmallState>,
    clock: Arc<dyn Clock>,
    sender: Box<dyn Sender>,
    history: Arc<History>,
    changed: Notify,
    /// When the machine has something to do next, ms; so that no task waits for the lock, which is held
    /// while the disk is written.
    due_ms: AtomicI64,
    /// Grows with every change that people may see.
    revision: AtomicU64,
    /// Times the state could not be written.
    pub unsaved: AtomicU64,
}

struct Inner {
    machine: Machine,
    /// Rows that the disk did not take, the newest of each.
    waiting: BTreeMap<(RowKind, String), Option<Vec<u8>>>,
}

/// What a notifier is made of.
pub struct Parts {
    /// Where rows are kept.
    pub state: Arc<dyn SmallState>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Sends messages.
    pub sender: Box<dyn Sender>,
    /// Keeps what happened.
    pub history: Arc<History>,
}

impl Notifier {
    /// Goes on where the last run stopped. Messages whose answer was not known then are sent by `begin`.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn open(config: Arc<Config>, parts: Parts) -> StorageResult<Self> {
        let mut rows = Vec::new();
        for kind in RowKind::ALL {
            let items = parts.state.list(&format!("{PREFIX}{}", kind.as_str()))?;
            rows.extend(items.into_iter().map(|item| Row {
                kind,
                key: item.key,
                value: item.value,
            }));
        }
        let now_ms = parts.clock.now_ns().div_euclid(MS_NS);
        let options = Options::new(parts.clock.now_ns().unsigned_abs());
        let (machine, problems) = Machine::restore(config, options, rows, now_ms);
        for problem in problems {
            tracing::error!(
                kind = problem.kind.as_str(),
                key = problem.key,
                reason = problem.message,
                "a row of the state of alerting cannot be read and is left out"
            );
        }
        Ok(Self {
            due_ms: AtomicI64::new(due_of(&machine)),
            inner: Mutex::new(Inner {
                machine,
                waiting: BTreeMap::new(),
            }),
            state: parts.state,
            clock: parts.clock,
            sender: parts.sender,
            history: parts.history,
            changed: Notify::new(),
            revision: AtomicU64::new(1),
            unsaved: AtomicU64::new(0),
        })
    }

    /// Sends again what was on its way when the last run ended.
    pub fn begin(&self) {
        let (config, notifications) = {
            let inner = self.inner.lock();
            (Arc::clone(inner.machine.config()), inner.machine.outbox())
        };
        self.sender.send(&config, notifications);
    }

    /// Now, ms.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ns().div_euclid(MS_NS)
    }

    /// Looks at the machine without changing it.
    pub fn read<T>(&self, look: impl FnOnce(&Machine, i64) -> T) -> T {
        let now_ms = self.now_ms();
        look(&self.inner.lock().machine, now_ms)
    }

    /// Changes the machine, makes that durable, and sends what is due. Waits for the disk: not to be
    /// called from a task.
    pub fn change<T>(&self, change: impl FnOnce(&mut Machine, i64) -> T) -> T {
        let now_ms = self.now_ms();
        let mut inner = self.inner.lock();
        let done = change(&mut inner.machine, now_ms);
        let notifications = inner.machine.tick(now_ms);
        let events = inner.machine.take_events();
        let seen = !events.is_empty();
        self.history.decided(&notifications, &inner.machine);
        self.history.happened(&events);
        self.save(&mut inner);
        let config = Arc::clone(inner.machine.config());
        // Sent under the lock, so that messages of a group leave in the order in which they were decided.
        self.sender.send(&config, notifications);
        let due_ms = due_of(&inner.machine);
        self.due_ms.store(due_ms, Ordering::Release);
        drop(inner);
        if seen {
            self.revision.fetch_add(1, Ordering::Relaxed);
        }
        self.changed.notify_one();
        done
    }

    /// What came of messages.
    pub(super) fn outcomes(&self, answers: Vec<Answered>) {
        self.change(|machine, now_ms| {
            for answer in answers {
                machine.outcome(answer.id, answer.outcome, now_ms);
            }
        });
        self.touch();
    }

    /// Grows with every change that people may see.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// Lets people look again.
    pub fn touch(&self) {
        self.revision.fetch_add(1, Ordering::Relaxed);
    }

    /// Calls the machine whenever something is due, for as long as it runs.
    pub async fn keep(self: Arc<Self>) {
        loop {
            let wait_ms = self.wait_ms();
            let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
            let wait = wait.clamp(LOOK_MIN, LOOK_MAX);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.changed.notified() => {
                    // Many changes in a row are one reason to look.
                    tokio::time::sleep(LOOK_MIN).await;
                    if self.wait_ms() > 0 {
                        continue;
                    }
                }
            }
            let notifier = Arc::clone(&self);
            let ticked = tokio::task::spawn_blocking(move || notifier.change(|_, _| ()));
            if let Err(error) = ticked.await {
                tracing::error!(%error, "a look at the alerts failed inside");
            }
        }
    }

    /// Time until the machine has something to do, ms; not above 0 if it has.
    fn wait_ms(&self) -> i64 {
        let due_ms = self.due_ms.load(Ordering::Acquire);
        due_ms.saturating_sub(self.now_ms())
    }

    /// Writes the rows that changed; keeps them for the next time if the disk does not take them.
    fn save(&self, inner: &mut Inner) {
        for RowChange { kind, key, value } in inner.machine.take_rows() {
            inner.waiting.insert((kind, key), value);
        }
        if inner.waiting.is_empty() {
            return;
        }
        let rows = std::mem::take(&mut inner.waiting);
        let mut rows: Vec<Waiting> = rows.into_iter().collect();
        let count = rows.len();
        let now_ns = self.clock.now_ns();
        let write = |changes: &[StateChange]| self.state.apply(changes, now_ns).map(|_| ());
        if let Err(error) = rows::write(&mut rows, write) {
            self.unsaved.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, rows = count, "the state of alerting could not be written; it is tried again");
        }
        // What the disk did not take; what it never will is gone by now.
        inner.waiting = rows.into_iter().collect();
    }
}

/// When the machine has something to do next, ms.
fn due_of(machine: &Machine) -> i64 {
    machine.next_due_ms().unwrap_or(i64::MAX)
}
