//! What a receiver is told: a group of alerts at one moment.
//!
//! Made by `alerting`, rendered and sent here. Times are milliseconds since the epoch, UTC.

use tacho_model::alert::Alert;
use tacho_model::labels::Labels;

/// Names one integration of one receiver, as in Alertmanager: kind and place among its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntegrationKey {
    /// The receiver.
    pub receiver: String,
    /// The kind, such as `slack`.
    pub kind: String,
    /// Its place among the integrations of the same kind in the receiver, from 0.
    pub index: usize,
}

/// Why a receiver is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The first message of a group.
    First,
    /// Alerts joined the group.
    Grown,
    /// Some alerts of the group are over, others not.
    Shrunk,
    /// Nothing changed for the time of `repeat_interval`.
    Repeat,
    /// All alerts of the group are over.
    Resolved,
    /// Somebody acknowledged the group: channels with threads say so there.
    Acknowledged,
    /// An acknowledged group became worse, so that the acknowledgement ended.
    Reopened,
    /// Nobody acknowledged in time: a level of an escalation policy.
    Escalation {
        /// The level, from 1.
        level: usize,
    },
    /// So many groups at once that this stands for many messages.
    Storm,
    /// Somebody tries the way.
    Test,
}

/// An alert of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifiedAlert {
    /// The alert; `ends_at_ms` is meaningful for a resolved one.
    pub alert: Alert,
    /// Whether it is over.
    pub resolved: bool,
    /// Our name of it, such as `alert-12`; empty where it has none (a test).
    pub id: String,
}

/// One message to one integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Unique; also sent as idempotency key where a channel knows such a thing.
    pub id: u64,
    /// Where to.
    pub to: IntegrationKey,
    /// The group, as Alertmanager writes it: `{}/{severity="critical"}:{alertname="X"}`.
    pub group_key: String,
    /// The labels that the group has in common by `group_by`.
    pub group_labels: Labels,
    /// Its alerts, sorted as Alertmanager sorts them; at most `MAX_ALERTS` of them.
    pub alerts: Vec<NotifiedAlert>,
    /// Alerts that were left out.
    pub truncated: usize,
    /// Why.
    pub reason: Reason,
    /// When it was decided.
    pub at_ms: i64,
    /// Who acknowledged the group, and with what words.
    pub acknowledged: Option<Acknowledged>,
    /// What the channel called the first message of the group (a Slack `ts`, a Telegram message id,
    /// a Discord message id), so that later ones join its thread or update it.
    pub thread: Option<String>,
}

/// Alerts in one notification.
pub const MAX_ALERTS: usize = 1_000;

/// An acknowledgement as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// Why, may be empty.
    pub comment: String,
    /// When.
    pub at_ms: i64,
}

/// How sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The channel said yes.
    Sent {
        /// What it calls the message.
        thread: Option<String>,
    },
    /// It did not work and is tried again.
    Retrying {
        /// Tries so far.
        attempts: u32,
        /// What went wrong, without secrets.
        error: String,
        /// When it is tried again.
        next_ms: i64,
    },
    /// A newer notification of the same group took its place before it went out.
    Superseded,
    /// It is not tried again: the channel refused for good, or its time is over.
    Dead {
        /// Tries.
        attempts: u32,
        /// What went wrong, without secrets.
        error: String,
    },
}
