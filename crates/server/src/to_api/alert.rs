//! Alerts of the state machine, of rules and of the history to the shape of the API.

use super::routing::to_steps;
use crate::alerts::Alerts;
use crate::alerts::board::{Board, RuleAt, Side};
use crate::alerts::history::History;
use crate::alerts::history::shape::{EventRow, Instance};
use crate::alerts::unit::unit_of;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_alerting::acknowledge::Acknowledgement;
use tacho_alerting::machine::Machine;
use tacho_alerting::time_interval::next::next_change_of_any;
use tacho_alerting::view::{AlertView, Suppressors};
use tacho_api::alert::{
    Alert, AlertAcknowledgement, AlertEvent, AlertEventKind, AlertHistoryEntry, AlertSeverity,
    AlertState, Hidden, HiddenBy,
};
use tacho_export::message::links::{traces_path, web};
use tacho_model::alert::{Alert as ModelAlert, Fingerprint};
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;
use tacho_model::time::Timestamp;
use tacho_rules::condition::MetricFacts;
use tacho_rules::group::alert::AlertState as RuleAlertState;

/// The annotation in which inbound webhooks say where an alert came from.
const SOURCE: &str = crate::routes::webhook::SOURCE;
/// Stands for the base of the UI where an address is made.
const BASE: &str = ".";

/// What alerts are told with.
pub struct Surroundings<'a> {
    /// The state machine.
    pub machine: &'a Machine,
    /// What happened.
    pub history: &'a History,
    /// Rules and their alerts.
    pub board: &'a Board,
    /// Units of metrics.
    pub facts: &'a MetricFacts,
    /// Now, ms.
    pub now_ms: i64,
}

/// What is needed beside the state machine, read before it is locked.
pub struct Ground {
    /// Rules and their alerts.
    pub board: Board,
    /// Units of metrics.
    pub facts: Arc<MetricFacts>,
}

impl Ground {
    /// Reads what is now; not to be called from a task.
    pub fn of(alerts: &Alerts) -> Self {
        Self {
            board: Board::of(&alerts.running),
            facts: alerts.metric_facts(),
        }
    }
}

/// A time of the API.
pub fn to_time(ms: i64) -> String {
    Timestamp(ms.saturating_mul(1_000_000)).to_string()
}

/// A severity.
pub fn to_severity(severity: Severity) -> AlertSeverity {
    match severity {
        Severity::Critical => AlertSeverity::Critical,
        Severity::High => AlertSeverity::High,
        Severity::Medium => AlertSeverity::Medium,
        Severity::Low => AlertSeverity::Low,
        Severity::Info => AlertSeverity::Info,
    }
}

