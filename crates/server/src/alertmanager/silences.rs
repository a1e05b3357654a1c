//! Silences: listed, set, ended.

use super::alerts::flag;
use super::answer::{AmAnswer, AmError};
use super::blocking;
use super::shape::{GettableSilence, MatcherShape, PostableSilence, read_filters, read_time};
use crate::prometheus::form::Form;
use crate::state::ServerState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Serialize;
use std::sync::Arc;
use tacho_alerting::matcher::Matcher;
use tacho_alerting::silence::{Silence, SilenceDraft, SilenceState};
use tacho_model::labels::Labels;

/// What setting a silence answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Set {
    #[serde(rename = "silenceID")]
    silence_id: String,
}

/// `GET silences`.
pub(super) async fn list(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> AmAnswer<Json<Vec<GettableSilence>>> {
    let filters = read_filters(form.texts("filter"))?;
    let wanted = [
        flag(&form, "active")?,
        flag(&form, "pending")?,
        flag(&form, "expired")?,
    ];
    blocking(&state, move |alerts| {
        Ok(Json(alerts.notifier.read(|machine, now_ms| {
            let all = machine.silences(now_ms);
            let fitting = all.into_iter().filter(|silence| {
                let place = match silence.state(now_ms) {
                    SilenceState::Active => 0,
                    SilenceState::Pending => 1,
                    SilenceState::Expired => 2,
                };
                wanted[place] && fits(silence, &filters)
            });
            fitting
                .map(|silence| GettableSilence::of(silence, now_ms))
                .collect()
        })))
    })
    .await
}

/// A filter names a label that the silence is about, with this value.
fn fits(silence: &Silence, filters: &[Matcher]) -> bool {
    filters.iter().all(|filter| {
        let value = silence
            .matchers
            .iter()
            .find(|matcher| matcher.name() == filter.name())
            .map_or("", Matcher::value);
        filter.matches_value(value)
    })
}

/// `GET silence/{id}`.
pub(super) async fn one(
    State(state): State<Arc<ServerState>>,
    Path(id): Path<String>,
) -> AmAnswer<Json<GettableSilence>> {
    blocking(&state, move |alerts| {
        alerts
            .notifier
            .read(|machine, now_ms| {
                let found = machine.silence(&id);
                found.map(|silence| Json(GettableSilence::of(silence, now_ms)))
            })
            .ok_or_else(|| AmError::not_found(format!("silence {id} not found")))
    })
    .await
}

/// `POST silences`: makes or changes one.
pub(super) async fn set(State(state): State<Arc<ServerState>>, body: Bytes) -> AmAnswer<Json<Set>> {
    let posted: PostableSilence = serde_json::from_slice(&body)
        .map_err(|error| AmError::invalid(format!("parsing silence body failed: {error}")))?;
    let matchers = posted.matchers.iter().map(MatcherShape::read);
    let draft = SilenceDraft {
        id: posted.id.filter(|id| !id.is_empty()),
        matchers: matchers.collect::<AmAnswer<_>>()?,
        starts_at_ms: read_time("startsAt", Some(&posted.starts_at))?,
        ends_at_ms: read_time("endsAt", Some(&posted.ends_at))?
            .ok_or_else(|| AmError::invalid("endsAt is missing"))?,
        created_by: posted.created_by,
        comment: posted.comment,
        annotations: Labels::from_pairs(posted.annotations),
    };
    blocking(&state, move |alerts| {
        let set = alerts
            .notifier
            .change(|machine, now_ms| machine.set_silence(draft, now_ms))?;
        Ok(Json(Set { silence_id: set.id }))
    })
    .await
}

/// `DELETE silence/{id}`: ends it.
pub(super) async fn expire(
    State(state): State<Arc<ServerState>>,
    Path(id): Path<String>,
) -> AmAnswer<()> {
    blocking(&state, move |alerts| {
        alerts
            .notifier
            .change(|machine, now_ms| machine.expire_silence(&id, now_ms))?;
        Ok(())
    })
    .await
}
