//! The delivery log: what was sent to whom, what came back, and what waits.

use crate::alert::AlertSeverity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a message fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum NotificationStatus {
    /// It waits for its first try.
    #[default]
    Pending,
    /// It failed and is tried again.
    Retrying,
    /// The channel said yes.
    Sent,
    /// It is not tried again by itself.
    Dead,
    /// A newer message of the same group went instead.
    Superseded,
}

/// Why it was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum NotificationReason {
    /// The first of its group.
    #[default]
    First,
    /// Alerts joined.
    Grown,
    /// Some alerts were over.
    Shrunk,
    /// Nothing changed for `repeat_interval`.
    Repeat,
    /// All were over.
    Resolved,
    /// Somebody took it on.
    Acknowledged,
    /// It became worse.
    Reopened,
    /// Nobody took it on.
    Escalation,
    /// It stands for many.
    Storm,
    /// Somebody tried the way.
    Test,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationEntry {
    /// Its number.
    pub id: String,
    /// When it was decided.
    #[schema(format = DateTime)]
    pub at: String,
    /// When the channel said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub sent_at: Option<String>,
    /// The receiver.
    pub receiver: String,
    /// The kind of integration.
    pub channel: String,
    /// Where to, without secrets.
    pub target: String,
    /// How it fares.
    pub status: NotificationStatus,
    /// Why it was sent.
    pub reason: NotificationReason,
    /// The worst of its alerts.
    pub severity: AlertSeverity,
    /// Its group.
    pub group_key: String,
    /// First line.
    pub title: String,
    /// Its alerts, at most 20.
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
    #[schema(format = DateTime)]
    pub next_attempt_at: Option<String>,
    /// How long the channel took last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// What was sent, without secrets, at most 4 KiB; only when one message is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
}

/// A page of messages, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationList {
    /// The messages.
    pub notifications: Vec<NotificationEntry>,
    /// Messages that wait or are tried again.
    pub waiting: usize,
    /// Messages of the log that are dead.
    pub dead: usize,
    /// Leads to the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
