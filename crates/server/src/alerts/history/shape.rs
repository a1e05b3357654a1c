//! What the history keeps, as JSON with a version. Times are milliseconds since the epoch.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tacho_alerting::machine::event::{Event, EventKind, HiddenBy};
use tacho_export::message::facts::title_of;
use tacho_export::notification::{Notification, Outcome, Reason};
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;

/// Version of the shapes.
const VERSION: u32 = 1;
/// Alerts of a message that are named.
pub const NAMED_MAX: usize = 20;

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    #[serde(flatten)]
    value: T,
}

fn written<T: Serialize>(value: &T) -> Vec<u8> {
    // Plain structs of texts and numbers always have a form.
    serde_json::to_vec(&Versioned {
        version: VERSION,
        value,
    })
    .unwrap_or_default()
}

fn read<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Option<T> {
    let versioned: Versioned<T> = serde_json::from_slice(bytes).ok()?;
    (versioned.version <= VERSION).then_some(versioned.value)
}

/// A time an alert fired.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations when it began.
    pub annotations: BTreeMap<String, String>,
    /// How bad it was, as `Severity::as_str`.
    pub severity: String,
    /// When it began to fire.
    pub fired_ms: i64,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_ms: Option<i64>,
    /// Who took it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    /// Messages about it that arrived.
    #[serde(default)]
    pub notifications: usize,
    /// Receivers that were told.
    #[serde(default)]
    pub told: Vec<String>,
}

fn map_of(labels: &Labels) -> BTreeMap<String, String> {
    let pairs = labels.iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

impl Instance {
    /// What a firing alert begins with; nothing for another event.
    pub fn fired(event: &Event) -> Option<Self> {
        let EventKind::Fired {
            labels,
            annotations,
            severity,
            starts_at_ms,
        } = &event.kind
        else {
            return None;
        };
        Some(Self {
            labels: map_of(labels),
            annotations: map_of(annotations),
            severity: severity.as_str().to_owned(),
            fired_ms: *starts_at_ms,
            ..Self::default()
        })
    }

    /// Takes in what happened; false if that changes nothing.
    pub fn take(&mut self, event: &Event) -> bool {
        match &event.kind {
            // Its teller may name an end from before it was heard of.
            EventKind::Resolved { .. } => self.resolved_ms = Some(event.at_ms.max(self.fired_ms)),
            EventKind::Acknowledged { by, .. } => self.acknowledged_by = Some(by.clone()),
            EventKind::Unacknowledged { .. } | EventKind::Reopened { .. } => {
                self.acknowledged_by = None;
            }
            EventKind::Notified { to, .. } => {
                self.notifications += 1;
                if !self.told.contains(&to.receiver) {
                    self.told.push(to.receiver.clone());
                }
            }
            _ => return false,
        }
        true
    }

    /// The label `alertname`.
    pub fn name(&self) -> &str {
        self.labels.get("alertname").map_or("", String::as_str)
    }

    /// How bad it was.
    pub fn severity(&self) -> Severity {
        Severity::of_label(&self.severity).unwrap_or(Severity::Info)
    }

    pub(super) fn written(&self) -> Vec<u8> {
        written(self)
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        read(bytes)
    }
}

/// How a message fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits for its first try.
    #[default]
    Pending,
    /// It is tried again.
    Retrying,
    /// The channel said yes.
    Sent,
    /// It is not tried again by itself.
    Dead,
    /// A newer message went instead.
    Superseded,
}

/// A try.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attempt {
    /// When it ended.
    pub at_ms: i64,
    /// How long it took.
    pub duration_ms: f64,
    /// What was sent, without secrets.
    pub preview: String,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// When it was decided.
    pub at_ms: i64,
    /// When the channel said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_ms: Option<i64>,
    /// The receiver.
    pub receiver: String,
    /// The kind of integration.
    pub channel: String,
    /// Its place among those of its kind in the receiver.
    #[serde(default)]
    pub index: usize,
    /// Where to, without secrets.
    pub target: String,
    /// How it fares.
    pub status: Status,
    /// Why it was sent: `first`, `grown`, …
    pub reason: String,
    /// The worst of its alerts.
    pub severity: String,
    /// Its group.
    pub group_key: String,
    /// First line.
    pub title: String,
    /// Its alerts by our names, at most `NAMED_MAX`.
    pub alert_ids: Vec<String>,
    /// How many alerts.
    pub alerts: usize,
    /// Those of them that fire.
    pub firing: usize,
    /// Tries.
    pub attempts: u32,
    /// What last went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_ms: Option<i64>,
    /// How long the channel took last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// What was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
}

impl Delivery {
    /// A message that was decided.
    pub fn of(notification: &Notification, target: String) -> Self {
        let alerts = &notification.alerts;
        let firing = alerts.iter().filter(|one| !one.resolved).count();
        let worst = alerts.iter().map(|one| one.alert.severity()).min();
        Self {
            at_ms: notification.at_ms,
            receiver: notification.to.receiver.clone(),
            channel: notification.to.kind.clone(),
            index: notification.to.index,
            target,
            reason: reason_word(notification.reason).to_owned(),
            severity: worst.unwrap_or(Severity::Info).as_str().to_owned(),
            group_key: notification.group_key.clone(),
            title: title_of(notification),
            alert_ids: alerts
                .iter()
                .take(NAMED_MAX)
                .map(|one| one.id.clone())
                .collect(),
            alerts: alerts.len() + notification.truncated,
            firing,
            ..Self::default()
        }
    }

