//! Routes of our own API. Paths, parameters and shapes are those of `tacho_api::operation`; each
//! resource is one file.

mod admin;
pub(crate) mod alert;
mod alert_detail;
mod alert_list;
mod alert_test;
mod configuration;
mod count;
mod escalation;
mod health;
mod histogram;
mod ingest;
mod label;
mod log;
mod metric;
mod metric_query;
mod notification;
mod otlp_page;
mod outline;
mod overview;
mod pattern;
mod red;
mod resolve;
mod routing;
mod rule;
mod rule_edit;
mod rule_explain;
mod rule_import;
mod rule_preview;
mod sample_label;
mod service;
mod silence;
mod slot;
mod stream;
mod trace;
pub(crate) mod webhook;
mod work;

use crate::answer::{Answer, ApiError, bytes_answer};
use crate::own;
use crate::own::view::WithOwn;
use crate::params::Params;
use crate::pool::Running;
use crate::state::ServerState;
use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tacho_api::error::ErrorKind;
use tacho_api::operation::{self, Method};
use tacho_query::engine::Engine;
use tacho_query::error::{Error as QueryError, ErrorKind as QueryErrorKind};
use tacho_storage::read::ReadStore as _;
use tacho_storage::samples::read::SeriesView;

/// What handlers get.
pub(crate) type Shared = axum::extract::State<Arc<ServerState>>;

/// Routes that answer from the start on.
pub fn early(state: Arc<ServerState>) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/api/health", get(health::database))
        .route("/metrics", get(health::metrics))
        .route("/api/v1/openapi.json", get(health::openapi))
        .with_state(state)
}

/// Routes that need the store.
pub fn api(state: Arc<ServerState>) -> Router {
    Router::new()
        .route("/api/v1/traces", get(trace::list))
        .route("/api/v1/overview", get(overview::overview))
        .route("/api/v1/services", get(service::list))
        .route("/api/v1/services/map", get(service::map))
        .route(
            "/api/v1/services/{name}/operations",
            get(service::operations),
        )
        .route("/api/v1/traces/facets", get(count::trace_facets))
        .route("/api/v1/traces/histogram", get(histogram::spans))
        .route(
            "/api/v1/traces/{trace_id}",
            get(trace::one).delete(admin::delete_trace),
        )
        .route("/api/v1/traces/{trace_id}/outline", get(outline::outline))
        .route(
            "/api/v1/traces/{trace_id}/spans/{span_id}",
            get(outline::span),
        )
        .route(
            "/api/v1/runs/{run_id}",
            axum::routing::delete(admin::delete_run),
        )
        .route("/api/v1/logs", get(log::list))
        .route("/api/v1/logs/count", get(count::count_logs))
        .route("/api/v1/logs/facets", get(count::log_facets))
        .route("/api/v1/logs/patterns", get(pattern::list))
        .route("/api/v1/logs/{id}", get(log::one))
        .route("/api/v1/logs/{id}/context", get(log::context))
        .route("/api/v1/labels", get(label::list))
        .route("/api/v1/labels/{name}/values", get(label::values))
        .route("/api/v1/series", get(label::series))
        .route("/api/v1/metrics", get(metric::snapshot))
        .route("/api/v1/metrics/prometheus", get(metric::prometheus_text))
        .route("/api/v1/metrics/history", get(metric_query::history))
        .route("/api/v1/metrics/query", post(metric_query::query))
        .route("/api/v1/metrics/cardinality", get(metric::cardinality))
        .route("/api/v1/targets", get(metric::targets))
        .route("/api/v1/colour-slots", get(slot::list))
        .route("/api/v1/resolve/{id}", get(resolve::one))
        .merge(alerting())
        .route("/api/v1/webhooks/alertmanager", post(webhook::alertmanager))
        .route("/api/v1/webhooks/grafana", post(webhook::grafana))
        .route("/api/v1/stream", get(stream::open))
        .route("/api/v1/status", get(health::status))
        .route("/api/v1/ingest", get(ingest::status))
        .route("/api/v1/configuration", get(configuration::show))
        .route("/api/v1/admin/flush", post(admin::flush))
        .route("/api/v1/admin/files", post(admin::files))
        .route("/api/v1/admin/backup", post(admin::backup))
        .route("/api/v1/reload", post(admin::reload))
        .with_state(state)
}

/// Routes of rules, alerts and who is told.
fn alerting() -> Router<Arc<ServerState>> {
    Router::new()
        .route("/api/v1/alerts", get(alert::list))
        .route("/api/v1/alerts/history", get(alert::history))
        .route("/api/v1/alerts/test", post(alert_test::test))
        .route("/api/v1/alerts/{id}", get(alert_detail::one))
        .route(
            "/api/v1/alerts/{alert_id}/acknowledge",
            post(alert::acknowledge).delete(alert::unacknowledge),
        )
        .route("/api/v1/notifications", get(notification::list))
        .route("/api/v1/notifications/{id}", get(notification::one))
        .route(
            "/api/v1/notifications/{id}/retry",
            post(notification::retry),
        )
        .route("/api/v1/rules", get(rule::list).post(rule_edit::create))
        .route("/api/v1/rules/export", get(rule::export))
        .route(
            "/api/v1/rules/{id}",
            get(rule::one)
                .put(rule_edit::replace)
                .delete(rule_edit::remove),
        )
        .route("/api/v1/rules/preview", post(rule_preview::preview))
        .route("/api/v1/rules/check", post(rule_preview::check))
        .route("/api/v1/rules/import", post(rule_import::import))
        .route("/api/v1/rules/{id}/explain", get(rule_explain::explain_one))
        .route(
            "/api/v1/rules/{id}/backtest",
            post(rule_preview::backtest_one),
        )
        .route("/api/v1/routes", get(routing::tree))
        .route("/api/v1/routes/test", post(routing::test))
        .route("/api/v1/silences", get(silence::list).post(silence::save))
        .route("/api/v1/silences/preview", post(silence::preview))
        .route(
            "/api/v1/silences/{id}",
            get(silence::one).delete(silence::expire),
        )
        .route("/api/v1/escalations", get(escalation::list))
        .route(
            "/api/v1/escalations/rotas/{rota}/overrides",
            post(escalation::add),
        )
        .route(
            "/api/v1/escalations/rotas/{rota}/overrides/{id}",
            axum::routing::delete(escalation::remove),
        )
}