/// Labels as an object.
pub fn to_map(labels: &Labels) -> BTreeMap<String, String> {
    let pairs = labels.iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// One line about an alert.
pub fn to_summary(annotation: impl Fn(&str) -> Option<String>, name: &str) -> String {
    let told = ["summary", "description", "message"];
    let told = told.iter().filter_map(|name| annotation(name));
    let mut told = told.filter(|text| !text.trim().is_empty());
    let text = told.next().unwrap_or_else(|| name.to_owned());
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// Who has taken something on.
pub fn to_acknowledgement(of: &Acknowledgement) -> AlertAcknowledgement {
    AlertAcknowledgement {
        by: of.by.clone(),
        comment: of.comment.clone(),
        at: to_time(of.at_ms),
    }
}

impl Surroundings<'_> {
    /// An alert that the state machine holds.
    pub fn to_alert(&self, view: &AlertView) -> Alert {
        let side = self.board.side(view.fingerprint);
        let rule = side.map(|side| side.rule);
        let rule = rule.or_else(|| self.rule_of_other(&view.alert));
        let resolved = view.alert.is_resolved_at(self.now_ms);
        let mut alert = self.base(&view.alert, rule, resolved);
        if let Some(id) = view.id {
            alert.id = id.to_string();
            let instance = self.history.instance(id.0);
            alert.told = instance.map(|one| one.told.clone()).unwrap_or_default();
        }
        alert.state = match resolved {
            true => AlertState::Resolved,
            false => AlertState::Firing,
        };
        alert.ends_at = resolved.then(|| to_time(view.alert.ends_at_ms));
        alert.updated_at = to_time(view.updated_at_ms);
        alert.receivers.clone_from(&view.receivers);
        alert.hidden = self.to_hidden(&view.suppressors);
        alert.acknowledged = view.acknowledged.as_ref().map(to_acknowledgement);
        let briefs = view.groups.iter();
        let briefs: Vec<_> = briefs
            .filter_map(|id| self.machine.group_brief(*id))
            .collect();
        alert.group_key = briefs.first().map(|brief| brief.key.clone());
        let levels = briefs.iter().filter_map(|brief| brief.escalation.as_ref());
        alert.escalation_level = levels.map(|one| one.levels_done).max().unwrap_or(0);
        if let Some(side) = side {
            add_values(&mut alert, side);
        }
        alert
    }

    /// A pending alert of a rule.
    pub fn to_pending(&self, side: Side<'_>) -> Alert {
        let told = ModelAlert {
            labels: side.alert.labels.clone(),
            annotations: side.alert.annotations.to_labels(),
            starts_at_ms: side.alert.active_at_ms,
            ends_at_ms: i64::MAX,
            timeout: false,
            generator_url: String::new(),
        };
        let mut alert = self.base(&told, Some(side.rule), false);
        alert.state = AlertState::Pending;
        alert.updated_at = to_time(side.rule.seen.status.evaluated_at_ms.unwrap_or(self.now_ms));
        alert.receivers = self.receivers_of(&told.labels);
        add_values(&mut alert, side);
        alert
    }

    /// An alert that fires by its rule, and of which the state machine does not know yet.
    pub fn to_untold(&self, side: Side<'_>) -> Alert {
        let mut alert = self.to_pending(side);
        alert.state = AlertState::Firing;
        alert.starts_at = to_time(side.alert.fired_at_ms.unwrap_or(side.alert.active_at_ms));
        alert
    }

    /// An alert that is over.
    pub fn to_resolved(&self, number: u64, instance: &Instance) -> Alert {
        let told = ModelAlert {
            labels: Labels::from_pairs(&instance.labels),
            annotations: Labels::from_pairs(&instance.annotations),
            starts_at_ms: instance.fired_ms,
            ends_at_ms: instance.resolved_ms.unwrap_or(self.now_ms),
            timeout: false,
            generator_url: String::new(),
        };
        let rule = self.rule_of_other(&told);
        let mut alert = self.base(&told, rule, true);
        alert.id = format!("alert-{number}");
        alert.state = AlertState::Resolved;
        alert.severity = to_severity(instance.severity());
        alert.ends_at = instance.resolved_ms.map(to_time);
        alert.updated_at = to_time(told.ends_at_ms);
        alert.receivers = self.receivers_of(&told.labels);
        alert.told.clone_from(&instance.told);
        alert
    }

    fn base(&self, told: &ModelAlert, rule: Option<RuleAt<'_>>, resolved: bool) -> Alert {
        let fingerprint = told.fingerprint().to_string();
        let annotation = |name: &str| told.annotations.get(name).map(str::to_owned);
        let mut annotations = to_map(&told.annotations);
        let named_source = annotations.remove(SOURCE);
        let threshold = rule.and_then(|rule| rule.threshold());
        let expr = rule.and_then(|rule| rule.rule()?.expr.promql());
        Alert {
            id: fingerprint.clone(),
            fingerprint,
            name: told.name().to_owned(),
            severity: to_severity(told.severity()),
            summary: to_summary(annotation, told.name()),
            labels: to_map(&told.labels),
            annotations,
            starts_at: to_time(told.starts_at_ms),
            threshold: threshold
                .map(|one| one.value)
                .filter(|value| value.is_finite()),
            unit: expr.and_then(|expr| unit_of(expr, self.facts)),
            rule_id: rule.and_then(|rule| Some(rule.rule()?.id.to_string())),
            source: named_source.unwrap_or_else(|| {
                let source = if rule.is_some() {
                    "rules"
                } else {
                    "alertmanager"
                };
                source.to_owned()
            }),
            generator_url: told.generator_url.clone(),
            runbook_url: annotation("runbook_url").or_else(|| annotation("runbook")),
            traces_url: traces_of(told, resolved, self.now_ms),
            ..Alert::default()
        }
    }

    /// The rule of an alert that no rule gives now; nothing for alerts of others.
    fn rule_of_other(&self, told: &ModelAlert) -> Option<RuleAt<'_>> {
        match told.annotations.get(SOURCE) {
            Some(_) => None,
            None => self.board.rule_of(&told.labels),
        }
    }

    /// Whom the routes of these labels name, in order, without repeats.
    pub fn receivers_of(&self, labels: &Labels) -> Vec<String> {
        let mut receivers: Vec<String> = Vec::new();
        for route in self.machine.config().route.find(labels) {
            for name in &route.receivers {
                if !receivers.contains(name) {
                    receivers.push(name.clone());
                }
            }
        }
        receivers
    }

    /// Why nobody is told.
    pub fn to_hidden(&self, by: &Suppressors) -> Vec<Hidden> {
        let silences = by.silenced_by.iter().map(|id| self.silence(id));
        let alerts = by.inhibited_by.iter().map(|id| self.inhibition(*id));
        let times = by.muted_by.iter().map(|name| self.mute_time(name));
        let suppressions = by.suppressed_by.iter().map(|name| self.suppression(name));
        silences
            .chain(alerts)
            .chain(times)
            .chain(suppressions)
            .collect()
    }

    /// A silence as a reason.
    pub fn silence(&self, id: &str) -> Hidden {
        let silence = self.machine.silence(id);
        Hidden {
            by: HiddenBy::Silence,
            id: id.to_owned(),
            text: silence.map_or_else(String::new, |silence| {
                format!("{} ({})", silence.comment, silence.created_by)
            }),
            until: silence.map(|silence| to_time(silence.ends_at_ms)),
        }
    }

    /// Another alert as a reason.
    pub fn inhibition(&self, other: Fingerprint) -> Hidden {
        let source = self.machine.alert_by_fingerprint(other, self.now_ms);
        Hidden {
            by: HiddenBy::Inhibition,
            id: other.to_string(),
            text: match source {
                Some(source) => format!("{} says enough", source.alert.name()),
                None => "another alert says enough".to_owned(),
            },
            until: None,
        }
    }

    /// A time interval as a reason.
    pub fn mute_time(&self, name: &str) -> Hidden {
        let intervals = self.machine.config().time_intervals.get(name);
        let until = intervals.and_then(|all| next_change_of_any(all, self.now_ms));
        Hidden {
            by: HiddenBy::MuteTime,
            id: name.to_owned(),
            text: format!("nobody is told at this time: {name}"),
            until: until.map(to_time),
        }
    }

    /// A suppression as a reason.
    pub fn suppression(&self, name: &str) -> Hidden {
        let mut all = self.machine.config().suppressions.iter();
        let found = all.find(|one| one.name == name);
        let until = found.and_then(|one| {
            let ends = [one.end_ms, one.expires_ms];
            ends.into_iter().flatten().min()
        });
        Hidden {
            by: HiddenBy::Suppression,
            id: name.to_owned(),
            text: match found.map(|one| one.reason.as_str()) {
                None | Some("") => format!("suppression {name}"),
                Some(reason) => reason.to_owned(),
            },
            until: until.map(to_time),
        }
    }

    /// The routes that labels are held against.
    pub fn to_way(&self, labels: &Labels) -> Vec<tacho_api::route::RouteStep> {
        to_steps(self.machine, labels)
    }
}

