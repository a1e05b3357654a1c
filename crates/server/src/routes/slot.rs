//! Colour slots of names.

use super::{Shared, params};
use crate::answer::{Answer, ApiError, Json};
use crate::slots::SlotKind;
use axum::extract::State;
use axum::http::Uri;
use tacho_api::operation::Method;
use tacho_api::view::ColourSlots;

/// Names that one request may ask for.
const NAMES_MAX: usize = 100;

pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Json<ColourSlots>> {
    let params = params(&state, Method::Get, "/api/v1/colour-slots", &uri)?;
    let word = params.word("kind")?.unwrap_or_default();
    let kind = SlotKind::parse(word).unwrap_or(SlotKind::Service);
    let names = params.texts("name");
    if names.len() > NAMES_MAX {
        let message = format!("{} names, at most {NAMES_MAX} are taken", names.len());
        return Err(ApiError::parameter("name", message).hint("ask for the rest separately"));
    }
    let slots = if names.is_empty() {
        state.slots().all(kind)
    } else {
        let given = state.slots().of(kind, names.iter().copied());
        let names = names.iter().map(|name| (*name).to_owned());
        names.zip(given).collect()
    };
    Ok(Json(ColourSlots { slots }))
}