    /// Takes in what came of a try.
    pub fn take(&mut self, outcome: &Outcome, attempt: &Attempt) {
        self.duration_ms = Some(attempt.duration_ms);
        if !attempt.preview.is_empty() {
            self.preview = Some(attempt.preview.clone());
        }
        self.next_ms = None;
        match outcome {
            Outcome::Sent { .. } => {
                self.attempts += 1;
                self.status = Status::Sent;
                self.sent_ms = Some(attempt.at_ms);
                self.error = None;
            }
            Outcome::Retrying {
                attempts,
                error,
                next_ms,
            } => {
                self.status = Status::Retrying;
                self.attempts = *attempts;
                self.error = Some(error.clone());
                self.next_ms = Some(*next_ms);
            }
            Outcome::Dead { attempts, error } => {
                self.status = Status::Dead;
                self.attempts = *attempts;
                self.error = Some(error.clone());
            }
            Outcome::Superseded => self.status = Status::Superseded,
        }
    }

    pub(super) fn written(&self) -> Vec<u8> {
        written(self)
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        read(bytes)
    }
}

/// A reason as one word.
pub fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::First => "first",
        Reason::Grown => "grown",
        Reason::Shrunk => "shrunk",
        Reason::Repeat => "repeat",
        Reason::Resolved => "resolved",
        Reason::Acknowledged => "acknowledged",
        Reason::Reopened => "reopened",
        Reason::Escalation { .. } => "escalation",
        Reason::Storm => "storm",
        Reason::Test => "test",
    }
}

/// What happened to an alert.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EventRow {
    /// When.
    #[serde(skip)]
    pub at_ms: i64,
    /// What, as `EventKind::as_str`.
    pub kind: String,
    /// In words.
    pub text: String,
    /// The receiver it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// The message it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<u64>,
}

impl EventRow {
    /// An event in words.
    pub fn of(event: &Event) -> Self {
        let (text, receiver, notification) = words(&event.kind);
        Self {
            at_ms: event.at_ms,
            kind: event.kind.as_str().to_owned(),
            text,
            receiver,
            notification,
        }
    }

    pub(super) fn written(&self) -> Vec<u8> {
        written(self)
    }

    pub(super) fn read(at_ms: i64, bytes: &[u8]) -> Option<Self> {
        let row: Self = read(bytes)?;
        Some(Self { at_ms, ..row })
    }
}

fn words(kind: &EventKind) -> (String, Option<String>, Option<u64>) {
    match kind {
        EventKind::Notified {
            notification,
            to,
            reason,
            ..
        } => (
            format!(
                "{} was told by {} ({})",
                to.receiver,
                to.kind,
                reason_word(*reason)
            ),
            Some(to.receiver.clone()),
            Some(*notification),
        ),
        EventKind::NotifyRetrying {
            notification,
            to,
            error,
        } => (
            format!(
                "{} could not be told by {}, it is tried again: {error}",
                to.receiver, to.kind
            ),
            Some(to.receiver.clone()),
            Some(*notification),
        ),
        EventKind::NotifyFailed {
            notification,
            to,
            error,
            attempts,
            ..
        } => (
            format!(
                "{} was not told by {} after {}: {error}",
                to.receiver,
                to.kind,
                match attempts {
                    1 => "one try".to_owned(),
                    many => format!("{many} tries"),
                }
            ),
            Some(to.receiver.clone()),
            Some(*notification),
        ),
        EventKind::Storm { to, groups } => (
            format!("{} was told of {groups} groups in one message", to.receiver),
            Some(to.receiver.clone()),
            None,
        ),
        other => (plain_words(other), None, None),
    }
}

fn plain_words(kind: &EventKind) -> String {
    let because = |by: &str, comment: &str| match comment {
        "" => by.to_owned(),
        comment => format!("{by}: {comment}"),
    };
    match kind {
        EventKind::Fired { .. } => "it began to fire".to_owned(),
        EventKind::Resolved {
            timed_out: true, ..
        } => "it is over: nobody told of it any more".to_owned(),
        EventKind::Resolved { .. } => "it is over".to_owned(),
        EventKind::Hidden { by } => match by {
            HiddenBy::Silences(ids) => format!("nobody is told: silence {}", ids.join(", ")),
            HiddenBy::Alert(other) => format!("nobody is told: alert {other} says enough"),
            HiddenBy::Suppression(name) => format!("nobody is told: suppression {name}"),
        },
        EventKind::Shown => "nothing hides it any more".to_owned(),
        EventKind::Acknowledged { by, comment } => {
            format!("taken on by {}", because(by, comment))
        }
        EventKind::Unacknowledged { by } => format!("no longer taken on, by {by}"),
        EventKind::Reopened { firing, severity } => format!(
            "it became worse ({} alerts instead of {}, {} instead of {}): nobody has taken it on",
            firing.1, firing.0, severity.1, severity.0
        ),
        EventKind::Escalated {
            policy,
            level,
            on_call,
            ..
        } => match on_call {
            Some(person) => format!("level {level} of {policy} was told: {person} is on call"),
            None => format!("level {level} of {policy} was told"),
        },
        EventKind::SilenceSet { by, comment, .. } => {
            format!("silenced by {}", because(by, comment))
        }
        EventKind::SilenceExpired { .. } => "the silence ended".to_owned(),
        other => other.as_str().to_owned(),
    }
}