fn add_values(alert: &mut Alert, side: Side<'_>) {
    alert.value = Some(side.alert.value).filter(|value| value.is_finite());
    alert.recent = side.rule.group.recent(side.alert.fingerprint);
    if side.alert.state == RuleAlertState::Firing && alert.recent.is_empty() {
        alert.recent.extend(alert.value);
    }
}

/// The traces behind an alert, relative to the base of the UI.
fn traces_of(alert: &ModelAlert, resolved: bool, now_ms: i64) -> Option<String> {
    let named = alert.annotations.get("traces_url");
    let named = named.and_then(|text| web(text, BASE));
    let until_ms = if resolved { alert.ends_at_ms } else { now_ms };
    named.or_else(|| traces_path(alert, until_ms).map(|path| format!("{BASE}{path}")))
}

/// Something that happened to an alert.
pub fn to_event(row: &EventRow, number: u64, instance: Option<&Instance>) -> Option<AlertEvent> {
    let kind = match row.kind.as_str() {
        "fired" => AlertEventKind::Fired,
        "resolved" => AlertEventKind::Resolved,
        "notified" => AlertEventKind::Notified,
        "notify_retrying" | "notify_failed" => AlertEventKind::NotifyFailed,
        "silenced" | "inhibited" | "suppressed" | "shown" => AlertEventKind::Hidden,
        "acknowledged" => AlertEventKind::Acknowledged,
        "unacknowledged" => AlertEventKind::Unacknowledged,
        "reopened" => AlertEventKind::Reopened,
        "escalated" => AlertEventKind::Escalated,
        "storm" => AlertEventKind::Storm,
        _ => return None,
    };
    Some(AlertEvent {
        at: to_time(row.at_ms),
        kind,
        alert_id: format!("alert-{number}"),
        name: instance
            .map(|one| one.name().to_owned())
            .unwrap_or_default(),
        severity: to_severity(instance.map_or(Severity::Info, Instance::severity)),
        text: row.text.clone(),
        receiver: row.receiver.clone(),
        notification_id: row.notification.map(|id| id.to_string()),
    })
}

/// A time an alert fired, for the history.
pub fn to_history_entry(number: u64, instance: &Instance) -> AlertHistoryEntry {
    let annotation = |name: &str| instance.annotations.get(name).cloned();
    AlertHistoryEntry {
        id: format!("alert-{number}"),
        name: instance.name().to_owned(),
        severity: to_severity(instance.severity()),
        labels: instance.labels.clone(),
        summary: to_summary(annotation, instance.name()),
        fired_at: to_time(instance.fired_ms),
        resolved_at: instance.resolved_ms.map(to_time),
        acknowledged_by: instance.acknowledged_by.clone(),
        notifications: instance.notifications,
    }
}
