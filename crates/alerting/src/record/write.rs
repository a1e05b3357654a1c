//! Makes rows of what changed.

use super::shape::{
    AcknowledgedRow, AlertRow, ByRow, CoverRow, EscalatingRow, GroupRow, LogRow, MatcherRow,
    MetaRow, NotifiedRow, OutboxRow, OverrideRow, SilenceRow, StormRow, TargetRow, VERSION,
};
use super::{RowChange, RowKind};
use crate::acknowledge::Acknowledgement;
use crate::alerts::Slot;
use crate::config::escalation::Override;
use crate::escalate::Escalating;
use crate::group::{Group, GroupId};
use crate::machine::{Cover, Machine, Pending};
use crate::notification_log::{LogEntry, LogKey};
use crate::silence::Silence;
use crate::storm::Window;
use serde::Serialize;
use tacho_export::notification::{IntegrationKey, NotifiedAlert, Reason};

impl Machine {
    /// What must be durable before the messages of the same call are sent, in one transaction. Each row at
    /// most once, in a fixed order.
    pub fn take_rows(&mut self) -> Vec<RowChange> {
        let dirty = std::mem::take(&mut self.dirty);
        let mut rows = Vec::new();
        let now_ms = self.meta.seen_ms;
        for fingerprint in dirty.alerts {
            let at = self.alerts.find(fingerprint);
            let value = at.and_then(|at| self.alert_row(at, now_ms));
            rows.push(change(RowKind::Alert, fingerprint.to_string(), value));
        }
        for id in dirty.groups {
            let value = self.groups.by_id(GroupId(id)).and_then(|at| {
                let route = self.routes.get(self.groups.get(at)?.route)?;
                let group = self.groups.get_mut(at)?;
                group.stored = true;
                json(&group_row(group, &route.id, &route.key))
            });
            rows.push(change(RowKind::Group, id.to_string(), value));
        }
        for key in dirty.log {
            let value = self.log.get(&key).and_then(|e| json(&log_row(&key, e)));
            rows.push(change(RowKind::Log, log_row_key(&key), value));
        }
        for id in dirty.outbox {
            let value = self.outbox.get(&id).and_then(|one| json(&outbox_row(one)));
            rows.push(change(RowKind::Outbox, id.to_string(), value));
        }
        for id in dirty.silences {
            let value = self.silences.get(&id).and_then(|s| json(&silence_row(s)));
            rows.push(change(RowKind::Silence, id, value));
        }
        for receiver in dirty.storms {
            let value = self.storms.get(&receiver).and_then(|w| json(&storm_row(w)));
            rows.push(change(RowKind::Storm, receiver, value));
        }
        for number in dirty.overrides {
            let value = self.overrides.get(&number);
            let value = value.and_then(|swap| json(&override_row(swap)));
            rows.push(change(RowKind::Override, number.to_string(), value));
        }
        if dirty.meta || !rows.is_empty() {
            rows.push(change(RowKind::Meta, "meta".to_owned(), self.meta_row()));
        }
        rows
    }

    fn alert_row(&mut self, at: u32, now_ms: i64) -> Option<Vec<u8>> {
        let slot = self.alerts.get(at)?;
        let over_in = slot.over.then(|| {
            let groups = slot.groups.iter().filter_map(|at| self.groups.get(*at));
            groups.map(|group| group.id.0).collect()
        });
        let value = json(&alert_row(slot, over_in));
        let slot = self.alerts.get_mut(at)?;
        slot.stored_at_ms = now_ms;
        slot.stored_ends_at_ms = slot.alert.ends_at_ms;
        value
    }

    fn meta_row(&self) -> Option<Vec<u8>> {
        json(&MetaRow {
            v: VERSION,
            next_alert: self.meta.next_alert,
            next_group: self.meta.next_group,
            next_notification: self.meta.next_notification,
            next_silence: self.meta.next_silence,
            next_override: self.meta.next_override,
            seen: self.meta.seen_ms,
        })
    }
}

fn change(kind: RowKind, key: String, value: Option<Vec<u8>>) -> RowChange {
    RowChange { kind, key, value }
}

fn json(shape: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(shape).ok()
}

fn alert_row(slot: &Slot, over_in: Option<Vec<u64>>) -> AlertRow {
    let alert = &slot.alert;
    AlertRow {
        v: VERSION,
        id: slot.number,
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        starts: alert.starts_at_ms,
        ends: alert.ends_at_ms,
        timeout: alert.timeout,
        url: alert.generator_url.clone(),
        updated: slot.updated_at_ms,
        over_in,
    }
}

fn group_row(group: &Group, route_id: &str, route_key: &str) -> GroupRow {
    GroupRow {
        v: VERSION,
        route: route_id.to_owned(),
        key: route_key.to_owned(),
        labels: group.labels.clone(),
        created: group.created_ms,
        due: group.due_ms,
        flushed: group.flushed,
        told: group.told_ms,
        acknowledged: group.acknowledged.as_deref().map(acknowledged_row),
        escalating: group.escalating.as_deref().map(escalating_row),
    }
}

fn acknowledged_row(acknowledged: &Acknowledgement) -> AcknowledgedRow {
    AcknowledgedRow {
        by: acknowledged.by.clone(),
        comment: acknowledged.comment.clone(),
        at: acknowledged.at_ms,
        firing: acknowledged.firing,
        severity: acknowledged.severity.as_str().to_owned(),
    }
}

