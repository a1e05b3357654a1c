//! The delivery log: what was sent to whom, what waits, and sending once more.

use super::work::with_alerts;
use super::{PathText, Shared, params};
use crate::alerts::Alerts;
use crate::alerts::history::shape::{Delivery, Status};
use crate::answer::{Answer, ApiError, Json};
use crate::params::Params;
use crate::to_api::notification::to_entry;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;
use tacho_api::error::ErrorKind;
use tacho_api::notification::{NotificationEntry, NotificationList};
use tacho_api::operation::Method;

const STATUSES: [(&str, Status); 5] = [
    ("pending", Status::Pending),
    ("retrying", Status::Retrying),
    ("sent", Status::Sent),
    ("dead", Status::Dead),
    ("superseded", Status::Superseded),
];

/// `GET /api/v1/notifications`.
pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Json<NotificationList>> {
    let params = params(&state, Method::Get, "/api/v1/notifications", &uri)?;
    let statuses = statuses(&params)?;
    let receiver = params.text("receiver").map(str::to_owned);
    let alert = params.text("alert").map(str::to_owned);
    let range = params.range()?;
    let ms = |ns: i64| ns.div_euclid(1_000_000);
    let range = (ms(range.start.0), ms(range.end.0));
    let limit = params.integer("limit")?;
    let before = params.text("cursor").map(read_cursor).transpose()?;
    with_alerts(&state, move |alerts, _| {
        let mut shape = NotificationList::default();
        let mut rows = Vec::new();
        for (id, one) in alerts.history.deliveries() {
            let waits = matches!(one.status, Status::Pending | Status::Retrying);
            shape.waiting += usize::from(waits);
            shape.dead += usize::from(one.status == Status::Dead);
            let wanted = (statuses.is_empty() || statuses.contains(&one.status))
                && receiver.as_ref().is_none_or(|name| one.receiver == *name)
                && alert.as_ref().is_none_or(|id| one.alert_ids.contains(id))
                && (range.0..range.1).contains(&one.at_ms)
                && before.is_none_or(|before| (one.at_ms, id) < before);
            if wanted {
                rows.push((one.at_ms, id, one));
            }
        }
        rows.sort_by_key(|(at_ms, id, _)| std::cmp::Reverse((*at_ms, *id)));
        if let (true, Some((at_ms, id, _))) = (rows.len() > limit, rows.get(limit - 1)) {
            shape.next_cursor = Some(format!("{at_ms}.{id}"));
        }
        let shown = rows.iter().take(limit);
        shape.notifications = shown
            .map(|(_, id, one)| to_entry(*id, one, false))
            .collect();
        Ok(Json(shape))
    })
    .await
}

fn statuses(params: &Params) -> Answer<Vec<Status>> {
    let Some(text) = params.text("status") else {
        return Ok(Vec::new());
    };
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            let known = STATUSES.iter().find(|(name, _)| *name == word);
            known.map(|(_, status)| *status).ok_or_else(|| {
                let names: Vec<&str> = STATUSES.iter().map(|(name, _)| *name).collect();
                ApiError::parameter("status", format!("status {word:?} is not known"))
                    .hint(format!("takes {}", names.join(", ")))
            })
        })
        .collect()
}

fn read_cursor(text: &str) -> Answer<(i64, u64)> {
    let parts = text.split_once('.');
    let read = parts.and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    read.ok_or_else(|| ApiError::parameter("cursor", format!("cursor {text:?} was not given out")))
}

/// `GET /api/v1/notifications/{id}`.
pub(super) async fn one(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<NotificationEntry>> {
    params(&state, Method::Get, "/api/v1/notifications/{id}", &uri)?;
    with_alerts(&state, move |alerts, _| {
        let (id, one) = find(alerts, &id)?;
        Ok(Json(to_entry(id, &one, true)))
    })
    .await
}

/// `POST /api/v1/notifications/{id}/retry`.
pub(super) async fn retry(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<NotificationEntry>> {
    params(
        &state,
        Method::Post,
        "/api/v1/notifications/{id}/retry",
        &uri,
    )?;
    with_alerts(&state, move |alerts, _| {
        let (number, one) = find(alerts, &id)?;
        if one.status != Status::Dead {
            let message = format!("message {number} is not dead: there is nothing to try again");
            return Err(ApiError::new(ErrorKind::Conflict, message));
        }
        // Marked first: the answer may come before this goes on.
        let waiting = alerts.history.waits_again(number);
        if !alerts.outbound.retry(number) {
            alerts.history.put_back(number, &one);
            let message = format!("message {number} is not held any more");
            return Err(ApiError::new(ErrorKind::Conflict, message).hint(
                "it was given up before the last start, or its receiver is gone; its group is told again as long as it fires",
            ));
        }
        let one = waiting.unwrap_or(one);
        Ok(Json(to_entry(number, &one, true)))
    })
    .await
}

fn find(alerts: &Alerts, id: &str) -> Answer<(u64, Arc<Delivery>)> {
    let number = id.parse::<u64>().ok();
    let found = number.and_then(|number| Some((number, alerts.history.delivery(number)?)));
    found.ok_or_else(|| {
        ApiError::new(ErrorKind::NotFound, format!("there is no message {id:?}"))
            .hint("GET /api/v1/notifications lists those that are kept")
    })
}
