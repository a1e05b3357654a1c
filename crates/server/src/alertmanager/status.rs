//! What is in force, and who can be told.

use super::API_VERSION;
use super::answer::AmAnswer;
use super::blocking;
use super::shape::{Named, time_text};
use crate::state::ServerState;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET status`.
pub(super) async fn status(State(state): State<Arc<ServerState>>) -> AmAnswer<Json<Value>> {
    let uptime_ms = (state.uptime() * 1e3) as i64;
    let started = time_text(
        state
            .now()
            .0
            .div_euclid(1_000_000)
            .saturating_sub(uptime_ms),
    );
    let version = state.version;
    blocking(&state, move |alerts| {
        Ok(Json(json!({
            "cluster": { "status": "disabled", "peers": [] },
            "config": { "original": alerts.in_force().routing.source_text },
            "uptime": started,
            "versionInfo": {
                "branch": "tachograph",
                "buildDate": "",
                "buildUser": "tachograph",
                "goVersion": "none",
                "revision": version,
                "version": API_VERSION,
            },
        })))
    })
    .await
}

/// `GET receivers`.
pub(super) async fn receivers(State(state): State<Arc<ServerState>>) -> AmAnswer<Json<Vec<Named>>> {
    blocking(&state, |alerts| {
        let in_force = alerts.in_force();
        let names = in_force.routing.receivers.iter();
        Ok(Json(
            names
                .map(|one| Named {
                    name: one.name.clone(),
                })
                .collect(),
        ))
    })
    .await
}
