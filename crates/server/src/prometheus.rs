//! The HTTP API of Prometheus, under `/prometheus` and on a listener of its own: Grafana, promtool and
//! other clients work with it as with Prometheus.
//!
//! Source: the documentation of Prometheus 3.x, `querying/api`. Unknown parameters are ignored, as there.

pub mod answer;
pub mod form;
pub mod write_json;

mod admin;
mod federate;
mod format;
mod names;
pub mod newest;
pub mod query;
pub mod result;
mod rules;
pub mod selector;
mod status;
pub(crate) mod targets;

use crate::routes;
use crate::state::ServerState;
use answer::{ErrorType, PromAnswer, PromError};
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Duration;
use tacho_storage::samples::read::SeriesView;

use crate::pool::Running;

/// The version of Prometheus whose API this is: clients decide by it what they may ask.
pub const API_VERSION: &str = "3.14.0";

/// All routes below a prefix; `""` for a listener of its own.
pub fn routes(state: Arc<ServerState>) -> Router {
    let api = Router::new()
        .route("/query", get(query::instant).post(query::instant))
        .route("/query_range", get(query::range).post(query::range))
        .route(
            "/query_exemplars",
            get(names::exemplars).post(names::exemplars),
        )
        .route("/format_query", get(format::format).post(format::format))
        .route("/parse_query", get(format::parse).post(format::parse))
        .route("/labels", get(names::labels).post(names::labels))
        .route("/label/{name}/values", get(names::label_values))
        .route("/series", get(names::series).post(names::series))
        .route("/metadata", get(names::metadata))
        .route("/targets", get(targets::targets))
        .route("/targets/metadata", get(targets::metadata))
        .route("/scrape_pools", get(targets::pools))
        .route("/rules", get(rules::rules))
        .route("/alerts", get(rules::alerts))
        .route("/alertmanagers", get(status::alertmanagers))
        .route("/status/config", get(status::config))
        .route("/status/flags", get(status::flags))
        .route("/status/runtimeinfo", get(status::runtime))
        .route("/status/buildinfo", get(status::build))
        .route("/status/tsdb", get(status::tsdb))
        .route("/status/walreplay", get(status::wal_replay))
        .route("/features", get(status::features))
        .route("/notifications", get(status::notifications))
        .route(
            "/admin/tsdb/delete_series",
            post(admin::delete_series).put(admin::delete_series),
        )
        .route(
            "/admin/tsdb/clean_tombstones",
            post(admin::clean_tombstones).put(admin::clean_tombstones),
        )
        .route(
            "/admin/tsdb/snapshot",
            post(admin::snapshot).put(admin::snapshot),
        )
        .fallback(not_found)
        .with_state(Arc::clone(&state));
    Router::new()
        .nest("/api/v1", api)
        .route("/federate", get(federate::federate))
        .route("/-/healthy", get(healthy).head(healthy))
        .route("/-/ready", get(ready).head(ready))
        .route("/-/reload", post(reload).put(reload))
        .with_state(state)
}

/// Runs something on the query pool, with the series of the tenant.
async fn on_pool<T: Send + 'static>(
    state: &Arc<ServerState>,
    run: impl FnOnce(&Arc<dyn SeriesView>, &Running) -> PromAnswer<T> + Send + 'static,
) -> PromAnswer<T> {
    on_pool_within(state, None, run).await
}

/// The same, in a time of its own if that is shorter.
async fn on_pool_within<T: Send + 'static>(
    state: &Arc<ServerState>,
    timeout: Option<Duration>,
    run: impl FnOnce(&Arc<dyn SeriesView>, &Running) -> PromAnswer<T> + Send + 'static,
) -> PromAnswer<T> {
    routes::over_series(state, timeout, run).await?
}

async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "404 page not found\n").into_response()
}

async fn healthy() -> &'static str {
    "Prometheus Server is Healthy.\n"
}

async fn ready(axum::extract::State(state): axum::extract::State<Arc<ServerState>>) -> Response {
    if state.readiness.is_ready() {
        return "Prometheus Server is Ready.\n".into_response();
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    (
        StatusCode::SERVICE_UNAVAILABLE,
        headers,
        "Service Unavailable",
    )
        .into_response()
}

pub(crate) async fn reload(state: routes::Shared) -> Response {
    let state = Arc::clone(&state.0);
    match tokio::task::spawn_blocking(move || crate::reload::reload(&state)).await {
        Ok(Ok(_)) => StatusCode::OK.into_response(),
        Ok(Err(problems)) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let message = format!("failed to reload config: {}\n", lines.join("; "));
            (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
        }
        Err(_) => PromError::new(ErrorType::Internal, "the reload failed inside").into_response(),
    }
}
