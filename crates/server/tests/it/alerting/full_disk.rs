//! A disk that takes nothing for a while: people are told all the same, and what happened is written later.

use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::config::Config;
use tacho_export::notification::Notification;
use tacho_model::labels::Labels;
use tacho_server::alerts::history::History;
use tacho_server::alerts::notifier::{Notifier, Parts, Sender};
use tacho_stdx::clock::{Clock as _, ManualClock};
use tacho_storage::error::{Error, Result};
use tacho_storage::state::sqlite::SqliteState;
use tacho_storage::state::{
    DamagedState, LogEntry, LogItem, LogQuery, SmallState, StateChange, StateItem, StateVersion,
};

#[derive(Debug)]
struct Full {
    state: SqliteState,
    is_full: AtomicBool,
}

impl Full {
    fn check(&self) -> Result<()> {
        match self.is_full.load(Ordering::SeqCst) {
            true => Err(Error::unavailable("the disk is full")),
            false => Ok(()),
        }
    }
}

impl SmallState for Full {
    fn get(&self, kind: &str, key: &str) -> Result<Option<StateItem>> {
        self.state.get(kind, key)
    }

    fn list(&self, kind: &str) -> Result<Vec<StateItem>> {
        self.state.list(kind)
    }

    fn apply(&self, changes: &[StateChange], now_ns: i64) -> Result<Vec<u64>> {
        self.check()?;
        self.state.apply(changes, now_ns)
    }

    fn history(&self, kind: &str, key: &str, limit: usize) -> Result<Vec<StateVersion>> {
        self.state.history(kind, key, limit)
    }

    fn append(&self, log: &str, entries: &[LogEntry], keep: usize) -> Result<()> {
        self.check()?;
        self.state.append(log, entries, keep)
    }

    fn read_log(&self, log: &str, query: &LogQuery) -> Result<Vec<LogItem>> {
        self.state.read_log(log, query)
    }

    fn backup_with(&self, path: &Path, frozen: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        self.state.backup_with(path, frozen)
    }

    fn damaged(&self) -> Vec<DamagedState> {
        self.state.damaged()
    }
}

/// Keeps what would be sent.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<Notification>>>);

impl Sender for Sent {
    fn send(&self, _: &Arc<Config>, notifications: Vec<Notification>) {
        self.0.lock().extend(notifications);
    }
}

fn open(state: &Arc<Full>, clock: &Arc<ManualClock>) -> (Notifier, Arc<History>, Sent) {
    let sent = Sent::default();
    let state: Arc<dyn SmallState> = Arc::<Full>::clone(state);
    let history =
        Arc::new(History::open(Arc::clone(&state), Arc::<ManualClock>::clone(clock)).unwrap());
    let parts = Parts {
        state,
        clock: Arc::<ManualClock>::clone(clock),
        sender: Box::new(sent.clone()),
        history: Arc::clone(&history),
    };
    let config = Arc::new(Config::built_in().unwrap());
    (Notifier::open(config, parts).unwrap(), history, sent)
}

fn alert(name: &str, ends_at_ms: i64) -> PostedAlert {
    PostedAlert {
        labels: Labels::from_pairs([("alertname", name)]),
        annotations: Labels::default(),
        starts_at_ms: None,
        ends_at_ms: Some(ends_at_ms),
        generator_url: String::new(),
    }
}

#[test]
fn alerts_are_told_while_the_disk_is_full_and_written_later() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(1_795_169_720_000_000_000));
    let state = Arc::new(Full {
        state: SqliteState::open(dir.path()).unwrap(),
        is_full: AtomicBool::new(false),
    });
    let (notifier, history, sent) = open(&state, &clock);
    let ends_ms = clock.now_ns() / 1_000_000 + 86_400_000;
    let receive = |name: &str| {
        notifier.change(|machine, now_ms| machine.receive(vec![alert(name, ends_ms)], now_ms));
    };
    receive("Before");
    state.is_full.store(true, Ordering::SeqCst);
    receive("During");
    clock.advance(std::time::Duration::from_secs(31));
    notifier.change(|_, _| ());
    assert_eq!(sent.0.lock().len(), 2, "both groups are told");
    assert!(notifier.unsaved.load(Ordering::Relaxed) >= 2);
    // What a start would find now: the alert that came while there was room, and nothing of what was told.
    let (lost, lost_history, _) = open(&state, &clock);
    let names = |history: &History| -> Vec<String> {
        history
            .instances()
            .iter()
            .map(|(_, one)| one.name().to_owned())
            .collect()
    };
    assert_eq!(names(&lost_history), ["Before"]);
    assert_eq!(lost.read(|machine, _| machine.sizes().firing), 1);

    state.is_full.store(false, Ordering::SeqCst);
    clock.advance(std::time::Duration::from_secs(1));
    notifier.change(|_, _| ());
    history.deliveries();
    receive("After");
    let (kept, kept_history, _) = open(&state, &clock);
    assert_eq!(kept.read(|machine, _| machine.sizes().firing), 3);
    assert_eq!(kept.read(|machine, _| machine.outbox().len()), 2);
    assert_eq!(names(&kept_history), ["After", "During", "Before"]);
    assert_eq!(kept_history.deliveries().len(), 2);
    let during = kept_history.instances()[1].0;
    assert!(!kept_history.events(during, 10).unwrap().is_empty());
}
