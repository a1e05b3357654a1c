//! The HTTP API of Alertmanager, version 2, under `/alertmanager`: `amtool`, Grafana and the `alerting:`
//! section of a Prometheus work with it as with Alertmanager.
//!
//! Source: Alertmanager's `api/v2/openapi.yaml`. Unknown parameters are ignored, as there; errors are
//! JSON texts.

mod alerts;
mod answer;
mod shape;
mod silences;
mod status;

use crate::state::ServerState;
use answer::{AmAnswer, AmError};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// The version of Alertmanager whose API this is.
pub const API_VERSION: &str = "0.32.0";

/// Longest list of alerts, bytes: who sends them does not make it shorter and try again.
const BODY_BYTES_MAX: usize = 32 << 20;

/// All routes below the prefix.
pub fn routes(state: Arc<ServerState>) -> Router {
    let api = Router::new()
        .route("/status", get(status::status))
        .route("/receivers", get(status::receivers))
        .route(
            "/alerts",
            get(alerts::list)
                .post(alerts::receive)
                .layer(DefaultBodyLimit::max(BODY_BYTES_MAX)),
        )
        .route("/alerts/groups", get(alerts::groups))
        .route("/silences", get(silences::list).post(silences::set))
        .route("/silence/{id}", get(silences::one).delete(silences::expire))
        .fallback(not_found);
    Router::new()
        .nest("/api/v2", api)
        .route("/-/healthy", get(healthy).head(healthy))
        .route("/-/ready", get(ready).head(ready))
        .route("/-/reload", post(crate::prometheus::reload))
        .with_state(state)
}

async fn not_found() -> Response {
    let body = r#"{"code":404,"message":"path was not found"}"#;
    (
        StatusCode::NOT_FOUND,
        [("content-type", "application/json")],
        body,
    )
        .into_response()
}

async fn healthy() -> &'static str {
    "OK"
}

async fn ready(state: axum::extract::State<Arc<ServerState>>) -> Response {
    match state.readiness.is_ready() {
        true => "OK".into_response(),
        false => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Runs something that waits for locks or the disk beside the tasks.
async fn blocking<T: Send + 'static>(
    state: &Arc<ServerState>,
    run: impl FnOnce(&crate::alerts::Alerts) -> AmAnswer<T> + Send + 'static,
) -> AmAnswer<T> {
    let state = Arc::clone(state);
    let done = tokio::task::spawn_blocking(move || {
        let core = state
            .core_if_ready()
            .ok_or_else(|| AmError::unavailable("the server is starting: it replays its log"))?;
        run(&core.alerts)
    });
    match done.await {
        Ok(answer) => answer,
        Err(_) => Err(AmError::internal("the request failed inside")),
    }
}
