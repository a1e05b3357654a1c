//! Alerts: what is wrong now, what fired lately, and taking an alert on. `alert_list.rs` filters and sorts.

use super::alert_list::{Asked, counts_of, list_of};
use super::work::{read_body, with_alerts};
use super::{PathText, Shared, params};
use crate::alerts::Alerts;
use crate::alerts::history::shape::Instance;
use crate::answer::{Answer, ApiError, Json};
use crate::to_api::alert::{Ground, Surroundings, to_history_entry};
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;
use tacho_alerting::acknowledge::Selector;
use tacho_alerting::alerts::AlertId;
use tacho_alerting::error::ErrorKind as AlertingErrorKind;
use tacho_alerting::group::GroupId;
use tacho_alerting::machine::Machine;
use tacho_alerting::view::AlertView;
use tacho_api::alert::{AcknowledgeRequest, Alert, AlertCounts, AlertHistory, AlertList};
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;

/// Who acknowledges if nobody says.
const NOBODY: &str = "api";
/// Length of the history if nobody says, ns.
const HISTORY_NS: i64 = 24 * 3_600_000_000_000;
const ACKNOWLEDGE: &str = "/api/v1/alerts/{alert_id}/acknowledge";

/// `GET /api/v1/alerts`.
pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Json<AlertList>> {
    let params = params(&state, Method::Get, "/api/v1/alerts", &uri)?;
    let asked = Asked::of(&params)?;
    with_alerts(&state, move |alerts, _| Ok(Json(list_of(alerts, &asked)))).await
}

/// How many alerts there are. Not to be called from a task.
pub(crate) fn counts(alerts: &Alerts) -> AlertCounts {
    counts_of(alerts)
}

/// `GET /api/v1/alerts/history`.
pub(super) async fn history(State(state): Shared, uri: Uri) -> Answer<Json<AlertHistory>> {
    let params = params(&state, Method::Get, "/api/v1/alerts/history", &uri)?;
    let range = params.recent_range(HISTORY_NS)?;
    let (start_ms, end_ms) = (
        range.start.0.div_euclid(1_000_000),
        range.end.0.div_euclid(1_000_000),
    );
    let rule = params.text("rule").map(str::to_owned);
    let text = params.text("text").map(str::to_lowercase);
    let limit = params.integer("limit")?;
    let before = params.text("cursor").map(|cursor| {
        cursor.parse::<u64>().map_err(|_| {
            ApiError::parameter("cursor", format!("cursor {cursor:?} was not given out"))
        })
    });
    let before = before.transpose()?;
    with_alerts(&state, move |alerts, _| {
        let name = rule.map(|rule| name_of_rule(alerts, &rule)).transpose()?;
        let wanted = |instance: &Instance| {
            name.as_ref().is_none_or(|name| instance.name() == name)
                && text.as_ref().is_none_or(|text| contains(instance, text))
        };
        let within = |ms: i64| (start_ms..end_ms).contains(&ms);
        let mut shape = AlertHistory::default();
        let mut last = None;
        for (number, instance) in alerts.history.instances() {
            let fired = within(instance.fired_ms);
            let resolved = instance.resolved_ms.is_some_and(within);
            if !(fired || resolved) || !wanted(&instance) {
                continue;
            }
            shape.fired += usize::from(fired);
            shape.resolved += usize::from(resolved);
            if before.is_some_and(|before| number >= before) {
                continue;
            }
            if shape.details.len() < limit {
                shape.details.push(to_history_entry(number, &instance));
                last = Some(number);
            } else {
                shape.next_cursor = last.map(|number| number.to_string());
            }
        }
        Ok(Json(shape))
    })
    .await
}

fn contains(instance: &Instance, text: &str) -> bool {
    let mut values = instance.labels.values();
    values.any(|value| value.to_lowercase().contains(text))
}

/// The name of the alerts of a rule.
fn name_of_rule(alerts: &Alerts, id: &str) -> Answer<String> {
    let groups = alerts.running.groups();
    let mut rules = groups.iter().flat_map(|group| &group.rules.rules);
    let rule = rules.find(|rule| rule.id.as_str() == id);
    rule.map(|rule| rule.name().to_owned())
        .ok_or_else(|| ApiError::new(ErrorKind::NotFound, format!("there is no rule {id:?}")))
}

/// `POST /api/v1/alerts/{alert_id}/acknowledge`.
pub(super) async fn acknowledge(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
    body: Body,
) -> Answer<Json<Alert>> {
    params(&state, Method::Post, ACKNOWLEDGE, &uri)?;
    let asked: AcknowledgeRequest = read_body(&state, body).await?;
    with_alerts(&state, move |alerts, _| {
        let by = match asked.by.trim() {
            "" => NOBODY,
            by => by,
        };
        let comment = asked.comment.trim();
        change(alerts, &id, |machine, selector, now_ms| {
            machine.acknowledge(selector, by, comment, now_ms)
        })
    })
    .await
}

/// `DELETE /api/v1/alerts/{alert_id}/acknowledge`.
pub(super) async fn unacknowledge(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<Alert>> {
    params(&state, Method::Delete, ACKNOWLEDGE, &uri)?;
    with_alerts(&state, move |alerts, _| {
        change(alerts, &id, |machine, selector, now_ms| {
            machine.unacknowledge(selector, NOBODY, now_ms)
        })
    })
    .await
}

/// Changes the groups of an alert and tells the alert as it is then.
fn change(
    alerts: &Arc<Alerts>,
    id: &str,
    change: impl FnOnce(&mut Machine, &Selector, i64) -> tacho_alerting::error::Result<Vec<GroupId>>,
) -> Answer<Json<Alert>> {
    let selector = Selector::parse(id).ok_or_else(|| no_alert(id))?;
    let groups = alerts
        .notifier
        .change(|machine, now_ms| change(machine, &selector, now_ms))
        .map_err(|error| match error.kind {
            AlertingErrorKind::NotFound => not_held(alerts, id),
            _ => ApiError::from(error),
        })?;
    let ground = Ground::of(alerts);
    let alert = alerts.notifier.read(|machine, now_ms| {
        let surroundings = Surroundings {
            machine,
            history: &alerts.history,
            board: &ground.board,
            facts: &ground.facts,
            now_ms,
        };
        let view = view_of(machine, &selector, &groups, now_ms);
        view.map(|view| surroundings.to_alert(&view))
    });
    alert.map(Json).ok_or_else(|| no_alert(id))
}

fn view_of(
    machine: &Machine,
    selector: &Selector,
    groups: &[GroupId],
    now_ms: i64,
) -> Option<AlertView> {
    match selector {
        Selector::Alert(id) => machine.alert(*id, now_ms),
        Selector::Fingerprint(fingerprint) => machine.alert_by_fingerprint(*fingerprint, now_ms),
        Selector::Group(_) | Selector::GroupKey(_) => {
            let group = machine.group(*groups.first()?, now_ms)?;
            group.alerts.into_iter().next()
        }
    }
}

/// There is no alert of this name.
pub(super) fn no_alert(id: &str) -> ApiError {
    ApiError::new(ErrorKind::NotFound, format!("there is no alert {id:?}"))
        .hint("GET /api/v1/alerts lists them")
}

/// The state machine holds none of this name: it may be over.
fn not_held(alerts: &Alerts, id: &str) -> ApiError {
    let over = AlertId::parse(id).and_then(|id| alerts.history.instance(id.0));
    match over {
        Some(_) => ApiError::new(ErrorKind::Conflict, format!("{id} is over")),
        None => no_alert(id),
    }
}
