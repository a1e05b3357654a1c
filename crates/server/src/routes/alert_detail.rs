//! All about one alert: what happened, who was told, the chart of its rule, earlier times.

use super::alert::no_alert;
use super::work::with_alerts;
use super::{PathText, Shared, params};
use crate::alerts::Alerts;
use crate::alerts::board::RuleAt;
use crate::alerts::chart::chart_expr;
use crate::alerts::history::shape::Instance;
use crate::answer::{Answer, Json};
use crate::to_api::alert::{Ground, Surroundings, to_event, to_time};
use crate::to_api::notification::to_entry;
use axum::extract::State;
use axum::http::Uri;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_alerting::alerts::AlertId;
use tacho_alerting::brief::GroupBrief;
use tacho_alerting::machine::Machine;
use tacho_alerting::view::AlertView;
use tacho_api::alert::{Alert, AlertDetail, AlertEscalation, AlertSpan};
use tacho_api::notification::NotificationEntry;
use tacho_api::operation::Method;
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;

/// Events that are told.
const EVENTS: usize = 200;
/// Messages that are told.
const NOTIFICATIONS: usize = 100;
/// Earlier times that are told.
const EARLIER: usize = 50;

/// `GET /api/v1/alerts/{id}`.
pub(super) async fn one(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<AlertDetail>> {
    params(&state, Method::Get, "/api/v1/alerts/{id}", &uri)?;
    with_alerts(&state, move |alerts, _| {
        let found = find(alerts, &id).ok_or_else(|| no_alert(&id))?;
        Ok(Json(detail(alerts, found)?))
    })
    .await
}

/// What is known of an alert.
enum Found {
    /// The state machine holds it.
    Held(Box<AlertView>),
    /// Only its rule knows of it.
    OfRule(Fingerprint),
    /// It is over.
    Over(u64, Arc<Instance>),
}

/// The alert of a name or of a fingerprint: of those with one fingerprint the newest.
fn find(alerts: &Alerts, id: &str) -> Option<Found> {
    if let Some(fingerprint) = Fingerprint::parse(id) {
        let held = alerts
            .notifier
            .read(|machine, now_ms| machine.alert_by_fingerprint(fingerprint, now_ms));
        if let Some(view) = held.filter(|view| view.id.is_some()) {
            return Some(Found::Held(Box::new(view)));
        }
        let board = crate::alerts::board::Board::of(&alerts.running);
        if board.side(fingerprint).is_some() {
            return Some(Found::OfRule(fingerprint));
        }
        let mut newest = alerts.history.instances().into_iter();
        let over = newest
            .find(|(_, one)| Fingerprint::of(&Labels::from_pairs(&one.labels)) == fingerprint);
        return over.map(|(number, one)| Found::Over(number, one));
    }
    let id = AlertId::parse(id)?;
    let held = alerts
        .notifier
        .read(|machine, now_ms| machine.alert(id, now_ms));
    match held {
        Some(view) => Some(Found::Held(Box::new(view))),
        None => {
            let over = alerts.history.instance(id.0)?;
            Some(Found::Over(id.0, over))
        }
    }
}

fn detail(alerts: &Alerts, found: Found) -> Answer<AlertDetail> {
    let ground = Ground::of(alerts);
    let (mut detail, labels) = alerts.notifier.read(|machine, now_ms| {
        let surroundings = Surroundings {
            machine,
            history: &alerts.history,
            board: &ground.board,
            facts: &ground.facts,
            now_ms,
        };
        base(&surroundings, &found)
    });
    let rule = detail
        .alert
        .rule_id
        .as_ref()
        .and_then(|id| ground.board.rule(id));
    if let Some(rule) = rule {
        add_rule(&mut detail, rule, &labels);
    }
    let number = match &found {
        Found::Held(view) => view.id.map(|id| id.0),
        Found::Over(number, _) => Some(*number),
        Found::OfRule(_) => None,
    };
    if let Some(number) = number {
        let instance = alerts.history.instance(number);
        let rows = alerts.history.events(number, EVENTS)?;
        let events = rows.iter();
        detail.events = events
            .filter_map(|row| to_event(row, number, instance.as_deref()))
            .collect();
    }
    detail.notifications = notifications(alerts, &detail.alert);
    detail.earlier = earlier(alerts, number, &detail.alert.labels);
    Ok(detail)
}

/// What the state machine and the rule know.
fn base(surroundings: &Surroundings<'_>, found: &Found) -> (AlertDetail, Labels) {
    let machine = surroundings.machine;
    let (alert, labels, groups) = match found {
        Found::Held(view) => {
            let groups = view.groups.iter();
            let groups: Vec<GroupBrief> =
                groups.filter_map(|id| machine.group_brief(*id)).collect();
            (
                surroundings.to_alert(view),
                view.alert.labels.clone(),
                groups,
            )
        }
        Found::OfRule(fingerprint) => match surroundings.board.side(*fingerprint) {
            Some(side) => {
                let labels = side.alert.labels.clone();
                (surroundings.to_pending(side), labels, Vec::new())
            }
            None => Default::default(),
        },
        Found::Over(number, instance) => {
            let labels = Labels::from_pairs(&instance.labels);
            (
                surroundings.to_resolved(*number, instance),
                labels,
                Vec::new(),
            )
        }
    };
    let first = groups.first();
    let detail = AlertDetail {
        way: surroundings.to_way(&labels),
        group_alerts: first.map_or(0, |group| group.alerts),
        next_notification_at: groups
            .iter()
            .map(|group| group.next_flush_ms)
            .min()
            .map(to_time),
        escalation: groups
            .iter()
            .find_map(|group| escalation(machine, group, surroundings.now_ms)),
        alert,
        ..AlertDetail::default()
    };
    (detail, labels)
}

fn escalation(machine: &Machine, group: &GroupBrief, now_ms: i64) -> Option<AlertEscalation> {
    let view = group.escalation.as_ref()?;
    let config = &machine.config().escalation;
    let mut policies = config.policies.iter();
    let policy = policies.find(|policy| policy.name == view.policy);
    let level = policy.and_then(|policy| policy.levels.get(view.levels_done));
    let mut receivers = level
        .map(|level| level.receivers.clone())
        .unwrap_or_default();
    let rota = level.and_then(|level| config.rota(level.rota.as_deref()?));
    if let Some(rota) = rota {
        let overrides = machine.all_overrides();
        let at_ms = view.next_ms.unwrap_or(now_ms);
        let on_call = rota.on_call(at_ms, &overrides).filter(|now| now.on_duty);
        receivers.extend(
            on_call
                .into_iter()
                .flat_map(|now| now.member.receivers.clone()),
        );
    }
    Some(AlertEscalation {
        policy: view.policy.clone(),
        level: view.levels_done,
        levels: view.levels,
        next_at: view.next_ms.map(to_time),
        next_receivers: view.next_ms.map(|_| receivers).unwrap_or_default(),
    })
}

fn add_rule(detail: &mut AlertDetail, at: RuleAt<'_>, labels: &Labels) {
    let Some(rule) = at.rule() else { return };
    detail.expr = Some(rule.expr.text().to_owned());
    detail.chart_expr = chart_expr(&at.group.rules, rule, labels);
    detail.for_ms = Some(rule.for_ms as f64);
}

/// Messages about the alert, or about its group while it was in it.
fn notifications(alerts: &Alerts, alert: &Alert) -> Vec<NotificationEntry> {
    let deliveries = alerts.history.deliveries().into_iter();
    let about = deliveries.filter(|(_, one)| {
        let of_group =
            alert.group_key.as_ref() == Some(&one.group_key) && one.alerts > one.alert_ids.len();
        of_group || one.alert_ids.contains(&alert.id)
    });
    let mut newest: Vec<_> = about.collect();
    newest.sort_by_key(|(id, one)| std::cmp::Reverse((one.at_ms, *id)));
    let shown = newest.iter().take(NOTIFICATIONS);
    shown.map(|(id, one)| to_entry(*id, one, false)).collect()
}

fn earlier(alerts: &Alerts, now: Option<u64>, labels: &BTreeMap<String, String>) -> Vec<AlertSpan> {
    let instances = alerts.history.instances().into_iter();
    let same = instances
        .filter(|(number, one)| now.is_none_or(|now| *number < now) && one.labels == *labels);
    same.take(EARLIER)
        .map(|(number, one)| AlertSpan {
            id: format!("alert-{number}"),
            fired_at: to_time(one.fired_ms),
            resolved_at: one.resolved_ms.map(to_time),
        })
        .collect()
}
