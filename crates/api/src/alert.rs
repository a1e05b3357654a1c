//! Alerts: what is wrong now, who was told, who has taken it, and what happened to it.
//! An alert is one label set of one rule (or of another system) from the moment it fires until it is over.

use crate::notification::NotificationEntry;
use crate::route::RouteStep;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where an alert is in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AlertState {
    /// The condition holds, long enough.
    #[default]
    Firing,
    /// The condition holds, but not yet for the time that the rule asks.
    Pending,
    /// It is over.
    Resolved,
}

/// How bad it is: one view of both vocabularies; the raw label stays in `labels`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AlertSeverity {
    /// Everybody at once.
    #[default]
    Critical,
    /// Within 15 minutes.
    High,
    /// Within an hour; `warning`.
    Medium,
    /// Within a day.
    Low,
    /// No action; also what is not known.
    Info,
}

/// Why nobody is told of an alert that fires.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum HiddenBy {
    /// A silence.
    #[default]
    Silence,
    /// Another alert that says enough.
    Inhibition,
    /// A time interval in which the route is mute, or outside of one in which it is active.
    MuteTime,
    /// A suppression of the configuration.
    Suppression,
}

/// One reason why nobody is told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hidden {
    /// What kind of reason.
    pub by: HiddenBy,
    /// The id of the silence, the fingerprint of the other alert, the name of the time interval or suppression.
    pub id: String,
    /// In words, with comment and creator where there are some.
    pub text: String,
    /// When it ends, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
}

/// Who has taken an alert on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertAcknowledgement {
    /// Who.
    pub by: String,
    /// Why; may be empty.
    pub comment: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// An alert.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Its name, such as `alert-12`; a pending one has its fingerprint.
    pub id: String,
    /// 16 hexadecimal digits of its labels, as Alertmanager shows them.
    pub fingerprint: String,
    /// The label `alertname`.
    pub name: String,
    /// Where it is in its life.
    pub state: AlertState,
    /// How bad it is.
    pub severity: AlertSeverity,
    /// One line: the annotation `summary`, else `description`, else the name.
    pub summary: String,
    /// Identify it.
    pub labels: BTreeMap<String, String>,
    /// Describe it.
    pub annotations: BTreeMap<String, String>,
    /// Since when it fires; of a pending one since when the condition holds.
    #[schema(format = DateTime)]
    pub starts_at: String,
    /// When it was over; absent while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
    /// When it was last heard of.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// The value of the rule at its last evaluation; absent where another system told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What the value is compared with, where the rule is a comparison with a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The unit of value and threshold as OpenTelemetry writes it (`s`, `By`, `1`, …), where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The rule that it comes from; absent where another system told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
    /// `rules`, `alertmanager` (API of Alertmanager, so also Prometheus), `grafana`, or `webhook`.
    pub source: String,
    /// Leads to where it came from; may be empty.
    pub generator_url: String,
    /// What to do: the annotation `runbook_url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook_url: Option<String>,
    /// The traces behind it: the annotation `traces_url`, else a search by its labels; relative to the base of the UI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traces_url: Option<String>,
    /// The first group that it is in; absent for a pending one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_key: Option<String>,
    /// Whom its routes name, in order, without repeats.
    pub receivers: Vec<String>,
    /// Receivers that a message about it has reached.
    pub told: Vec<String>,
    /// Why nobody is told, each reason; empty if nothing hides it.
    pub hidden: Vec<Hidden>,
    /// Who has taken it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<AlertAcknowledgement>,
    /// Levels of its escalation policy that were told; 0 for none.
    pub escalation_level: usize,
    /// Values of the last evaluations, oldest first, at most 30, for a small picture.
    pub recent: Vec<f64>,
}

/// Alerts by state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertCounts {
    /// Firing, hidden and acknowledged ones too.
    pub firing: usize,
    /// Pending.
    pub pending: usize,
    /// Firing and acknowledged.
    pub acknowledged: usize,
    /// Firing, and nobody is told.
    pub hidden: usize,
    /// Firing and critical, neither acknowledged nor hidden.
    pub critical: usize,
    /// Over within the last hour.
    pub resolved: usize,
}

/// What the topic `alerts` of a live stream tells: something about alerts changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertNotice {
    /// Grows with every change.
    pub revision: u64,
    /// Alerts by state now.
    pub counts: AlertCounts,
}

