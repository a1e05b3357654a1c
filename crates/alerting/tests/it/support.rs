//! A world around the machine: a clock, rows that outlive it, channels that answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::config::Config;
use tacho_alerting::config::own::OwnBlocks;
use tacho_alerting::machine::event::Event;
use tacho_alerting::machine::{Machine, Options, ReceiveReport};
use tacho_alerting::record::{Row, RowKind};
use tacho_export::notification::{Notification, Outcome, Reason};
use tacho_model::labels::Labels;

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// When every world begins: a Friday, 12:00 UTC.
pub(crate) const START: i64 = 1_795_176_000_000;

/// Two channels of one receiver, the second without ends; one group an alert name.
pub(crate) const PLAIN: &str = "
route: {receiver: a, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h}
receivers:
- name: a
  webhook_configs: [{url: 'http://a/'}]
";

pub(crate) fn config(text: &str, own: &str) -> Arc<Config> {
    let config = Config::from_alertmanager(text).unwrap();
    let blocks = OwnBlocks::parse(own).unwrap();
    Arc::new(config.with_own(&blocks).unwrap())
}

pub(crate) fn labels(text: &str) -> Labels {
    let pairs = text.split(',').filter(|pair| !pair.is_empty());
    Labels::from_pairs(pairs.map(|pair| pair.split_once('=').unwrap()))
}

/// A machine and what is around it. Channels take everything at once unless told otherwise.
pub(crate) struct World {
    pub(crate) machine: Machine,
    pub(crate) config: Arc<Config>,
    pub(crate) rows: BTreeMap<(RowKind, String), Vec<u8>>,
    pub(crate) now: i64,
    /// What was sent, with the time.
    pub(crate) sent: Vec<(i64, Notification)>,
    pub(crate) events: Vec<Event>,
    /// Rows written so far.
    pub(crate) written: usize,
    /// What channels answer; nothing is no answer.
    pub(crate) answer: fn(&Notification) -> Option<Outcome>,
}

pub(crate) fn yes(_: &Notification) -> Option<Outcome> {
    Some(Outcome::Sent { thread: None })
}

pub(crate) fn dead(_: &Notification) -> Option<Outcome> {
    Some(Outcome::Dead {
        attempts: 3,
        error: "no".to_owned(),
    })
}

pub(crate) fn silence(_: &Notification) -> Option<Outcome> {
    None
}

impl World {
    pub(crate) fn new(text: &str, own: &str) -> Self {
        let config = config(text, own);
        Self {
            machine: Machine::new(Arc::clone(&config), Options::new(7)),
            config,
            rows: BTreeMap::new(),
            now: START,
            sent: Vec::new(),
            events: Vec::new(),
            written: 0,
            answer: yes,
        }
    }

    /// Time since the start, ms.
    pub(crate) fn since(&self) -> i64 {
        self.now - START
    }

    /// Makes durable what has to be.
    pub(crate) fn write(&mut self) {
        for row in self.machine.take_rows() {
            self.written += 1;
            let key = (row.kind, row.key);
            match row.value {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
        self.events.extend(self.machine.take_events());
    }

    /// Does what is due now, sends, answers.
    pub(crate) fn turn(&mut self) {
        loop {
            let told = self.machine.tick(self.now);
            self.write();
            let nothing = told.is_empty();
            for notification in told {
                self.sent.push((self.now, notification.clone()));
                if let Some(outcome) = (self.answer)(&notification) {
                    self.machine.outcome(notification.id, outcome, self.now);
                }
            }
            self.write();
            if nothing {
                return;
            }
        }
    }

    /// Lets time pass, doing everything when it is due.
    pub(crate) fn pass(&mut self, ms: i64) {
        let end = self.now + ms;
        while let Some(due) = self.machine.next_due_ms().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.turn();
        }
        self.now = end;
        self.turn();
    }

    pub(crate) fn post(&mut self, posted: PostedAlert) -> ReceiveReport {
        let report = self.machine.receive(vec![posted], self.now);
        self.turn();
        report
    }

    /// An alert fires, for a day unless told otherwise.
    pub(crate) fn fire(&mut self, text: &str) -> ReceiveReport {
        let mut posted = PostedAlert::firing(labels(text), Labels::default(), self.now);
        posted.ends_at_ms = Some(self.now + 24 * HOUR);
        self.post(posted)
    }

    /// An alert is over.
    pub(crate) fn end(&mut self, text: &str) -> ReceiveReport {
        let known = self.machine.alerts(&Default::default(), self.now);
        let mine = known.iter().find(|one| one.alert.labels == labels(text));
        let starts = mine.map_or(self.now, |one| one.alert.starts_at_ms);
        let mut posted = PostedAlert::firing(labels(text), Labels::default(), starts);
        posted.ends_at_ms = Some(self.now);
        self.post(posted)
    }

    /// Kills the machine and starts it again.
    pub(crate) fn crash(&mut self) -> Vec<Notification> {
        let rows = self.rows.iter().map(|((kind, key), value)| Row {
            kind: *kind,
            key: key.clone(),
            value: value.clone(),
        });
        let config = Arc::clone(&self.config);
        let (machine, problems) = Machine::restore(config, Options::new(8), rows, self.now);
        assert!(problems.is_empty(), "{problems:?}");
        self.machine = machine;
        self.machine.outbox()
    }

    /// What was sent since the last call: seconds since the start, receiver and kind, reason, alerts (`-` before
    /// those that are over).
    pub(crate) fn told(&mut self) -> Vec<String> {
        let sent = std::mem::take(&mut self.sent);
        sent.iter().map(|(at, one)| print(*at, one)).collect()
    }
}

pub(crate) fn print(at: i64, told: &Notification) -> String {
    let seconds = (at - START) as f64 / 1_000.0;
    let alerts = told.alerts.iter().map(|one| {
        let sign = if one.resolved { "-" } else { "" };
        let own = one.alert.labels.get("n").map(|n| format!(".{n}"));
        format!("{sign}{}{}", one.alert.name(), own.unwrap_or_default())
    });
    let alerts: Vec<String> = alerts.collect();
    let to = &told.to;
    let reason = match told.reason {
        Reason::Escalation { level } => format!("Level{level}"),
        other => format!("{other:?}"),
    };
    let alerts = alerts.join(" ");
    format!(
        "{seconds} {}/{}{} {reason} {alerts}",
        to.receiver, to.kind, to.index
    )
}

/// The kinds of events, in order.
pub(crate) fn kinds(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}