fn escalating_row(escalating: &Escalating) -> EscalatingRow {
    EscalatingRow {
        policy: escalating.policy.clone(),
        since: escalating.since_ms,
        level: escalating.level,
        round: escalating.round,
        due: escalating.due_ms,
        told: escalating.told.iter().map(|to| target_row(to)).collect(),
    }
}

fn target_row(to: &IntegrationKey) -> TargetRow {
    TargetRow {
        receiver: to.receiver.clone(),
        kind: to.kind.clone(),
        index: to.index,
    }
}

/// The key of a row of the log: integration first, so that no two keys run together.
fn log_row_key(key: &LogKey) -> String {
    let to = &key.to;
    let length = to.receiver.len();
    format!(
        "{length}:{}/{}/{}:{}",
        to.receiver, to.kind, to.index, key.group
    )
}

fn log_row(key: &LogKey, entry: &LogEntry) -> LogRow {
    LogRow {
        v: VERSION,
        group: key.group.to_string(),
        to: target_row(&key.to),
        at: entry.at_ms,
        firing: entry.firing.clone(),
        resolved: entry.resolved.clone(),
        thread: entry.thread.clone(),
        notification: entry.notification,
        expires: entry.expires_ms,
    }
}

fn outbox_row(pending: &Pending) -> OutboxRow {
    let notification = &pending.notification;
    let acknowledged = notification.acknowledged.as_ref();
    OutboxRow {
        v: VERSION,
        to: target_row(&notification.to),
        group_key: notification.group_key.clone(),
        group_labels: notification.group_labels.clone(),
        alerts: notification.alerts.iter().map(notified_row).collect(),
        truncated: notification.truncated,
        reason: reason_text(notification.reason),
        at: notification.at_ms,
        acknowledged: acknowledged.map(|one| ByRow {
            by: one.by.clone(),
            comment: one.comment.clone(),
            at: one.at_ms,
        }),
        thread: notification.thread.clone(),
        covers: pending.covers.iter().map(cover_row).collect(),
    }
}

fn notified_row(notified: &NotifiedAlert) -> NotifiedRow {
    let alert = &notified.alert;
    NotifiedRow {
        id: notified.id.clone(),
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        starts: alert.starts_at_ms,
        ends: alert.ends_at_ms,
        timeout: alert.timeout,
        url: alert.generator_url.clone(),
        resolved: notified.resolved,
    }
}

fn cover_row(cover: &Cover) -> CoverRow {
    CoverRow {
        group: cover.group.0,
        key: cover.key.to_string(),
        firing: cover.firing.clone(),
        resolved: cover.resolved.clone(),
        repeat: cover.repeat_interval_ms,
        first: cover.first,
        logged: cover.logged,
    }
}

/// A reason as rows and history write it.
pub(crate) fn reason_text(reason: Reason) -> String {
    let word = match reason {
        Reason::First => "first",
        Reason::Grown => "grown",
        Reason::Shrunk => "shrunk",
        Reason::Repeat => "repeat",
        Reason::Resolved => "resolved",
        Reason::Acknowledged => "acknowledged",
        Reason::Reopened => "reopened",
        Reason::Escalation { level } => return format!("escalation-{level}"),
        Reason::Storm => "storm",
        Reason::Test => "test",
    };
    word.to_owned()
}

/// The reason of a text of `reason_text`.
pub(crate) fn parse_reason(text: &str) -> Option<Reason> {
    Some(match text {
        "first" => Reason::First,
        "grown" => Reason::Grown,
        "shrunk" => Reason::Shrunk,
        "repeat" => Reason::Repeat,
        "resolved" => Reason::Resolved,
        "acknowledged" => Reason::Acknowledged,
        "reopened" => Reason::Reopened,
        "storm" => Reason::Storm,
        "test" => Reason::Test,
        _ => Reason::Escalation {
            level: text.strip_prefix("escalation-")?.parse().ok()?,
        },
    })
}

fn silence_row(silence: &Silence) -> SilenceRow {
    let matchers = silence.matchers.iter().map(|matcher| MatcherRow {
        name: matcher.name().to_owned(),
        op: matcher.op().as_str().to_owned(),
        value: matcher.value().to_owned(),
    });
    SilenceRow {
        v: VERSION,
        matchers: matchers.collect(),
        starts: silence.starts_at_ms,
        ends: silence.ends_at_ms,
        updated: silence.updated_at_ms,
        by: silence.created_by.clone(),
        comment: silence.comment.clone(),
        annotations: silence.annotations.clone(),
    }
}

fn storm_row(window: &Window) -> StormRow {
    StormRow {
        v: VERSION,
        start: window.start_ms,
        told: window.told,
        summary: window.summary_ms,
    }
}

fn override_row(swap: &Override) -> OverrideRow {
    OverrideRow {
        v: VERSION,
        rota: swap.rota.clone(),
        start: swap.start_ms,
        end: swap.end_ms,
        member: swap.member.name.clone(),
        receivers: swap.member.receivers.clone(),
        reason: swap.reason.clone(),
        by: swap.created_by.clone(),
    }
}