/// A page of alerts: firing before pending before resolved, then the worst, then the newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertList {
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// Of all alerts, whatever the filters.
    pub counts: AlertCounts,
    /// Alerts that the filters take.
    pub total: usize,
    /// Leads to the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AlertEventKind {
    /// It began to fire.
    #[default]
    Fired,
    /// It is over.
    Resolved,
    /// A receiver was told.
    Notified,
    /// A receiver could not be told.
    NotifyFailed,
    /// Nobody was told, with the reason.
    Hidden,
    /// Somebody took it on.
    Acknowledged,
    /// The acknowledgement ended or was taken back.
    Unacknowledged,
    /// It became worse, so that the acknowledgement ended.
    Reopened,
    /// The next level of its policy was told.
    Escalated,
    /// It was told in a summary with many others.
    Storm,
}

/// One thing that happened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertEvent {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// What.
    pub kind: AlertEventKind,
    /// To which alert.
    pub alert_id: String,
    /// Its name.
    pub name: String,
    /// Its severity then.
    pub severity: AlertSeverity,
    /// In words.
    pub text: String,
    /// The receiver it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// The message it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_id: Option<String>,
}

/// All about one alert.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertDetail {
    /// The alert.
    pub alert: Alert,
    /// The expression of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// What to draw: the left side of the comparison, limited to the labels of this alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart_expr: Option<String>,
    /// How long the condition must hold, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<f64>,
    /// What happened, newest first, at most 200.
    pub events: Vec<AlertEvent>,
    /// Messages about its group, newest first, at most 100.
    pub notifications: Vec<NotificationEntry>,
    /// The routes that took it.
    pub way: Vec<RouteStep>,
    /// Alerts in its group.
    pub group_alerts: usize,
    /// When its group is looked at next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub next_notification_at: Option<String>,
    /// The escalation policy that holds for its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<AlertEscalation>,
    /// Earlier times the same label set fired, newest first, at most 50.
    pub earlier: Vec<AlertSpan>,
}

/// How far the escalation of a group is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertEscalation {
    /// The policy.
    pub policy: String,
    /// Levels told.
    pub level: usize,
    /// Levels that there are.
    pub levels: usize,
    /// When the next level is told; absent if none follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub next_at: Option<String>,
    /// Whom the next level tells.
    pub next_receivers: Vec<String>,
}

/// A time an alert fired.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertSpan {
    /// Its name then.
    pub id: String,
    /// From.
    #[schema(format = DateTime)]
    pub fired_at: String,
    /// To; absent while it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
}

/// Takes an alert and its group on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AcknowledgeRequest {
    /// Who; `api` if empty.
    pub by: String,
    /// Why; may be empty.
    pub comment: String,
}

/// An alert of the history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertHistoryEntry {
    /// Its name.
    pub id: String,
    /// The label `alertname`.
    pub name: String,
    /// Its severity.
    pub severity: AlertSeverity,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// One line.
    pub summary: String,
    /// When it began to fire.
    #[schema(format = DateTime)]
    pub fired_at: String,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    /// Who took it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    /// Messages about it that arrived.
    pub notifications: usize,
}

/// What fired and was over in a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertHistory {
    /// Alerts that began to fire in the time.
    pub fired: usize,
    /// Alerts that were over in the time.
    pub resolved: usize,
    /// Newest first.
    pub details: Vec<AlertHistoryEntry>,
    /// Leads to the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// An alert that is sent along the real route for trial.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AlertTestRequest {
    /// The label `severity`; `HIGH` if empty.
    pub severity: String,
    /// More labels; `alertname` is `TachographTest` unless it is here.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Only this receiver, whatever the routes say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// Really send; else only show.
    pub send: bool,
}

/// What one integration would get, or got.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertTestMessage {
    /// The receiver.
    pub receiver: String,
    /// The kind of integration, such as `slack`.
    pub channel: String,
    /// First line.
    pub title: String,
    /// The message as text.
    pub text: String,
    /// Whether it arrived; absent if it was only shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<bool>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long the channel took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
}

/// The way of an alert for trial.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertTestReport {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The routes that take it.
    pub way: Vec<RouteStep>,
    /// Who gets it.
    pub receivers: Vec<String>,
    /// What would hide it; a test is sent all the same.
    pub hidden: Vec<Hidden>,
    /// What they get.
    pub messages: Vec<AlertTestMessage>,
}
