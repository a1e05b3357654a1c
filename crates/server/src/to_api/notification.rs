//! Messages of the history to the shape of the API.

use super::alert::{to_severity, to_time};
use crate::alerts::history::shape::{Delivery, Status};
use tacho_api::notification::{NotificationEntry, NotificationReason, NotificationStatus};
use tacho_model::severity::Severity;

/// How a message fares.
pub fn to_status(status: Status) -> NotificationStatus {
    match status {
        Status::Pending => NotificationStatus::Pending,
        Status::Retrying => NotificationStatus::Retrying,
        Status::Sent => NotificationStatus::Sent,
        Status::Dead => NotificationStatus::Dead,
        Status::Superseded => NotificationStatus::Superseded,
    }
}

fn to_reason(word: &str) -> NotificationReason {
    match word {
        "grown" => NotificationReason::Grown,
        "shrunk" => NotificationReason::Shrunk,
        "repeat" => NotificationReason::Repeat,
        "resolved" => NotificationReason::Resolved,
        "acknowledged" => NotificationReason::Acknowledged,
        "reopened" => NotificationReason::Reopened,
        "escalation" => NotificationReason::Escalation,
        "storm" => NotificationReason::Storm,
        "test" => NotificationReason::Test,
        _ => NotificationReason::First,
    }
}

/// A message; with what was sent if `whole`.
pub fn to_entry(id: u64, delivery: &Delivery, whole: bool) -> NotificationEntry {
    let severity = Severity::of_label(&delivery.severity).unwrap_or(Severity::Info);
    NotificationEntry {
        id: id.to_string(),
        at: to_time(delivery.at_ms),
        sent_at: delivery.sent_ms.map(to_time),
        receiver: delivery.receiver.clone(),
        channel: delivery.channel.clone(),
        target: delivery.target.clone(),
        status: to_status(delivery.status),
        reason: to_reason(&delivery.reason),
        severity: to_severity(severity),
        group_key: delivery.group_key.clone(),
        title: delivery.title.clone(),
        alert_ids: delivery.alert_ids.clone(),
        alerts: delivery.alerts,
        firing: delivery.firing,
        attempts: delivery.attempts,
        error: delivery.error.clone(),
        next_attempt_at: delivery.next_ms.map(to_time),
        duration_ms: delivery.duration_ms,
        preview: delivery.preview.clone().filter(|_| whole),
    }
}