/// Answers where there is no route.
pub async fn not_found(uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(ErrorKind::NotFound, format!("there is no {path:?}"))
        .hint("see /api/v1/openapi.json")
}

/// Answers where there is a route, but not for this method.
pub async fn wrong_method(method: axum::http::Method, uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(
        ErrorKind::Invalid,
        format!("{path:?} does not take {method}"),
    )
    .hint("the header Allow says what it takes")
    .status(StatusCode::METHOD_NOT_ALLOWED)
}

/// The parameters of a request to an operation.
pub(crate) fn params(
    state: &ServerState,
    method: Method,
    path: &'static str,
    uri: &Uri,
) -> Answer<Params> {
    let operation = operation::find(method, path)
        .ok_or_else(|| ApiError::new(ErrorKind::Internal, format!("{path} is not described")))?;
    Params::parse(operation, uri, state.now())
}

/// Runs a query on the pool; what it gives becomes JSON there, too.
pub(crate) async fn query<T: Serialize>(
    state: &Arc<ServerState>,
    run: impl FnOnce(&Engine, &ServerState, &Running) -> Answer<T> + Send + 'static,
) -> Answer<Response> {
    let bytes = on_pool(state, move |engine, state, running| {
        let shape = run(engine, state, running)?;
        let mut bytes = serde_json::to_vec(&shape)
            .map_err(|error| ApiError::new(ErrorKind::Internal, format!("write JSON: {error}")))?;
        bytes.push(b'\n');
        Ok(bytes)
    })
    .await?;
    Ok(bytes_answer(StatusCode::OK, bytes))
}

/// Runs a query on the pool.
pub(crate) async fn on_pool<T: Send + 'static>(
    state: &Arc<ServerState>,
    run: impl FnOnce(&Engine, &ServerState, &Running) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let engine = Arc::clone(&state.core()?.engine);
    let limits = state.changeable().query;
    let shared = Arc::clone(state);
    state
        .pool
        .run(limits, move |running| run(&engine, &shared, running))
        .await
}

/// Runs something on the query pool with the series of the tenant, in a time of its own if that is shorter.
pub(crate) async fn over_series<T: Send + 'static>(
    state: &Arc<ServerState>,
    timeout: Option<Duration>,
    run: impl FnOnce(&Arc<dyn SeriesView>, &Running) -> T + Send + 'static,
) -> Answer<T> {
    let store = Arc::clone(&state.core()?.store);
    let tenant = state.tenant.clone();
    let mut limits = state.changeable().query;
    if let Some(timeout) = timeout {
        limits.timeout = limits.timeout.min(timeout);
    }
    state
        .pool
        .run(limits, move |running| {
            let own = store.series(&own::tenant())?;
            let view: Arc<dyn SeriesView> = Arc::new(WithOwn::new(store.series(&tenant)?, own));
            Ok(run(&view, running))
        })
        .await
}

/// A parameter of the path as text.
#[derive(Debug)]
pub(crate) struct PathText(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Path::<String>::from_request_parts(parts, state)
            .await
            .map(|Path(text)| Self(text))
            .map_err(|error| ApiError::new(ErrorKind::Invalid, error.body_text()))
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        let kind = match error.kind() {
            QueryErrorKind::NotFound => ErrorKind::NotFound,
            QueryErrorKind::Invalid => ErrorKind::Invalid,
            QueryErrorKind::LimitExceeded => ErrorKind::Limit,
            QueryErrorKind::Unavailable => ErrorKind::Unavailable,
            QueryErrorKind::Corrupt => ErrorKind::Corrupt,
            QueryErrorKind::Internal => ErrorKind::Internal,
        };
        let mut out = ApiError::new(kind, error.message());
        out.detail.field = error.field().map(str::to_owned);
        out.detail.hint = error.hint().map(str::to_owned);
        out.detail.position = error
            .diagnostics()
            .first()
            .map(|first| u32::try_from(first.range.start).unwrap_or(u32::MAX));
        out
    }
}

#[cfg(test)]
mod tests {
    use tacho_api::operation::{self, Method};

    /// Every operation that is described has a route in the text above, and the other way round.
    #[test]
    fn routes_and_operations_are_the_same() {
        let paths_of = |source: &'static str| {
            source
                .split(".route(")
                .filter_map(|part| part.trim_start().strip_prefix('"')?.split('"').next())
        };
        // Imports come in through the receivers.
        let paths: Vec<&str> = paths_of(include_str!("routes.rs"))
            .filter(|path| path.starts_with('/'))
            .chain(paths_of(include_str!("otlp.rs")).filter(|path| path.contains("/import/")))
            .collect();
        for operation in operation::all() {
            assert!(
                paths.contains(&operation.path),
                "{} has no route",
                operation.path
            );
        }
        for path in &paths {
            let known = [Method::Get, Method::Post, Method::Put, Method::Delete]
                .iter()
                .any(|method| operation::find(*method, path).is_some());
            assert!(known, "{path} is not described");
        }
    }
}
