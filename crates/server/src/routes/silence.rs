//! Silences: listed, made, changed, ended, and what matchers would hide.

use super::work::{end_of, from_matchers, read_body, time_of, with_alerts};
use super::{PathText, Shared, params};
use crate::alerts::Alerts;
use crate::answer::{Answer, ApiError, Json};
use crate::to_api::alert::{Ground, Surroundings};
use crate::to_api::routing::to_silence;
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use tacho_alerting::silence::{SilenceDraft, SilenceState};
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;
use tacho_api::silence::{
    Silence, SilenceList, SilencePreview, SilencePreviewRequest, SilenceRequest,
};
use tacho_model::labels::Labels;

/// Alerts of a preview.
const PREVIEW: usize = 100;

/// `GET /api/v1/silences`.
pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Json<SilenceList>> {
    let params = params(&state, Method::Get, "/api/v1/silences", &uri)?;
    let words = params.text("state").unwrap_or("active,pending").split(',');
    let words = words.map(str::trim).filter(|word| !word.is_empty());
    let states = words.map(|word| match word {
        "active" => Ok(SilenceState::Active),
        "pending" => Ok(SilenceState::Pending),
        "expired" => Ok(SilenceState::Expired),
        other => Err(
            ApiError::parameter("state", format!("state {other:?} is not known"))
                .hint("takes active, pending, expired"),
        ),
    });
    let states = states.collect::<Answer<Vec<SilenceState>>>()?;
    with_alerts(&state, move |alerts, _| {
        let silences = alerts.notifier.read(|machine, now_ms| {
            let all = machine.silences(now_ms).into_iter();
            all.filter(|one| states.contains(&one.state(now_ms)))
                .map(|one| {
                    let hides = match one.state(now_ms) {
                        SilenceState::Expired => 0,
                        _ => machine.hidden_count(&one.id),
                    };
                    to_silence(one, hides, now_ms)
                })
                .collect()
        });
        Ok(Json(SilenceList { silences }))
    })
    .await
}

/// `GET /api/v1/silences/{id}`.
pub(super) async fn one(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<Silence>> {
    params(&state, Method::Get, "/api/v1/silences/{id}", &uri)?;
    with_alerts(&state, move |alerts, _| shape(alerts, &id)).await
}

fn shape(alerts: &Alerts, id: &str) -> Answer<Json<Silence>> {
    let found = alerts.notifier.read(|machine, now_ms| {
        let silence = machine.silence(id)?;
        Some(to_silence(silence, machine.hidden_count(id), now_ms))
    });
    found.map(Json).ok_or_else(|| {
        ApiError::new(ErrorKind::NotFound, format!("there is no silence {id:?}"))
            .hint("GET /api/v1/silences?state=active,pending,expired lists them")
    })
}

/// `POST /api/v1/silences`.
pub(super) async fn save(State(state): Shared, uri: Uri, body: Body) -> Answer<Json<Silence>> {
    params(&state, Method::Post, "/api/v1/silences", &uri)?;
    let asked: SilenceRequest = read_body(&state, body).await?;
    for (field, text) in [
        ("createdBy", &asked.created_by),
        ("comment", &asked.comment),
    ] {
        if text.trim().is_empty() {
            return Err(ApiError::parameter(field, format!("{field} is missing"))
                .hint("others have to know who silenced it, and why"));
        }
    }
    let now = state.now();
    let starts_at_ms = time_of("startsAt", asked.starts_at.as_deref(), now)?;
    let begins_ms = starts_at_ms.unwrap_or(now.0.div_euclid(1_000_000));
    let ends = ("endsAt", asked.ends_at.as_deref());
    let draft = SilenceDraft {
        id: asked.id.filter(|id| !id.is_empty()),
        matchers: from_matchers(&asked.matchers)?,
        starts_at_ms,
        ends_at_ms: end_of(ends, asked.duration.as_deref(), begins_ms, now)?,
        created_by: asked.created_by.trim().to_owned(),
        comment: asked.comment.trim().to_owned(),
        annotations: Labels::default(),
    };
    with_alerts(&state, move |alerts, _| {
        let set = alerts
            .notifier
            .change(|machine, now_ms| machine.set_silence(draft, now_ms))?;
        alerts.notifier.touch();
        shape(alerts, &set.id)
    })
    .await
}

/// `DELETE /api/v1/silences/{id}`.
pub(super) async fn expire(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<Silence>> {
    params(&state, Method::Delete, "/api/v1/silences/{id}", &uri)?;
    with_alerts(&state, move |alerts, _| {
        alerts
            .notifier
            .change(|machine, now_ms| machine.expire_silence(&id, now_ms))?;
        alerts.notifier.touch();
        shape(alerts, &id)
    })
    .await
}

/// `POST /api/v1/silences/preview`.
pub(super) async fn preview(
    State(state): Shared,
    uri: Uri,
    body: Body,
) -> Answer<Json<SilencePreview>> {
    params(&state, Method::Post, "/api/v1/silences/preview", &uri)?;
    let asked: SilencePreviewRequest = read_body(&state, body).await?;
    let matchers = from_matchers(&asked.matchers)?;
    with_alerts(&state, move |alerts, _| {
        if matchers.is_empty() {
            return Ok(Json(SilencePreview::default()));
        }
        let ground = Ground::of(alerts);
        Ok(Json(alerts.notifier.read(|machine, now_ms| {
            let surroundings = Surroundings {
                machine,
                history: &alerts.history,
                board: &ground.board,
                facts: &ground.facts,
                now_ms,
            };
            let mut views = machine.matching(&matchers, now_ms);
            views.sort_by_key(|view| (view.severity, -view.alert.starts_at_ms));
            let shown = views.iter().take(PREVIEW);
            SilencePreview {
                total: views.len(),
                alerts: shown.map(|view| surroundings.to_alert(view)).collect(),
            }
        })))
    })
    .await
}
